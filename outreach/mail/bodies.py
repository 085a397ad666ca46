"""The body of a letter: a text and an HTML part (RFC 2046, 5.1.4) in quoted-printable, cut at its marks.

A soft line break stands before and after each value, so that any value fits whatever stands beside it.
"""

import re
from collections.abc import Iterator
from html import escape

from outreach.mail.base import Letter
from outreach.mail.cutting import Cut, Values
from outreach.mail.quoting import SOFT, ended, quoted

_breaks = re.compile(r"[\r\n]").search
_escaped = re.compile(r"[&<>\"']").search


class Body:
    """Both parts of `letter`, between lines with `boundary`."""

    def __init__(self, letter: Letter, cut: Cut, boundary: str) -> None:
        self._cut = cut
        edge = b"--" + boundary.encode("ascii")
        self._pieces = [edge]
        self._in_text: dict[int, list[int]] = {}  # for each slot, which pieces are its value
        self._in_html: dict[int, list[int]] = {}
        self._hollow: list[tuple[int, ...]] = []
        self._unusual = False
        self._part(letter.text, "plain", self._in_text, edge)
        self._part(letter.html, "html", self._in_html, edge)
        self._pieces[-1] += b"--\r\n"
        self._slots = sorted({*self._in_text, *self._in_html})
        none: list[int] = []
        self._places = [
            (slot, self._in_text.get(slot, none), self._in_html.get(slot, none)) for slot in self._slots
        ]

    def fill(self, values: Values) -> list[bytes]:
        """The pieces of the body for one reader, for whom `needs_all` is false."""
        pieces = self._pieces.copy()
        for slot, in_text, in_html in self._places:
            value = values[slot]
            written = quoted(value)
            for at in in_text:
                pieces[at] = written
            if in_html and _escaped(value):
                written = quoted(escape(value))
            for at in in_html:
                pieces[at] = written
        return pieces

    @property
    def is_special(self) -> bool:
        """Whether `needs_all` may be true for values without a line break too."""
        return self._unusual or bool(self._hollow)

    def needs_all(self, values: Values) -> bool:
        """Whether the pieces say too little for these values, so that the whole letter has to be written.

        So where line breaks may come together, or the last line of a part may be empty.
        """
        if self._unusual or any(_breaks(values[slot]) for slot in self._slots):
            return True
        return any(not any(values[slot] for slot in slots) for slots in self._hollow)

    def _part(self, content: str, kind: str, places: dict[int, list[int]], edge: bytes) -> None:
        head = (
            f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
        )
        self._pieces[-1] += b"\r\n" + head.encode("ascii") + b"\r\n"
        for piece in self._written(content):
            if isinstance(piece, bytes):
                self._pieces[-1] += piece
            else:
                places.setdefault(piece, []).append(len(self._pieces))
                self._pieces += [b"", SOFT]
        self._pieces[-1] += b"\r\n" + edge

    def _written(self, content: str) -> Iterator[bytes | int]:
        if not content:
            yield ended("")
            return
        *before, end = self._cut.pieces(content)
        line: list[str | int] = []
        for piece in before:
            if isinstance(piece, int):
                line.append(piece)
                yield piece
                continue
            self._unusual |= piece.endswith("\r")
            *lines, last = _lines(piece)
            yield b"".join([ended(one) for one in lines]) + (quoted(last) + SOFT if last else b"")
            line = [last] if lines else [*line, last]
        *lines, last = _lines(str(end))
        yield b"".join([ended(one) for one in lines])
        yield self._last_line([last] if lines else [*line, last])

    def _last_line(self, line: list[str | int]) -> bytes:
        """Each part ends with a line break; where its last line is empty, it has one already."""
        slots = tuple(one for one in line if isinstance(one, int))
        texts = [one for one in line if isinstance(one, str)]
        if slots and not any(texts):
            self._hollow.append(slots)
        return ended(texts[-1]) if slots or any(texts) else b""


def _lines(piece: str) -> list[str]:
    return piece.replace("\r\n", "\n").replace("\r", "\n").split("\n")
