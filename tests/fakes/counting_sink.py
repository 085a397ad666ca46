"""A fast mail server in a process of its own that takes everything and writes down what it took.

One line per message, `recipient message-id`, is written with one system call before the server answers: what
the log says was accepted, whatever dies afterwards. A line `= 7` says that so many connections were open.

A program: `python -m tests.fakes.counting_sink PORT LOG [SECONDS]`; an answer takes SECONDS at most.
"""

import asyncio
import contextlib
import os
import random
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Self

from tests.processes import Process, answers, free_port, python, wait_for

_TO = re.compile(rb"RCPT TO:\s*<([^>]*)>", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"\r\nMessage-ID:\s*(\S+)", re.IGNORECASE)
_END = b"\r\n.\r\n"


class CountingSink:
    """Starts the program; reads its log. Use as a context manager."""

    def __init__(self, slowness: float = 0.0) -> None:
        self._slowness = slowness

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="sink-")
        self.log, self.port = Path(self._folder.name) / "taken", free_port()
        self.log.touch()
        self._read = self._lines = 0
        words = ("-m", "tests.fakes.counting_sink", str(self.port), str(self.log), str(self._slowness))
        self._process = Process(python(*words), Path(self._folder.name) / "sink.log")
        wait_for(lambda: answers(self.port), 20, "the sink")
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.kill()
        self._folder.cleanup()

    @property
    def url(self) -> str:
        """For OUTREACH_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}?tls=no"

    def count(self) -> int:
        """How many lines there are; reads only what came since it was asked last."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        self._read += len(new)
        self._lines += new.count(b"\n")
        return self._lines

    def taken(self) -> list[tuple[str, str]]:
        """Each message that was accepted: its recipient and its Message-ID."""
        lines = self.log.read_text().splitlines()
        return [(words[0], words[1]) for line in lines if (words := line.split(" "))[0] != "="]

    def recipients(self) -> Counter[str]:
        """How many messages were accepted for each recipient."""
        return Counter(to for to, _ in self.taken())

    def connections(self) -> int:
        """The most that were open at once."""
        found = re.findall(r"^= (\d+)$", self.log.read_text(), re.MULTILINE)
        return max(map(int, found), default=0)


class Taken:
    """The log, and who is connected."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)
        self._open = self._most = 0

    def note(self, recipients: list[str], message: bytes) -> None:
        """Before it is answered."""
        found = _MESSAGE_ID.search(message)
        mark = found[1].decode() if found else "-"
        os.write(self._file, "".join(f"{to} {mark}\n" for to in recipients).encode())

    def count(self, change: int) -> None:
        """A connection more or less."""
        self._open += change
        if self._open > self._most:
            self._most = self._open
            os.write(self._file, f"= {self._most}\n".encode())


class Line(asyncio.Protocol):
    """One connection: SMTP with PIPELINING, answers in the order of the commands."""

    def __init__(self, taken: Taken, slowness: float) -> None:
        self._taken, self._slowness = taken, slowness
        self._rest, self._to, self._reading, self._looked = b"", list[str](), False, 0

    def connection_made(self, transport: Any) -> None:
        """Say hello."""
        self._transport = transport
        self._taken.count(1)
        transport.write(b"220 sink.example ESMTP\r\n")

    def connection_lost(self, exc: Exception | None) -> None:
        """What was not answered is as it is."""
        self._taken.count(-1)

    def data_received(self, data: bytes) -> None:
        """Take all that is whole, then answer it at once."""
        self._rest += data
        said, took = [], False
        while (answer := self._step()) is not None:
            said.append(answer)
            took = took or answer.startswith(b"250 2.0.0")
        if not said:
            return
        if took and self._slowness:
            asyncio.get_running_loop().call_later(
                random.uniform(0, self._slowness), self._say, b"".join(said)
            )
        else:
            self._say(b"".join(said))

    def _say(self, words: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(words)
            if words.endswith(b"221 2.0.0 bye\r\n"):
                self._transport.close()

    def _step(self) -> bytes | None:
        return self._message() if self._reading else self._command()

    def _message(self) -> bytes | None:
        end = self._rest.find(_END, max(0, self._looked - len(_END)))
        if end < 0:
            self._looked = len(self._rest)
            return None
        message, self._rest = self._rest[:end], self._rest[end + len(_END) :]
        self._taken.note(self._to, message)
        self._reading, self._looked, self._to = False, 0, []
        return b"250 2.0.0 kept\r\n"

    def _command(self) -> bytes | None:
        end = self._rest.find(b"\r\n")
        if end < 0:
            return None
        line, self._rest = self._rest[:end], self._rest[end + 2 :]
        return self._answer(line[:4].upper(), line)

    def _answer(self, word: bytes, line: bytes) -> bytes:
        if word == b"RCPT":
            found = _TO.match(line)
            if not found:
                return b"501 5.1.3 no address\r\n"
            self._to.append(found[1].decode())
        elif word == b"DATA":
            if not self._to:
                return b"503 5.5.1 to whom?\r\n"
            self._reading, self._rest = True, b"\r\n" + self._rest  # an empty message ends as others do
            return b"354 go on\r\n"
        elif word == b"EHLO":
            return b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
        elif word == b"QUIT":
            return b"221 2.0.0 bye\r\n"
        elif word in (b"MAIL", b"RSET"):
            self._to = []
        return b"250 ok\r\n"


async def serve(port: int, path: str, slowness: float) -> None:
    """Until it is killed."""
    taken = Taken(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(taken, slowness), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


def main() -> None:
    with contextlib.suppress(ImportError):  # half the time for each message
        import uvloop

        uvloop.install()
    port, path, *slowness = sys.argv[1:]
    asyncio.run(serve(int(port), path, float(slowness[0]) if slowness else 0.0))


if __name__ == "__main__":
    main()
