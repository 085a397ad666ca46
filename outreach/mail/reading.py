"""Replies of a mail server out of bytes that come split anywhere (RFC 5321, 4.2)."""

from collections.abc import Iterator
from typing import NamedTuple

# A line has 512 octets at most (4.5.3.1.5). A server that never stops talking must not fill our memory.
_MOST = 64 * 1024


class Garbled(Exception):
    """What came is no reply; nothing that follows on that connection can be trusted."""


class Reply(NamedTuple):
    """The code of the last line, and the words of each."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words of all lines, with single blanks between them."""
        return " ".join(" ".join(self.lines).split())

    def __str__(self) -> str:
        return f"{self.code} {self.text}".strip()


class Reader:
    """Feed it bytes, it gives whole replies. Takes a bare LF, and lines without words."""

    __slots__ = ("_lines", "_rest", "_size")

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    @property
    def empty(self) -> bool:
        """Whether nothing of a further reply has come."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Each reply that is complete now. Raises Garbled; the replies before that were given."""
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            reply = self._line(line.rstrip(b"\r"))
            if reply is not None:
                yield reply
        if len(self._rest) > _MOST:
            raise Garbled("a line without an end")

    def _line(self, line: bytes) -> Reply | None:
        code, mark = line[:3], line[3:4]
        if not code.isdigit() or not b"200" <= code < b"600" or mark not in (b" ", b"-", b""):
            raise Garbled("not a reply")
        self._lines.append(line[4:])
        self._size += len(line)
        if self._size > _MOST:
            raise Garbled("a reply without an end")
        return None if mark == b"-" else self._whole(int(code))

    def _whole(self, code: int) -> Reply:
        lines = tuple(line.decode("utf-8", "replace") for line in self._lines)
        self._lines, self._size = [], 0
        return Reply(code, lines)
