"""One connection to a mail server: made, secured, logged in; then command by command."""

import base64
import os
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass, field
from enum import Enum

from outreach.core.sentences import N_, Sentence, say
from outreach.mail.base import RelayDown

_REFUSES_US = N_("The mail server %(server)s refuses us: %(reply)s")


class Tls(Enum):
    """When the connection is encrypted."""

    NEVER = "no"
    WHEN_OFFERED = "optional"
    REQUIRED = "required"
    FROM_THE_START = "from-the-start"


@dataclass(frozen=True)
class Timeouts:
    """Seconds to wait in each state.

    RFC 5321 (4.5.3.2) allows minutes, and ten of them after the dot, because giving up there makes a second
    copy. They are shorter here so that a worker's own time limit is never what ends a send.
    """

    connect: float = 20
    command: float = 60
    body: float = 60
    dot: float = 150


@dataclass(frozen=True)
class Server:
    """Where and how. The password is not shown by `repr`."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = Tls.WHEN_OFFERED
    timeouts: Timeouts = Timeouts()
    context: ssl.SSLContext | None = field(default=None, repr=False)  # instead of the machine's authorities


class Connection:
    """A logged-in connection. Every method may raise SMTPException or OSError: then it is lost."""

    def __init__(self, smtp: smtplib.SMTP, server: Server) -> None:
        self._smtp, self._server = smtp, server
        self.pid, self.used_at, self.messages = os.getpid(), time.monotonic(), 0

    def offers(self, extension: str) -> bool:
        """Whether the server named `extension` in its greeting."""
        return self._smtp.has_extn(extension)

    def mail(self, sender: str, *, international: bool) -> tuple[int, str]:
        """MAIL FROM. `international`: an address is not ASCII (RFC 6531)."""
        self.messages += 1
        self._wait(self._server.timeouts.command)
        self._smtp.command_encoding = "utf-8" if international else "ascii"
        return _said(self._smtp.mail(sender, ["SMTPUTF8", "BODY=8BITMIME"] if international else []))

    def rcpt(self, to: str) -> tuple[int, str]:
        """RCPT TO."""
        return _said(self._smtp.rcpt(to))

    def data(self) -> tuple[int, str]:
        """DATA: 354 when the server waits for the message."""
        return _said(self._smtp.docmd("DATA"))

    def body(self, message: bytes) -> tuple[int, str]:
        """The message without its final dot; the server does not answer, so the code is 0."""
        self._wait(self._server.timeouts.body)
        self._smtp.send(message)
        return 0, ""

    def dot(self) -> tuple[int, str]:
        """The end of the message: from here on it may have been accepted."""
        self._wait(self._server.timeouts.dot)
        self._smtp.send(b".\r\n")
        return _said(self._smtp.getreply())

    def reset(self) -> bool:
        """Forget the message that was refused. False when the connection is no good any more."""
        try:
            self._wait(self._server.timeouts.command)
            return self._smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def quit(self) -> None:
        """Goodbye; a server that does not answer is left alone."""
        try:
            self._wait(5)
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self.close()

    def close(self) -> None:
        """Without a word."""
        self._smtp.close()

    def describe(self) -> str:
        """ "mail.example.org:587, TLSv1.3, user news"."""
        version = getattr(self._smtp.sock, "version", lambda: None)()
        user = self._server.user
        parts = [f"{self._server.host}:{self._server.port}", version or "no TLS", user and f"user {user}"]
        return ", ".join(part for part in parts if part)

    def _wait(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)


def connect(server: Server) -> Connection:
    """Connect, encrypt, log in. Raises RelayDown with what to mend, never with the password."""
    smtp = _reach(server)
    try:
        _send_at_once(smtp)
        _greet(smtp, server)
        _log_in(smtp, server)
    except BaseException:
        smtp.close()
        raise
    return Connection(smtp, server)


def _reach(server: Server) -> smtplib.SMTP:
    seconds, name = server.timeouts.connect, _own_name()
    try:
        if server.tls is Tls.FROM_THE_START:
            return smtplib.SMTP_SSL(server.host, server.port, name, timeout=seconds, context=_context(server))
        return smtplib.SMTP(server.host, server.port, name, timeout=seconds)
    except smtplib.SMTPResponseException as error:
        raise _down(server, _REFUSES_US, reply=_text(error)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise RelayDown(_unreachable(server, error)) from error


def _send_at_once(smtp: smtplib.SMTP) -> None:
    """The final dot goes out by itself, after the message: Nagle's algorithm would hold it back for the
    receiver's delayed acknowledgement, 40 ms for each mail (measured: 16 mails a second instead of hundreds).
    """
    assert smtp.sock is not None
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _greet(smtp: smtplib.SMTP, server: Server) -> None:
    """EHLO, and STARTTLS where it is wanted."""
    try:
        smtp.ehlo_or_helo_if_needed()
        if _wants_starttls(smtp, server):
            smtp.starttls(context=_context(server))
            smtp.ehlo_or_helo_if_needed()
    except smtplib.SMTPResponseException as error:
        raise _down(server, _REFUSES_US, reply=_text(error)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise RelayDown(_unreachable(server, error)) from error


def _wants_starttls(smtp: smtplib.SMTP, server: Server) -> bool:
    if server.tls not in {Tls.WHEN_OFFERED, Tls.REQUIRED}:
        return False
    offered = smtp.has_extn("starttls")
    if server.tls is Tls.REQUIRED and not offered:
        raise _down(
            server,
            N_(
                "The mail server %(server)s offers no encryption (STARTTLS), so the password was not sent. "
                "Use its encrypted port, or add ?tls=no if it is on your own network."
            ),
        )
    return offered


def _log_in(smtp: smtplib.SMTP, server: Server) -> None:
    if not server.user:
        return
    try:
        _authenticate(smtp, server)
    except smtplib.SMTPAuthenticationError as error:
        sentence = N_("The mail server %(server)s does not accept the user name or the password: %(reply)s")
        raise _down(server, sentence, reply=_scrubbed(_text(error), server)) from None
    except smtplib.SMTPNotSupportedError:
        raise _down(server, N_("The mail server %(server)s offers no log-in that Outreach knows.")) from None
    except (smtplib.SMTPException, OSError) as error:
        raise RelayDown(_unreachable(server, error)) from None


def _authenticate(smtp: smtplib.SMTP, server: Server) -> None:
    if (server.user + server.password).isascii():
        smtp.login(server.user, server.password)
        return
    # The standard library only logs in with ASCII; RFC 4616 (PLAIN) says UTF-8.
    word = base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode()
    code, reply = smtp.docmd("AUTH", f"PLAIN {word}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, reply)


def _context(server: Server) -> ssl.SSLContext:
    """Certificates are checked, but not where plain text would do as well (RFC 7435)."""
    if server.context is not None:
        return server.context
    context = ssl.create_default_context()
    if server.tls is Tls.WHEN_OFFERED:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _own_name() -> str:
    """For EHLO. `socket.getfqdn`, the library's own choice, may wait for name servers for seconds."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _unreachable(server: Server, error: Exception) -> Sentence:
    """Why there is no connection, in words."""
    values = {"server": f"{server.host}:{server.port}"}
    if isinstance(error, ssl.SSLCertVerificationError):
        sentence = N_("The certificate of the mail server %(server)s is not valid: %(why)s")
        return say(sentence, **values, why=error.verify_message or "?")
    if isinstance(error, ssl.SSLError):
        sentence = N_("No encrypted connection to the mail server %(server)s; is it the right port?")
        return say(sentence, **values)
    if isinstance(error, socket.gaierror):
        return say(N_("There is no mail server with the name %(server)s."), **values)
    # smtplib makes "disconnected" of every failure to read; what really happened stands behind it.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return say(N_("The mail server %(server)s did not answer in time."), **values)
    if isinstance(error, ConnectionRefusedError):
        return say(N_("Nothing answers at the mail server %(server)s."), **values)
    return say(N_("The connection to the mail server %(server)s was lost."), **values)


def _down(server: Server, sentence: str, **values: str) -> RelayDown:
    return RelayDown(say(sentence, server=f"{server.host}:{server.port}", **values))


def _said(answer: tuple[int, bytes]) -> tuple[int, str]:
    code, text = answer
    return code, " ".join(text.decode("utf-8", "replace").split())


def _text(error: smtplib.SMTPResponseException) -> str:
    raw = error.smtp_error
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return f"{error.smtp_code} {' '.join(text.split())}"[:300]


def _scrubbed(text: str, server: Server) -> str:
    """A server that echoes what it was sent must not put the password into a row."""
    secrets = [server.password, base64.b64encode(server.password.encode()).decode()]
    secrets.append(base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode())
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return text
