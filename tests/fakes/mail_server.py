"""A mail server on a real socket that says what a test tells it to, at any stage."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Keeps what it accepts. `answers` are its next ones, each for one message:

    "" takes it; "450 …" or "550 …" is said to RCPT, "mail:…" to MAIL and "dot:…" after the final dot;
    "vanish" takes it and drops the connection without a word; "drop" drops it before the message was sent.
    """

    def __init__(self, *, utf8: bool = True) -> None:
        self._utf8 = utf8  # whether it offers SMTPUTF8 (RFC 6531)
        self.got: list[EmailMessage] = []
        self.answers: list[str] = []
        self.connections = 0
        self._servers: list[SMTP] = []

    async def handle_EHLO(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connections."""
        session.host_name = hostname
        self.connections += 1
        self._servers.append(server)
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The sender."""
        if self._next.startswith("mail:"):
            return self.answers.pop(0).removeprefix("mail:")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The recipient."""
        if self._next[:1] in ("4", "5"):
            return self.answers.pop(0)
        if self._next == "drop":
            self.answers.pop(0)
            _hang_up(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The message, after its dot."""
        answer = self.answers.pop(0) if self.answers else ""
        if answer.startswith("dot:"):
            return answer.removeprefix("dot:")
        content = envelope.content
        assert isinstance(content, bytes)
        self.got.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        if answer == "vanish":
            _hang_up(server)
        return "250 kept"

    def hang_up(self) -> None:
        """Drop every connection without a word."""
        for server in self._servers:
            self._controller.loop.call_soon_threadsafe(_hang_up, server)

    @property
    def _next(self) -> str:
        return self.answers[0] if self.answers else ""

    @property
    def url(self) -> str:
        """For OUTREACH_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._controller.port)

    def __enter__(self) -> Self:
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=0, enable_SMTPUTF8=self._utf8)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class _AnyPort(Controller):
    """The library's own controller wants to know its port before it has one."""

    def _trigger_server(self) -> None:
        assert self.server
        self.port: Any = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _hang_up(server: SMTP) -> None:
    assert server.transport
    server.transport.abort()  # type: ignore[attr-defined]
