"""A mail server that takes everything and forgets nothing: what arrived is counted here, at the sink."""

import asyncio
import threading
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.processes import free_port


@dataclass(frozen=True)
class Arrived:
    """One mail, as it came over the wire."""

    to: str
    sender: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Parsed."""
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]


@dataclass
class PostOffice:
    """Listens on a free port. `slowness`: seconds that each mail takes after its final dot."""

    slowness: float = 0.0
    mails: list[Arrived] = field(default_factory=list)
    connections: int = 0
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    async def handle_EHLO(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connections that say hello."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, then say so."""
        with self._lock:
            for to in envelope.rcpt_tos:
                self.mails.append(Arrived(to, str(envelope.mail_from), bytes(envelope.content or b"")))
        await asyncio.sleep(self.slowness)
        return "250 kept"

    @property
    def url(self) -> str:
        """For OUTREACH_MAIL_URL."""
        return f"smtp://127.0.0.1:{self._port}?tls=no"

    def received(self) -> Counter[str]:
        """How many mails each mailbox got."""
        with self._lock:
            return Counter(mail.to for mail in self.mails)

    def __enter__(self) -> Self:
        self._port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()
