"""An SMTP relay: kept connections, TLS, login, and a verdict for each message at each stage."""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from smtplib import SMTPException

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.mail import replies
from outreach.mail.base import Outcome, Relay, Session, Verdict
from outreach.mail.connecting import Connection, Server, Tls, connect

__all__ = ["Server", "SmtpRelay", "Tls"]

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)

# Servers drop a connection that carried many messages, and firewalls forget an idle one.
_MESSAGES_PER_CONNECTION = 100
_IDLE_SECONDS = 20.0


class SmtpRelay(Relay):
    """One mail server. Connections are kept between sessions for some seconds. Safe for threads and forks."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._lock = threading.Lock()
        self._idle: list[Connection] = []

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A connection, new or kept. Raises RelayDown."""
        session = SmtpSession(self.server, self._kept() or connect(self.server))
        try:
            yield session
        except BaseException:
            session.drop()  # in the middle of something: nobody knows what the server waits for
            raise
        self._keep(session)

    def check(self) -> str:
        """The server, its TLS version and who is logged in. Raises RelayDown with what to mend."""
        connection = connect(self.server)
        try:
            return connection.describe()
        finally:
            connection.quit()

    def close(self) -> None:
        """Say goodbye on every kept connection."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.quit()

    def _kept(self) -> Connection | None:
        oldest = time.monotonic() - _IDLE_SECONDS
        with self._lock:
            while self._idle:
                connection = self._idle.pop()
                if connection.pid == os.getpid() and connection.used_at > oldest:
                    return connection
                connection.close()
        return None

    def _keep(self, session: "SmtpSession") -> None:
        connection = session.release()
        if connection is None:
            return
        connection.used_at = time.monotonic()
        with self._lock:
            self._idle.append(connection)


class SmtpSession(Session):
    """One connection at a time; a lost or worn-out one is replaced before the next message."""

    def __init__(self, server: Server, connection: Connection) -> None:
        self._server = server
        self._connection: Connection | None = connection

    def send(self, envelope_from: str, to: str, message: bytes) -> Outcome:
        """See `Session.send`. A kept connection that turns out to be dead is replaced once, unseen."""
        if any(mark in envelope_from + to for mark in "\r\n\0"):
            raise BadInput(say(N_("A line break is not allowed in a mail address.")), "to_address")
        connection = self._usable()
        was_new = connection.messages == 0
        refused = self._mail(connection, envelope_from, to)
        if refused and self._connection is None and not was_new:
            connection = self._usable()
            refused = self._mail(connection, envelope_from, to)
        return refused or self._rest(connection, to, message)

    def drop(self) -> None:
        """Close without a word."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def release(self) -> Connection | None:
        """Give the connection back for another session, if it is still good."""
        connection, self._connection = self._connection, None
        return connection

    def _usable(self) -> Connection:
        worn = self._connection is not None and self._connection.messages >= _MESSAGES_PER_CONNECTION
        if self._connection is not None and worn:
            self._connection.quit()
            self._connection = None
        if self._connection is None:
            self._connection = connect(self._server)
        return self._connection

    def _mail(self, connection: Connection, envelope_from: str, to: str) -> Outcome | None:
        """The first command. None when the server wants to hear more."""
        international = not (envelope_from + to).isascii()
        if international and not connection.offers("smtputf8"):
            return Outcome(Verdict.REFUSED, "553 5.6.7 The mail server takes no addresses outside ASCII.")
        return self._step("mail", lambda: connection.mail(envelope_from, international=international))

    def _rest(self, connection: Connection, to: str, message: bytes) -> Outcome:
        refused = self._step("rcpt", lambda: connection.rcpt(to)) or self._step("data", connection.data)
        if refused:
            return refused
        lost = self._step("body", lambda: connection.body(prepared(message)))
        return lost or self._dot(connection)

    def _step(self, stage: str, command: Callable[[], tuple[int, str]]) -> Outcome | None:
        """Up to here nothing was handed over: whatever breaks, the message may be sent again."""
        try:
            code, text = command()
        except (SMTPException, OSError) as error:
            self.drop()
            return Outcome(Verdict.DEFERRED, _lost(stage, error))
        if code in _GO_ON[stage]:
            return None
        self._tidy(code)
        return replies.outcome(code, text, stage=stage)

    def _dot(self, connection: Connection) -> Outcome:
        """From the first byte of the final dot until its reply nobody can know (RFC 1047)."""
        try:
            code, text = connection.dot()
        except (SMTPException, OSError) as error:
            self.drop()
            return Outcome(Verdict.UNKNOWN, _lost("dot", error))
        result = replies.outcome(code, text, stage="dot")
        if result.verdict is not Verdict.ACCEPTED:
            self._tidy(code)
        return result

    def _tidy(self, code: int) -> None:
        """After a refusal start anew; after 421 the server is gone (RFC 5321, 3.8)."""
        if self._connection is None:
            return
        if code == 421 or not 400 <= code < 600 or not self._connection.reset():
            self.drop()


_GO_ON = {"mail": {250}, "rcpt": {250, 251, 252}, "data": {354}, "body": {0}}


def prepared(message: bytes) -> bytes:
    """`message` with CRLF line ends and doubled leading dots (RFC 5321, 4.5.2): it cannot end early."""
    lines = _LINE_END.sub(b"\r\n", message)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return _LEADING_DOT.sub(b"..", lines)


def _lost(stage: str, error: Exception) -> str:
    return f"The connection broke ({stage}): {type(error).__name__}"
