"""An SMTP relay: its couriers, and its sessions of one mail at a time, over the same kept connections."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.mail import connecting
from outreach.mail.base import Outcome, Relay, RelayDown, Session
from outreach.mail.carrying import SmtpCourier
from outreach.mail.connecting import Server, Tls
from outreach.mail.couriers import Parcel
from outreach.mail.depot import Depot

__all__ = ["Server", "SmtpRelay", "Tls"]

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class SmtpRelay(Relay):
    """One mail server. Connections are kept for some seconds. Safe for threads and forks."""

    def __init__(self, server: Server) -> None:
        self.server = server
        # A forked process leaves its parent's alone: to close it would end connections that the parent uses.
        self._depots: dict[int, Depot] = {}

    def courier(self) -> SmtpCourier:
        """One more courier for the caller alone; all of a process share its connections."""
        return SmtpCourier(self._depot)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Raises RelayDown when there is no connection, and none can be made."""
        self._depot().prove()
        yield SmtpSession(self.server, SmtpCourier(self._depot, first=True))

    def check(self) -> str:
        """The server, its TLS version and who is logged in. Raises RelayDown with what to mend."""
        return self._depot().describe()

    def close(self) -> None:
        """Say goodbye on every kept connection."""
        self._depot().close()

    def _depot(self) -> Depot:
        pid = os.getpid()
        return self._depots.get(pid) or self._depots.setdefault(pid, Depot(self.server))


class SmtpSession(Session):
    """One mail at a time, before what a newsletter has waiting."""

    def __init__(self, server: Server, courier: SmtpCourier) -> None:
        self._server, self._courier = server, courier

    def send(self, envelope_from: str, to: str, message: bytes) -> Outcome:
        """See `Session.send`. A kept connection that turns out to be dead is replaced, unseen."""
        if any(mark in envelope_from + to for mark in "\r\n\0"):
            raise BadInput(say(N_("A line break is not allowed in a mail address.")), "to_address")
        self._courier.submit([Parcel(0, envelope_from, to, (prepared(message),))], _Nobody())
        while not (reports := self._courier.reports(60)):
            pass  # each state has its time-out, so there is an answer
        outcome = reports[0].outcome
        if outcome is None:
            raise RelayDown(self._courier.trouble or connecting.lost(self._server))
        return outcome


class _Nobody:
    """Who sends one mail keeps its own book."""

    def handing(self, key: int) -> bool:
        return True

    def answered(self, key: int, outcome: Outcome) -> None: ...


def prepared(message: bytes) -> bytes:
    """`message` with CRLF line ends and doubled leading dots (RFC 5321, 4.5.2): it cannot end early."""
    lines = _LINE_END.sub(b"\r\n", message)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return _LEADING_DOT.sub(b"..", lines)
