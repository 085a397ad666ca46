"""A CSV file as people make them: any delimiter, any of the usual encodings, headers in three languages."""

import codecs
import csv
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO, TextIO, cast

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

_DELIMITERS = ";,\t|"
_CHUNK = 1 << 16
_MOST_LINES_OF_ONE_ROW = 20
_ADDRESS_WORDS = (
    *("email", "emailadres", "emailadressen", "emailaddress", "emailaddresses", "mail", "mailadres"),
    *("mailaddress", "adresseemail", "adressemail", "adressedecourriel", "adressecourriel", "courriel"),
    *("courrielelectronique", "adresseelectronique", "elektronischadres", "epost", "epostadres"),
    *("adres", "address", "adresse"),  # last: beside one of the others it is a postal address
)
_NAME_WORDS = ("naam", "name", "nom", "volledigenaam", "fullname", "nomcomplet", "weergavenaam")
_FIRST_NAME_WORDS = ("voornaam", "firstname", "prenom", "givenname")
_LAST_NAME_WORDS = ("achternaam", "familienaam", "lastname", "surname", "familyname", "nomdefamille")
_LANGUAGE_WORDS = ("taal", "language", "langue", "taalcode", "lang")


@dataclass(frozen=True)
class Row:
    """One person of the file. `line` is the line that it begins on, counted from 1."""

    line: int
    address: str
    name: str = ""
    language: str = ""
    torn_until: int = 0  # the last line that an unclosed quotation mark swallowed


@dataclass(frozen=True)
class Columns:
    """Where things are in a row; no name or language when empty."""

    address: tuple[int, ...]
    name: tuple[int, ...] = ()
    language: tuple[int, ...] = ()

    def row(self, line: int, cells: list[str]) -> Row:
        """`cells` as a row."""
        address, name = _joined(cells, self.address), _joined(cells, self.name)
        return Row(line, address, name, _joined(cells, self.language))


def rows(stream: BinaryIO | TextIO) -> Iterator[Row]:
    """The rows of a CSV file, one at a time. Raises BadInput (field "file") for what is no such file."""
    if isinstance(stream.read(0), str):
        yield from _rows(cast(TextIO, stream))
        return
    with _rewindable(cast(BinaryIO, stream)) as binary:
        text = TextIOWrapper(binary, encoding=_encoding(binary), errors="replace", newline="")
        try:
            yield from _rows(text)
        finally:
            text.detach()  # else the caller's file would be closed with it


def _rows(text: TextIO) -> Iterator[Row]:
    columns: Columns | None = None
    for first, last, cells in _numbered(text):
        if last - first >= _MOST_LINES_OF_ONE_ROW and columns:
            yield Row(first, "", torn_until=last)
        elif any(cell.strip() for cell in cells):
            if columns is None:
                columns, is_header = _columns(cells)
                if is_header:
                    continue
            yield columns.row(first, cells)
    if columns is None:
        raise BadInput(say(N_("The file is empty.")), "file")


def _numbered(text: TextIO) -> Iterator[tuple[int, int, list[str]]]:
    """Each record with its first and its last line."""
    delimiter, skipped = _delimiter(text)
    reader = csv.reader(_without_nul(text), delimiter=delimiter)
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field of more than 128 KB: a quotation mark that is never closed
            cells = []
        yield before + 1 + skipped, reader.line_num + skipped, cells
        before = reader.line_num


@contextmanager
def _rewindable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """`stream`, or a copy of it (on disk when it is large) when it can be read only once."""
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as kept:
        while chunk := stream.read(_CHUNK):
            kept.write(chunk)
        kept.seek(0)
        yield cast(BinaryIO, kept)


def _encoding(binary: BinaryIO) -> str:
    start = binary.read(4)
    binary.seek(0)
    if start in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        raise BadInput(
            say(N_("This is a spreadsheet, not a CSV file. Open it and save it as “CSV (UTF-8)” first.")),
            "file",
        )
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # cp1252 is what Excel in Western Europe calls "CSV".
    return "utf-8-sig" if _is_utf8(binary) else "cp1252"


def _is_utf8(binary: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := binary.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        binary.seek(0)
    return True


def _delimiter(text: TextIO) -> tuple[str, int]:
    """The delimiter that stands most often outside quotes in the first line, and how many lines to skip."""
    start, line = text.tell(), text.readline(_CHUNK)
    if named := re.fullmatch(r"\ufeff?sep=(.)\s*", line):  # Excel's own way to say it
        return named[1], 1
    while line and not line.strip():
        line = text.readline(_CHUNK)
    text.seek(start)
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count), 0


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\x00", "")


def _columns(cells: list[str]) -> tuple[Columns, bool]:
    """Where things are, and whether `cells` is a header."""
    words = [_word(cell) for cell in cells]
    if any("@" in cell for cell in cells):
        return _guessed(cells, words), False
    address = _first(words, _ADDRESS_WORDS)
    if not address:
        raise BadInput(
            say(
                N_(
                    "No column with e-mail addresses was found. "
                    "Give the columns a name in the first line, such as e-mail;name;language."
                )
            ),
            "file",
        )
    return Columns(address, _name(words), _first(words, _LANGUAGE_WORDS)), True


def _name(words: list[str]) -> tuple[int, ...]:
    whole, last = _first(words, _NAME_WORDS), _first(words, _LAST_NAME_WORDS)
    if first := _first(words, _FIRST_NAME_WORDS):
        return first + (last or whole)  # "Nom" beside "Prénom" is the family name
    return whole or last


def _guessed(cells: list[str], words: list[str]) -> Columns:
    """Without a header: the language is a cell that names one, the name is the first other cell."""
    address = tuple(place for place, cell in enumerate(cells) if "@" in cell)[:1]
    language = tuple(place for place, word in enumerate(words) if word in {"nl", "fr", "en"})[:1]
    others = (place for place in range(len(cells)) if place not in address + language)
    return Columns(address, tuple(others)[:1], language)


def _first(words: list[str], wanted: tuple[str, ...]) -> tuple[int, ...]:
    """The place of the first of `wanted` that is among `words`, as a tuple of one; empty when none is."""
    return tuple(words.index(word) for word in wanted if word in words)[:1]


def _joined(cells: list[str], places: tuple[int, ...]) -> str:
    return " ".join(cells[place].strip() for place in places if place < len(cells)).strip()


def _word(cell: str) -> str:
    """ "E-mailadres" → "emailadres", "Prénom" → "prenom"."""
    plain = unicodedata.normalize("NFKD", cell.strip().lower())
    return "".join(char for char in plain if char.isalnum() and char.isascii())
