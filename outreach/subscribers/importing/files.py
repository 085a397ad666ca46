"""The file of an import, kept in pieces in the database and read as if it were one."""

from io import BufferedReader, RawIOBase
from itertools import count
from typing import Any, BinaryIO

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.subscribers.models import Import, ImportPiece

SIZE = 1 << 18
"""Bytes of a piece. All have it but the last."""


def keep(job: Import, stream: BinaryIO, most: int = 0) -> None:
    """Put `stream` in pieces beside `job`, and count its lines.

    Raises BadInput beyond `most` bytes, and where it breaks off.
    """
    lines = old = 0  # before OS X, a Mac ended a line with a carriage return alone
    for number in count():
        content = _full(stream)
        if not content:
            break
        if most and number * SIZE + len(content) > most:
            raise BadInput(say(N_("The file is larger than 20 MB. Split it into smaller ones.")), "file")
        ImportPiece.objects.create(job=job, number=number, content=content)
        lines, old = lines + content.count(b"\n"), old + content.count(b"\r")
    job.file_lines = (lines or old) + 1


def opened(job: Import) -> BinaryIO:
    """The file, to be read from anywhere; one piece is held at a time."""
    return BufferedReader(_Pieces(job.pk), SIZE)


def _full(stream: BinaryIO) -> bytes:
    """A whole piece, also from a pipe that gives less at a time. Raises BadInput."""
    content = b""
    try:
        while len(content) < SIZE and (more := stream.read(SIZE - len(content))):
            content += more
    except OSError as error:  # a disk or a share that went away
        words = N_("The file could not be read to its end: %(why)s. Nothing of it is kept.")
        raise BadInput(say(words, why=error.strerror or str(error)), "file") from None
    return content


class _Pieces(RawIOBase):
    def __init__(self, job: int) -> None:
        self._pieces, self._at = ImportPiece.objects.filter(job=job), 0
        self._held: tuple[int, bytes] = (-1, b"")  # a reader asks for less than a piece at a time

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence == 1:
            offset += self._at
        self._at = offset
        return offset

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        number, within = divmod(self._at, SIZE)
        some = self._piece(number)[within : within + len(buffer)]
        buffer[: len(some)] = some
        self._at += len(some)
        return len(some)

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            found = self._pieces.filter(number=number).values_list("content", flat=True).first()
            self._held = number, bytes(found or b"")
        return self._held[1]
