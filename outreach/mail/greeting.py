"""From nothing to a connection that is encrypted and logged in, in the event loop of a courier."""

import asyncio
import base64
import hmac
import socket
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple, cast

from outreach.mail import connecting
from outreach.mail.base import RelayDown
from outreach.mail.connecting import Server, Tls
from outreach.mail.reading import Garbled, Reader, Reply

# Kernels give a connection room for less than one newsletter at first. With this much a whole one leaves
# in a single call, and the program need not wake up for its rest.
_ROOM = 256 * 1024
_TRY_ANOTHER = frozenset({500, 501, 502, 503, 504, 538})


class Offers(NamedTuple):
    """What the server can do, as its answer to EHLO says."""

    pipelining: bool = False
    utf8: bool = False
    size: int = 0  # octets; 0: no limit is known


class Greeted(NamedTuple):
    """A connection on which the first MAIL may be said."""

    transport: asyncio.Transport
    offers: Offers
    description: str


async def greet(server: Server) -> Greeted:
    """Connect, encrypt, log in. Raises RelayDown with what to mend, never with the password."""
    talk = await _reach(server)
    try:
        _must(await talk.reply(), server)
        features = await _hello(talk, server)
        if _wants_starttls(features, server) and await _start_tls(talk, server):
            features = await _hello(talk, server)
        await _log_in(talk, features, server)
        talk.nothing_more()
    except (OSError, Garbled) as error:
        talk.transport.abort()
        raise RelayDown(connecting.unreachable(server, error)) from None
    except BaseException:
        talk.transport.abort()
        raise
    return Greeted(talk.transport, _offers(features), _description(talk.transport, server))


class _Talk(asyncio.Protocol):
    """One command, one reply. Each may take as long as `Timeouts.connect` says."""

    transport: asyncio.Transport

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._reader = Reader()
        self._replies: deque[Reply] = deque()
        self._lost: Exception | None = None
        self._news = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # that of uvloop is not one by its class
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)

    def data_received(self, data: bytes) -> None:
        try:
            self._replies.extend(self._reader.feed(data))
        except Garbled as error:
            self._lost = self._lost or error
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = self._lost or exc or ConnectionResetError()
        self._news.set()

    async def reply(self) -> Reply:
        """The next reply. Raises OSError (also for silence) or Garbled."""
        async with asyncio.timeout(self._seconds):
            while not self._replies:
                if self._lost is not None:
                    raise self._lost
                self._news.clear()
                await self._news.wait()
        return self._replies.popleft()

    async def say(self, words: bytes) -> Reply:
        """A command and its reply. Raises Garbled when more was said than asked: we are out of step."""
        self.nothing_more()
        self.transport.write(words + b"\r\n")
        return await self.reply()

    def nothing_more(self) -> None:
        """Raises Garbled when more was said than asked.

        Before encryption that would be somebody else's words, put in to be read after it (CVE-2011-0411).
        """
        if self._replies or not self._reader.empty or self._lost is not None:
            raise self._lost or Garbled("more than was asked")


async def _reach(server: Server) -> _Talk:
    """The first of the server's addresses that answers."""
    loop, seconds = asyncio.get_running_loop(), server.timeouts.connect
    encrypted = server.tls is Tls.FROM_THE_START
    context, name = (connecting.context(server), server.host) if encrypted else (None, None)
    trouble: Exception = ConnectionRefusedError()
    try:
        async with asyncio.timeout(seconds):
            found = await loop.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RelayDown(connecting.unreachable(server, error)) from None
    for address in dict.fromkeys(str(entry[4][0]) for entry in found):
        try:
            async with asyncio.timeout(seconds):
                _, talk = await loop.create_connection(
                    lambda: _Talk(seconds), address, server.port, ssl=context, server_hostname=name
                )
        except OSError as error:
            trouble = error
        else:
            return talk
    raise RelayDown(connecting.unreachable(server, trouble))


async def _hello(talk: _Talk, server: Server) -> dict[str, str]:
    """The extensions that the server names, in capitals, each with its words; none from one without EHLO."""
    name = connecting.own_name().encode()
    reply = await talk.say(b"EHLO " + name)
    if reply.code >= 500:
        _must(await talk.say(b"HELO " + name), server)
        return {}
    _must(reply, server)
    parted = (line.upper().replace("AUTH=", "AUTH ").partition(" ") for line in reply.lines[1:])
    return {word: rest.strip() for word, _, rest in parted}


