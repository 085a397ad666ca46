"""From an address such as smtp://user:password@host:587 to a relay."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.mail.base import Relay
from outreach.mail.inbox import InboxRelay
from outreach.mail.smtp import Server, SmtpRelay, Tls

_PORTS = {"smtp": 587, "smtps": 465}
_TLS_WORDS = {"no": Tls.NEVER, "optional": Tls.WHEN_OFFERED, "required": Tls.REQUIRED}


def relay_for(url: str, *, inbox: Path | None = None, connections: int = 10) -> Relay:
    """The relay of `url`; the same one each time, because it keeps its connections.

    smtp://user:password@host:587   STARTTLS; required and checked when there is a login
    smtp://host:25?tls=no           tls is no, optional (the default without a login) or required
    smtps://user:password@host:465  TLS from the first byte
    smtp://host?connections=20      at most so many connections for each process, instead of `connections`
    smtp://host?messages=50         so many messages on one connection (default 100, at most 10,000)
    inbox:///folder                 a folder on this machine; inbox:// alone means the folder `inbox`

    Raises BadInput that says what is wrong, without the password.
    """
    return _relay(url.strip(), inbox, connections)


@lru_cache(maxsize=16)
def _relay(url: str, inbox: Path | None, connections: int) -> Relay:
    parts = _split(url)
    if parts.scheme == "inbox":
        return _inbox(parts, inbox)
    if parts.scheme in _PORTS:
        return SmtpRelay(_server(parts, connections))
    raise _bad(N_("The mail address of the server must start with smtp://, smtps:// or inbox://."))


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is no number
    except ValueError:
        raise _bad(
            N_(
                "The mail address of the server cannot be read; write it as smtp://user:password@host:587, "
                "with special signs in the password percent-encoded."
            )
        ) from None
    return parts


def _inbox(parts: SplitResult, inbox: Path | None) -> Relay:
    path = Path(unquote(parts.path)) if parts.path not in {"", "/"} else inbox
    if parts.netloc or path is None:
        raise _bad(N_("The demo inbox needs a folder; write inbox:///path/to/folder."))
    return InboxRelay(path)


def _server(parts: SplitResult, connections: int) -> Server:
    if not parts.hostname:
        raise _bad(N_("The mail address names no server; write it as smtp://user:password@host:587."))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise _bad(N_("The mail address has a user name or a password, but not both."))
    return Server(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        user=user,
        password=password,
        tls=_tls(parts, login=bool(user)),
        connections=_number(parts, "connections", connections, 200),
        messages=_number(parts, "messages", 100, 10_000),
    )


def _number(parts: SplitResult, name: str, default: int, most: int) -> int:
    word = parse_qs(parts.query, keep_blank_values=True).get(name, [str(default)])[-1]
    if not (word.isdecimal() and word.isascii() and len(word) < 9 and 1 <= int(word) <= most):
        raise _bad(
            N_("%(name)s is “%(word)s”; use a number from 1 to %(most)s."), name=name, word=word, most=most
        )
    return int(word)


def _tls(parts: SplitResult, *, login: bool) -> Tls:
    word = parse_qs(parts.query).get("tls", [""])[-1].lower()
    if word and word not in _TLS_WORDS:
        raise _bad(N_("tls is “%(word)s”; use no, optional or required."), word=word)
    if parts.scheme == "smtps":
        return Tls.FROM_THE_START
    if word:
        return _TLS_WORDS[word]
    return Tls.REQUIRED if login else Tls.WHEN_OFFERED


def _bad(text: str, **values: str | int) -> BadInput:
    return BadInput(say(text, **values), "OUTREACH_MAIL_URL")
