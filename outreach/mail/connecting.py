"""A mail server: where it is, how long to wait for it, and why there is no connection to it, in words."""

import base64
import socket
import ssl
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from outreach.core.sentences import N_, Sentence, say
from outreach.mail.base import RelayDown

REFUSES_US = N_("The mail server %(server)s refuses us: %(reply)s")
NO_ENCRYPTION = N_(
    "The mail server %(server)s offers no encryption (STARTTLS), so the password was not sent. "
    "Use its encrypted port, or add ?tls=no if it is on your own network."
)
NO_LOG_IN = N_("The mail server %(server)s offers no log-in that Outreach knows.")
WRONG_LOG_IN = N_("The mail server %(server)s does not accept the user name or the password: %(reply)s")


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
    # Servers drop a connection that carried many messages, and firewalls forget an idle one.
    connections: int = 10  # at most, for each process
    messages: int = 100  # on one connection
    idle: float = 20.0  # seconds


def context(server: Server) -> ssl.SSLContext:
    """Certificates are checked, but not where plain text would do as well (RFC 7435)."""
    return server.context or _context(checked=server.tls is not Tls.WHEN_OFFERED)


@cache
def _context(*, checked: bool) -> ssl.SSLContext:
    """Made once: to read the machine's authorities takes as long as hundreds of mails."""
    context = ssl.create_default_context()
    if not checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def own_name() -> str:
    """For EHLO. `socket.getfqdn`, the library's own choice, may wait for name servers for seconds."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def unreachable(server: Server, error: Exception) -> Sentence:
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
    if isinstance(error, TimeoutError):
        return say(N_("The mail server %(server)s did not answer in time."), **values)
    if isinstance(error, ConnectionRefusedError):
        return say(N_("Nothing answers at the mail server %(server)s."), **values)
    return lost(server)


def lost(server: Server) -> Sentence:
    """That there was a connection."""
    sentence = N_("The connection to the mail server %(server)s was lost.")
    return say(sentence, server=f"{server.host}:{server.port}")


def down(server: Server, sentence: str, **values: str) -> RelayDown:
    """One of the sentences above, about `server`."""
    return RelayDown(say(sentence, server=f"{server.host}:{server.port}", **values))


def scrubbed(text: str, server: Server) -> str:
    """A server that echoes what it was sent must not put the password into a row."""
    secrets = [server.password, base64.b64encode(server.password.encode()).decode()]
    secrets.append(base64.b64encode(f"\0{server.user}\0{server.password}".encode()).decode())
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return text
