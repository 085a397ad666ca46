"""One letter for many readers: made into bytes once, and filled for each of them.

The letter holds marks where readers differ. Everything between them is encoded when the stencil is cut; for a
reader the values are encoded and put in between, a hundred times as fast as making the letter anew. A body
has a soft line break before and after each value, so that any value fits whatever stands beside it.

What a reader decodes is what the standard library's EmailMessage would have made of the same letter.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from email.utils import format_datetime
from html import escape
from typing import Any

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.mail import fields
from outreach.mail.base import Letter
from outreach.mail.quoting import SOFT, ended, quoted

_breaks = re.compile(r"[\r\n]").search
_NAMED = ("from_name", "from_address", "to_name", "to_address", "subject", "message_id", "envelope_from")
_field_name = re.compile(r"[!-9;-~]{1,70}").fullmatch

Field = Callable[[Sequence[str]], bytes]


class Stencil:
    """`letter`, cut at `marks` (a name for each, and the text that stands in the letter for it).

    A mark is letters, digits and signs that HTML does not escape, and cannot be guessed: who can write one
    into an article has a reader's value printed there. Marks may stand in the text, the HTML, the subject,
    the recipient's name and address, the Message-ID and the values of headers. Raises BadInput for a letter
    that cannot be a mail.
    """

    def __init__(self, letter: Letter, marks: Mapping[str, str] | None = None) -> None:
        self._letter, self._names = letter, tuple(marks or ())
        self._slots = {mark: slot for slot, mark in enumerate((marks or {}).values())}
        longest_first = sorted(self._slots, key=len, reverse=True)
        self._mark = re.compile(f"({'|'.join(map(re.escape, longest_first))})") if marks else None
        self._in_head: set[int] = set()
        self._in_body: set[int] = set()
        self._hollow: list[tuple[int, ...]] = []
        self._unusual = False  # a piece that only the whole letter can be written with
        _check(letter)
        self._head = self._fields()
        self._body: list[bytes] = []
        self._places: list[tuple[int, int, bool]] = []
        self._write_body()

    def fill(self, values: Sequence[str] = ()) -> bytes:
        """The message for one reader, ready for the wire but for its final dot.

        `values`, in the order of the marks, are plain text; in the HTML part they are escaped here. The same
        values give the same bytes. Raises BadInput when a value for a header holds a line break or NUL, or is
        no mail address where one has to be.
        """
        for slot in self._in_head:
            fields.refuse(values[slot], self._names[slot])
        try:
            if self._needs_all(values):
                return Stencil(self._filled(values)).fill()
            return self._head_of(values) + b"\r\n" + self._body_of(values)
        except UnicodeEncodeError:
            raise BadInput(say(N_("It holds signs that cannot be written in a mail.")), "values") from None

    def _head_of(self, values: Sequence[str]) -> bytes:
        return b"".join([field if isinstance(field, bytes) else field(values) for field in self._head])

    def _body_of(self, values: Sequence[str]) -> bytes:
        body = self._body.copy()
        for at, slot, html in self._places:
            body[at] = quoted(escape(values[slot]) if html else values[slot])
        return b"".join(body)

    def _needs_all(self, values: Sequence[str]) -> bool:
        """Where line breaks come together, or the last line may be empty, the pieces say too little."""
        if self._unusual or any(_breaks(values[slot]) for slot in self._in_body):
            return True
        return any(not any(values[slot] for slot in slots) for slots in self._hollow)

    def _filled(self, values: Sequence[str]) -> Letter:
        """The letter with everything in it."""
        letter = self._letter
        changed: dict[str, Any] = {
            name: self._said(getattr(letter, name), values) for name in (*_NAMED, "text")
        }
        changed["html"] = self._said(letter.html, [escape(value) for value in values])
        changed["headers"] = {name: self._said(value, values) for name, value in letter.headers.items()}
        return replace(letter, **changed)

    def _said(self, template: str, values: Sequence[str]) -> str:
        return "".join(values[one] if isinstance(one, int) else one for one in self._pieces(template))

    def _pieces(self, template: str) -> Iterator[str | int]:
        """Texts, and the numbers of the slots between them."""
        if self._mark is None:
            yield template
            return
        for number, piece in enumerate(self._mark.split(template)):
            yield self._slots[piece] if number % 2 else piece

    # The head.

    def _fields(self) -> list[bytes | Field]:
        letter = self._letter
        return [
            self._mailbox("From", letter.from_name, letter.from_address, "from_address"),
            self._mailbox("To", letter.to_name, letter.to_address, "to_address"),
            self._field("Subject", letter.subject, fields.text),
            fields.exact("Date", format_datetime(letter.date)),
            self._field("Message-ID", letter.message_id, fields.exact),
            *(self._own(name, value) for name, value in letter.headers.items()),
            b"MIME-Version: 1.0\r\n",
            b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n' % self._boundary(),
        ]

    def _own(self, name: str, value: str) -> bytes | Field:
        if name.lower() == "reply-to":
            return self._field(name, value, lambda name, value: fields.any_mailbox(name, value, name))
        return self._field(name, value, fields.exact)

    def _mailbox(self, name: str, shown: str, address: str, field: str) -> bytes | Field:
        said, spec = self._template(shown), self._template(address)
        if isinstance(said, str) and isinstance(spec, str):
            return fields.mailbox(name, said, spec, field)

        def write(values: Sequence[str]) -> bytes:
            filled = said if isinstance(said, str) else said(values)
            return fields.mailbox(name, filled, spec if isinstance(spec, str) else spec(values), field)

        return write

    def _field(self, name: str, template: str, write: Callable[[str, str], bytes]) -> bytes | Field:
        filled = self._template(template)
        if isinstance(filled, str):
            return write(name, filled)

        def one(values: Sequence[str]) -> bytes:
            value = filled(values)
            # What only looks like an encoded word (RFC 2047) is written as one, and so is read as it is.
            return fields.text(name, value) if "=?" in value and "=?" not in template else write(name, value)

        return one

    def _template(self, template: str) -> str | Callable[[Sequence[str]], str]:
        pieces = list(self._pieces(template))
        slots = [(at, piece) for at, piece in enumerate(pieces) if isinstance(piece, int)]
        if not slots:
            return template
        self._in_head.update(slot for _at, slot in slots)
        fixed = [piece if isinstance(piece, str) else "" for piece in pieces]

        def filled(values: Sequence[str]) -> str:
            own = fixed.copy()
            for at, slot in slots:
                own[at] = values[slot]
            return "".join(own)

        return filled

    def _boundary(self) -> bytes:
        # Not a random one: a letter that is sent a second time is the same letter. See `quoting` for "=_".
        return (
            b"=_"
            + hashlib.sha256(self._letter.message_id.encode("utf-8", "replace")).hexdigest()[:32].encode()
        )

    # The body.

    def _write_body(self) -> None:
        boundary = b"--" + self._boundary()
        written: list[bytes | tuple[int, bool]] = [boundary]
        for kind, content in ((b"plain", self._letter.text), (b"html", self._letter.html)):
            written.append(b'\r\nContent-Type: text/%s; charset="utf-8"\r\n' % kind)
            written.append(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n")
            written += self._part(content, html=kind == b"html")
            written.append(b"\r\n" + boundary)
        written.append(b"--\r\n")
        self._body.append(b"")
        for one in written:
            if isinstance(one, bytes):
                self._body[-1] += one
            else:
                self._places.append((len(self._body), *one))
                self._body += [b"", SOFT]

    def _part(self, content: str, *, html: bool) -> Iterator[bytes | tuple[int, bool]]:
        pieces, in_line = list(self._pieces(content)), list[str | int]()
        if not content:
            yield ended("")
            return
        for piece in pieces:
            if isinstance(piece, int):
                self._in_body.add(piece)
                in_line.append(piece)
                yield piece, html
                continue
            self._unusual |= piece.endswith("\r") and piece is not pieces[-1]
            *lines, last = _lines(piece)
            yield b"".join([ended(line) for line in lines])
            in_line = [last] if lines else [*in_line, last]
            if last and piece is not pieces[-1]:
                yield quoted(last) + SOFT
        yield self._last_line(in_line)

    def _last_line(self, in_line: list[str | int]) -> bytes:
        """Each part ends with a line break; where its last line is empty, it has one already."""
        texts = [one for one in in_line if isinstance(one, str)]
        slots = tuple(one for one in in_line if isinstance(one, int))
        if slots and not any(texts):
            self._hollow.append(slots)
        return ended(texts[-1]) if slots or any(texts) else b""


def _lines(piece: str) -> list[str]:
    return piece.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _check(letter: Letter) -> None:
    for name in _NAMED:
        fields.refuse(getattr(letter, name), name)
    for name, value in letter.headers.items():
        fields.refuse(name + value, name)
        if not _field_name(name):
            raise ValueError(f"{name!r} is no name of a header field")
