"""A small mail server for returned mails: LMTP for one's own mail server to hand them over, or SMTP.

It takes mails for the addresses made by `subscribers.origins` and for the plain address, and no other: it is
no relay. A mail is in the database before the server hears "250"; when the database is away it hears "451"
and tries again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

import structlog
from django.conf import settings
from django.db import close_old_connections

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.newsletters.returning.receiving import receive
from outreach.subscribers import origins

log = structlog.get_logger(__name__)

_LARGEST = 10_000_000  # bytes
_TAKEN, _NO_SUCH, _LATER = "250 2.0.0 Taken", "550 5.1.1 No such address here", "451 4.3.0 Try again later"
_ONE = "452 4.5.3 One recipient at a time"


class Handler:
    """What is said to whoever delivers."""

    async def handle_RCPT(  # noqa: N802 (the library's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Only what came back to us; one address for each mail, for each names another reader."""
        if envelope.rcpt_tos:
            return _ONE
        if origins.read(address) is None and address.lower() != settings.MAIL_RETURN.lower():
            return _NO_SUCH
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Into the database, then "250"."""
        return await asyncio.to_thread(_taken, envelope.content, list(envelope.rcpt_tos))


@contextmanager
def listening(url: str) -> Iterator[tuple[str, int]]:
    """Listen at `url` (lmtp://127.0.0.1:2424 or smtp://…) until the block ends; gives host and port.

    Raises BadInput for an address that cannot be used, OSError when somebody else listens there.
    """
    from aiosmtpd.controller import Controller
    from aiosmtpd.lmtp import LMTP
    from aiosmtpd.smtp import SMTP

    parts = _parsed(url)
    kind: Any = LMTP if parts.scheme == "lmtp" else SMTP

    class Protocol(kind):  # type: ignore[misc]
        line_length_limit = _LARGEST  # a server that writes lines without an end would hear "never"

    class Listener(Controller):
        def factory(self) -> Any:
            return Protocol(self.handler, data_size_limit=_LARGEST, hostname="outreach", ident="Outreach")

        def _trigger_server(self) -> None:
            """As the library does, but also where the machine chose the port (0)."""
            where: Any = self.server
            self.port = where.sockets[0].getsockname()[1]
            super()._trigger_server()  # type: ignore[no-untyped-call]

    controller: Any = Listener(Handler(), hostname=parts.hostname, port=parts.port or 0)
    controller.start()
    try:
        yield str(parts.hostname), controller.port
    finally:
        controller.stop()


def _taken(content: bytes, recipients: list[str]) -> str:
    try:
        receive(content, recipients)
    except Exception:  # it stays with the server that delivers it, which tries again
        log.exception("returned-mail-not-taken")
        return _LATER
    finally:
        close_old_connections()
    return _TAKEN


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"lmtp", "smtp"} and parts.hostname and parts.port is not None
    except ValueError:
        usable = False
    if not usable:
        words = N_("Write OUTREACH_RETURN_LISTEN as lmtp://127.0.0.1:2424 or smtp://127.0.0.1:2525.")
        raise BadInput(say(words), "OUTREACH_RETURN_LISTEN")
    return parts
