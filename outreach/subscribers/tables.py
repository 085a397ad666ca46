"""A CSV file as people make them: any delimiter, any of the usual encodings, headers in three languages."""

import codecs
import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import TextIOWrapper
from itertools import islice
from typing import Any, BinaryIO, TextIO

from outreach.core import sheets
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

_DELIMITERS = ";,\t|^~"
_NEVER_BETWEEN = "\"'@.\r\n\0"
_CHUNK = 1 << 16
_MOST_LINES_OF_ONE_ROW = 20
_MOST_COLUMNS = 500  # the page has a field for each, and a form takes a thousand
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


_TAG_WORDS = ("tags", "tag", "labels", "label", "etiketten", "etiket", "etiquettes", "etiquette")
_UNREADABLE = ["\0"]  # no cell holds a NUL
_LOOKED_AT = 50  # rows from which the columns are guessed


@dataclass(frozen=True)
class Row:
    """One person of the file. It begins on `line`, counted from 1, and ends on `last`."""

    line: int
    last: int
    address: str
    name: str = ""
    language: str = ""
    tags: str = ""
    torn: bool = False  # too long to be read, or an unclosed quotation mark swallowed all up to `last`


@dataclass(frozen=True)
class Columns:
    """Where things are in a row, counted from 0; nothing there when empty."""

    address: tuple[int, ...] = ()
    name: tuple[int, ...] = ()
    language: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()

    def row(self, line: int, last: int, cells: list[str]) -> Row:
        """`cells` as a row."""
        address, name = _joined(cells, self.address), _joined(cells, self.name)
        return Row(line, last, address, name, _joined(cells, self.language), _joined(cells, self.tags))


