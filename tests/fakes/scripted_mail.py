"""A mail server on a real socket that does at any stage what a script says, and keeps the truth about it.

Stages of a connection: connect, greeting, ehlo, starttls, auth. Of a message: mail, rcpt, data, body (after
354, with its first bytes), dot, between (after the reply to the dot). A message is known by the number
in its addresses: `b7@example.org`.

It is strict about the client: what RFC 5321 and RFC 2920 forbid stands in `wrong`.
"""

import asyncio
import contextlib
import datetime
import re
import socket
import ssl
import struct
import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_PROMPTS = {
    "PLAIN": [""],
    "LOGIN": ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"],
    "CRAM-MD5": ["PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+"],  # the example of RFC 2195
}
_NUMBER = re.compile(rb"(\d+)@")


@dataclass(frozen=True)
class Do:
    """`words` instead of the usual reply ("" says nothing, "usual" the usual one); `then` what follows:

    "" goes on, "close", "half" (says that it will say nothing more, but listens), "rst", "hang",
    "wait" (until the test says `go_on`).
    """

    words: str | bytes = "usual"
    then: str = ""


class _GoneError(Exception):
    """This connection is over."""


class ScriptedMail:
    """A script is set before the connection that it is for. What it says of one message is done once."""

    def __init__(
        self,
        *,
        pipelining: bool = True,
        split: bool = False,
        extensions: tuple[str, ...] = ("SIZE 10000000", "SMTPUTF8", "8BITMIME"),
        data_always: bool = False,
        certificate: Path | None = None,
        tls: bool = False,
        line_end: bytes = b"\r\n",
    ) -> None:
        self.pipelining, self.split, self.extensions = pipelining, split, extensions
        self.data_always, self.certificate, self.tls = data_always, certificate, tls
        self.line_end = line_end
        self.of_message: dict[tuple[int, str], Do] = {}
        self.of_connection: dict[str, deque[Do]] = defaultdict(deque)
        self.kept: list[tuple[int, bytes]] = []  # what it took: key, message as it stood on the wire
        self.begun: Counter[int] = Counter()  # messages of which the first byte came
        self.empties = 0  # lone dots for nobody
        self.commands: list[bytes] = []
        self.secrets: list[str] = []  # what AUTH brought
        self.wrong: list[str] = []
        self.connections = self.open = self.most_open = 0
        self.waiting = threading.Event()  # somebody stands at a "wait"
        self._go_on = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    def script(self, key: int, stage: str, do: Do) -> None:
        """For one message, once."""
        self.of_message[key, stage] = do

    def next_connection(self, stage: str, *dos: Do) -> None:
        """For the next connections that get to `stage`."""
        self.of_connection[stage].extend(dos)

    def go_on(self) -> None:
        """Let those that wait go on."""
        self._loop.call_soon_threadsafe(self._go_on.set)

    def received(self) -> Counter[int]:
        """How often each message was taken."""
        return Counter(key for key, _ in self.kept)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self) -> None:
        context = server_context(self.certificate) if self.tls and self.certificate else None
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=context, limit=2**16)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        me = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not me]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        self._writers.add(writer)
        try:
            await _Conversation(self, reader, writer).run()
        except (_GoneError, OSError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            self._writers.discard(writer)
            with contextlib.suppress(OSError):
                writer.close()

    async def wait_for_test(self) -> None:
        """Until `go_on`."""
        self.waiting.set()
        await self._go_on.wait()


class _Conversation:
    def __init__(
        self, server: ScriptedMail, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.buffer = b""
        self.encrypted = server.tls
        self.key: int | None = None
        self.mail = self.rcpt = False

    async def run(self) -> None:
        await self.react("connect", "")
        await self.react("greeting", "220 scripted.example ESMTP")
        while True:
            line = await self.line()
            self.server.commands.append(line)
            verb = line[:4].upper().decode("ascii", "replace")
            handler = getattr(self, "on_" + verb.lower(), None)
            if handler is None:
                await self.say("502 5.5.1 not known here")
            else:
                await handler(line)
            if not self.server.pipelining and self.buffer and verb != "DATA":
                self.server.wrong.append(f"more than one command at once: {line!r}")

    # --- commands

    async def on_ehlo(self, line: bytes) -> None:
        names = list(self.server.extensions)
        if self.server.pipelining:
            names.append("PIPELINING")
        if self.server.certificate and not self.encrypted:
            names.append("STARTTLS")
        lines = ["250-scripted.example", *(f"250-{name}" for name in names), "250 HELP"]
        self.mail = self.rcpt = False
        await self.react("ehlo", "\r\n".join(lines))

    async def on_helo(self, line: bytes) -> None:
        await self.say("250 scripted.example")

    async def on_star(self, line: bytes) -> None:
        code = await self.react("starttls", "220 go ahead")
        if code != 220:
            return
        assert self.server.certificate
        await self.writer.start_tls(server_context(self.server.certificate))
        self.encrypted, self.buffer = True, b""

    async def on_auth(self, line: bytes) -> None:
        words = line.decode().split()
        for prompt in _PROMPTS[words[1].upper()][max(0, len(words) - 2) :]:
            await self.say(f"334 {prompt}")
            words.append((await self.line()).decode())
        self.server.secrets.append(" ".join(words[1:]))
        await self.react("auth", "235 2.7.0 welcome")

    async def on_mail(self, line: bytes) -> None:
        self.key = _key(line)
        nested = self.mail
        if nested:
            self.server.wrong.append("MAIL within a message")
        code = await self.react("mail", "503 5.5.1 nested" if nested else "250 2.1.0 sender ok")
        self.mail = 200 <= code < 300

    async def on_rcpt(self, line: bytes) -> None:
        if not self.mail:
            await self.say("503 5.5.1 MAIL first")
            return
        code = await self.react("rcpt", "250 2.1.5 recipient ok")
        self.rcpt = 200 <= code < 300

    async def on_data(self, line: bytes) -> None:
        if self.buffer:
            self.server.wrong.append("words behind DATA")
        waits = self.rcpt or (self.mail and self.server.data_always)
        code = await self.react("data", "354 go on" if waits else "554 5.5.1 no valid recipients")
        if code == 354:
            await self.message()

    async def message(self) -> None:
        key = self.key
        assert key is not None
        if (key, "body") in self.server.of_message:
            self.buffer = self.buffer or await self.more()
            self.server.begun[key] += 1
            await self.react("body", "")
        message = await self.until_dot()
        if message and self.rcpt:
            self.server.begun[key] += (key, "body") not in self.server.of_message
        self.mail = False
        if not self.rcpt:
            self.server.empties += 1
            await self.react("empty", "554 5.5.1 no valid recipients")
            return
        self.rcpt = False
        await self.react("dot", f"250 2.0.0 kept as {key}", message)
        await self.react("between", "")

    async def on_rset(self, line: bytes) -> None:
        self.mail = self.rcpt = False
        await self.react("rset", "250 2.0.0 forgotten")

    async def on_quit(self, line: bytes) -> None:
        await self.say("221 2.0.0 bye")
        raise _GoneError

    # --- what the script says

    async def react(self, stage: str, usual: str, message: bytes | None = None) -> int:
        """Do what is in the script; the code that was said, 0 for none."""
        do = self.next_do(stage)
        words = usual if do.words == "usual" else do.words
        if do.then == "wait":
            await self.server.wait_for_test()
        if message is not None and (words[:1] in ("2", b"2") or do.words == ""):
            assert self.key is not None
            self.server.kept.append((self.key, message))
        if words:
            await self.say(words)
        if do.then not in ("", "wait"):
            await self.leave(do.then)
        return int(words[:3]) if words[:3].isdigit() else 0

    def next_do(self, stage: str) -> Do:
        if stage in ("connect", "greeting", "ehlo", "starttls", "auth"):
            waiting = self.server.of_connection[stage]
            return waiting.popleft() if waiting else Do()
        assert self.key is not None
        return self.server.of_message.pop((self.key, stage), Do())

    async def leave(self, how: str) -> None:
        if how == "rst":
            await self.writer.drain()
            sock: socket.socket = self.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.writer.transport.abort()
        if how == "half":
            self.writer.write_eof()
        if how in ("half", "hang"):
            while await self.reader.read(2**16):
                pass
        raise _GoneError

    async def say(self, words: str | bytes) -> None:
        data = words.encode() if isinstance(words, str) else words
        data = data.replace(b"\r\n", self.server.line_end) + self.server.line_end
        pieces = [data[place : place + 1] for place in range(len(data))] if self.server.split else [data]
        for piece in pieces:
            if self.writer.is_closing():
                raise _GoneError
            self.writer.write(piece)
            await asyncio.sleep(0)
        await self.writer.drain()

    async def line(self) -> bytes:
        while b"\n" not in self.buffer:
            self.buffer += await self.more()
        line, _, self.buffer = self.buffer.partition(b"\n")
        if not line.endswith(b"\r"):
            self.server.wrong.append(f"a line without CR: {line!r}")
        return line.rstrip(b"\r")

    async def until_dot(self) -> bytes:
        data = bytearray(b"\r\n" + self.buffer)
        while (end := data.find(b"\r\n.\r\n", max(0, len(data) - 2**17))) < 0:
            data += await self.more()
        self.buffer = bytes(data[end + 5 :])
        return bytes(data[2 : end + 2])

    async def more(self) -> bytes:
        data = await self.reader.read(2**16)
        if not data:
            raise _GoneError
        return data


def _key(line: bytes) -> int | None:
    found = _NUMBER.search(line)
    return int(found[1]) if found else None


def server_context(certificate: Path) -> ssl.SSLContext:
    """For the server's side."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def trusting(certificate: Path) -> ssl.SSLContext:
    """For a client that trusts this certificate only."""
    return ssl.create_default_context(cafile=certificate)


def make_certificate(folder: Path, host: str = "localhost") -> Path:
    """A certificate that signs itself, with its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    signed = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    path = folder / "mail.pem"
    path.write_bytes(
        signed.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    return path