def _must(reply: Reply, server: Server) -> None:
    if not 200 <= reply.code < 300:
        raise connecting.down(server, connecting.REFUSES_US, reply=str(reply)[:300])


def _wants_starttls(features: Mapping[str, str], server: Server) -> bool:
    if server.tls is Tls.REQUIRED and "STARTTLS" not in features:
        raise connecting.down(server, connecting.NO_ENCRYPTION)
    return server.tls in {Tls.WHEN_OFFERED, Tls.REQUIRED} and "STARTTLS" in features


async def _start_tls(talk: _Talk, server: Server) -> bool:
    """STARTTLS (RFC 3207): whether all is encrypted now, and EHLO must be said anew."""
    reply = await talk.say(b"STARTTLS")
    if reply.code != 421 and reply.code >= 400 and server.tls is Tls.WHEN_OFFERED:
        return False
    _must(reply, server)
    talk.nothing_more()
    async with asyncio.timeout(server.timeouts.connect):
        transport = await asyncio.get_running_loop().start_tls(
            talk.transport, talk, connecting.context(server), server_hostname=server.host
        )
    if transport is None:
        raise ConnectionResetError
    talk.transport = transport
    return True


async def _log_in(talk: _Talk, features: Mapping[str, str], server: Server) -> None:
    """The first way to log in that the server takes. Raises RelayDown, with no secret in it."""
    if not server.user:
        return
    offered = features.get("AUTH", "").split()
    ways = [way for way in _ways(talk) if way in offered]
    if not ways:
        raise connecting.down(server, connecting.NO_LOG_IN)
    for way in ways:
        reply = await _WAYS[way](talk, server)
        if reply.code == 235:
            return
        if reply.code not in _TRY_ANOTHER and way != "CRAM-MD5":
            break
    said = connecting.scrubbed(str(reply)[:300], server)
    raise connecting.down(server, connecting.WRONG_LOG_IN, reply=said)


def _ways(talk: _Talk) -> list[str]:
    """Without encryption first the one that does not show the password."""
    safe = talk.transport.get_extra_info("ssl_object") is not None
    return ["PLAIN", "LOGIN", "CRAM-MD5"] if safe else ["CRAM-MD5", "PLAIN", "LOGIN"]


async def _plain(talk: _Talk, server: Server) -> Reply:
    """RFC 4616, in UTF-8. A long password does not fit into the command (RFC 4954, 4)."""
    word = _word(f"\0{server.user}\0{server.password}")
    if len(word) > 480:
        reply = await talk.say(b"AUTH PLAIN")
    else:
        reply = await talk.say(b"AUTH PLAIN " + word)
    return await talk.say(word) if reply.code == 334 else reply


async def _login(talk: _Talk, server: Server) -> Reply:
    reply = await talk.say(b"AUTH LOGIN")
    for secret in (server.user, server.password):
        if reply.code != 334:
            break
        reply = await talk.say(_word(secret))
    return reply


async def _cram_md5(talk: _Talk, server: Server) -> Reply:
    """RFC 2195."""
    reply = await talk.say(b"AUTH CRAM-MD5")
    if reply.code != 334:
        return reply
    try:
        challenge = base64.b64decode(reply.text, validate=True)
    except ValueError:
        raise Garbled("not a challenge") from None
    digest = hmac.new(server.password.encode(), challenge, "md5").hexdigest()
    return await talk.say(_word(f"{server.user} {digest}"))


_WAYS = {"PLAIN": _plain, "LOGIN": _login, "CRAM-MD5": _cram_md5}


def _word(secret: str) -> bytes:
    return base64.b64encode(secret.encode())


def _offers(features: Mapping[str, str]) -> Offers:
    size = features.get("SIZE", "")
    return Offers(
        pipelining="PIPELINING" in features,
        utf8="SMTPUTF8" in features,
        size=int(size) if size.isdigit() and size.isascii() else 0,
    )


def _description(transport: asyncio.Transport, server: Server) -> str:
    """ "mail.example.org:587, TLSv1.3, user news"."""
    encrypted = transport.get_extra_info("ssl_object")
    version = encrypted.version() if encrypted is not None else "no TLS"
    parts = [f"{server.host}:{server.port}", version, server.user and f"user {server.user}"]
    return ", ".join(part for part in parts if part)