@dataclass(frozen=True)
class Layout:
    """How a file is to be read."""

    encoding: str
    delimiter: str
    skipped: int  # lines in front of the table
    header: bool
    columns: Columns

    def to_json(self) -> dict[str, Any]:
        """What a row keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Layout":
        """The layout that a row kept."""
        columns = Columns(**{name: tuple(places) for name, places in kept["columns"].items()})
        return cls(**{**kept, "columns": columns})


def guess(stream: BinaryIO, delimiter: str = "", header: bool | None = None) -> Layout:
    """How `stream` is to be read, with what is known already.

    No column for the address when none looks like one. Raises BadInput (field "file") for what is no table,
    (field "delimiter") for a sign that cannot stand between columns.
    """
    if delimiter and not _parts(delimiter):
        raise BadInput(say(N_("Choose the sign between the columns.")), "delimiter")
    encoding = _encoding(stream)
    with _text(stream, encoding) as text:
        found, skipped = _delimiter(text)
        delimiter = delimiter or found
        cells = list(islice(_filled(text, delimiter), _LOOKED_AT))
    if not cells:
        raise BadInput(say(N_("The file is empty.")), "file")
    if (width := max(map(len, cells))) > _MOST_COLUMNS:
        words = N_("The file has %(count)s columns; %(limit)s is the most. Keep those that are needed.")
        raise BadInput(say(words, count=width, limit=_MOST_COLUMNS), "file")
    columns, is_header = _columns(cells)
    if not columns.address and not any("@" in cell for row in cells for cell in row):
        raise BadInput(
            say(
                N_(
                    "No column with e-mail addresses was found. "
                    "Give the columns a name in the first line, such as e-mail;name;language."
                )
            ),
            "file",
        )
    return Layout(encoding, delimiter, skipped, is_header if header is None else header, columns)


def sample(stream: BinaryIO, layout: Layout, count: int = 5) -> tuple[list[str], list[list[str]]]:
    """The names of the columns (empty where the file has none) and the cells of the first rows."""
    with _text(stream, layout.encoding) as text:
        _skip(text, layout)
        cells = list(islice(_filled(text, layout.delimiter), count + 1))
    names, cells = (cells[0], cells[1:]) if layout.header else ([], cells[:count])
    width = max(map(len, [names, *cells]), default=0)
    return [*names, *[""] * (width - len(names))], [[*row, *[""] * (width - len(row))] for row in cells]


ROLES = ("address", "name", "language", "tags")
"""What a column may hold."""


def columns(roles: Mapping[int, str]) -> Columns:
    """The columns where a person says of each place (from 0) what it holds; names are joined in their order.

    Raises BadInput (address): one column holds the addresses.
    """
    places = {role: tuple(sorted(place for place in roles if roles[place] == role)) for role in ROLES}
    if len(places["address"]) != 1:
        raise BadInput(say(N_("Say which column holds the e-mail addresses; one column does.")), "address")
    return Columns(**places)


def roles(layout: Layout) -> dict[int, str]:
    """The other way round: what each place holds."""
    return {place: role for role in ROLES for place in getattr(layout.columns, role)}


def rows(stream: BinaryIO, layout: Layout, after: int = 0) -> Generator[Row, None, None]:
    """The rows of a CSV file, one at a time; those behind line `after` only."""
    with _text(stream, layout.encoding) as text:
        _skip(text, layout)
        header = layout.header
        for first, last, cells in _numbered(text, layout.delimiter, layout.skipped):
            if first <= after:
                header = False  # it stands before whoever was looked at
                continue
            if _torn(first, last, cells, layout.delimiter):
                header, row = False, Row(first, last, "", torn=True)
            elif not any(cell.strip() for cell in cells):
                continue
            elif header:
                header = False
                continue
            else:
                row = layout.columns.row(first, last, cells)
            yield row


def _torn(first: int, last: int, cells: list[str], delimiter: str) -> bool:
    """Whether it is no row of one person: a quotation mark somewhere took the people of the next lines along.

    A remark may go over some lines; a line of it that holds an address beside another cell is a person.
    """
    if cells == _UNREADABLE or last - first >= _MOST_LINES_OF_ONE_ROW:
        return True
    swallowed = (line for cell in cells for line in cell.splitlines()[1:]) if last > first else ()
    return any("@" in line and (delimiter in line or len(cells) == 1) for line in swallowed)


def _filled(text: TextIO, delimiter: str) -> Iterator[list[str]]:
    rows = (cells for _, _, cells in _numbered(text, delimiter))
    rows = (cells for cells in rows if cells != _UNREADABLE and any(cell.strip() for cell in cells))
    return ([cell.strip() for cell in cells] for cells in rows)


def _numbered(text: TextIO, delimiter: str, skipped: int = 0) -> Iterator[tuple[int, int, list[str]]]:
    """Each record with its first and its last line."""
    reader = csv.reader(_without_nul(text), delimiter=delimiter)
    before = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field of more than 128 KB: a quotation mark that is never closed
            cells = _UNREADABLE
        yield before + 1 + skipped, reader.line_num + skipped, cells
        before = reader.line_num


@contextmanager
def _text(stream: BinaryIO, encoding: str) -> Iterator[TextIO]:
    stream.seek(0)
    text = TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        yield text
    finally:
        text.detach()  # else the caller's file would be closed with it


def _skip(text: TextIO, layout: Layout) -> None:
    for _ in range(layout.skipped):
        text.readline(_CHUNK)


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
    named = re.fullmatch(r"\ufeff?sep=(.)\s*", line)  # Excel's own way to say it
    if named and _parts(named[1]):
        return named[1], 1
    while line and not line.strip():
        line = text.readline(_CHUNK)
    text.seek(start)
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count), 0


def _parts(delimiter: str) -> bool:
    """Whether `delimiter` can stand between columns; no letter, digit, quotation mark or line end does."""
    return len(delimiter) == 1 and delimiter not in _NEVER_BETWEEN and not delimiter.isalnum()


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\x00", "")


def _columns(rows: list[list[str]]) -> tuple[Columns, bool]:
    """Where things are, and whether the first of `rows` is a header."""
    words = [_word(cell) for cell in rows[0]]
    if any("@" in cell for cell in rows[0]):
        return _guessed(rows[0], words), False
    named, fullest = _first(words, _ADDRESS_WORDS), _fullest(rows[1:])
    # "Adres" may well be the street, beside a column with a name of its own for the mail.
    address = named if set(named) & _with_at(rows[1:]) else fullest or named
    if not address:
        return Columns(), True
    return Columns(address, _name(words), _first(words, _LANGUAGE_WORDS), _first(words, _TAG_WORDS)), True


def _fullest(rows: list[list[str]]) -> tuple[int, ...]:
    """The column that most often holds an @, whatever it is called."""
    found = Counter(place for row in rows for place, cell in enumerate(row) if "@" in cell)
    return tuple(place for place, _ in found.most_common(1))


def _with_at(rows: list[list[str]]) -> set[int]:
    return {place for row in rows for place, cell in enumerate(row) if "@" in cell}


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
    return " ".join(sheets.given(cells[place].strip()) for place in places if place < len(cells)).strip()


def _word(cell: str) -> str:
    """ "E-mailadres" → "emailadres", "Prénom" → "prenom"."""
    plain = unicodedata.normalize("NFKD", cell.strip().lower())
    return "".join(char for char in plain if char.isalnum() and char.isascii())
