"""Header fields as bytes (RFC 5322), with any text in them (RFC 2047).

By hand, because the standard library decodes what looks like an encoded word before it writes it: a title
such as "=?utf-8?q?=0D=0ABcc:...?=" would become a header of its own. It also takes a hundred times as long.
No function here is given a line break: see `refuse`.
"""

import base64
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

_WIDTH, _LONGEST = 76, 998  # columns of a folded line; octets that RFC 5322 (2.1.1) allows
_breaks = re.compile(r"[\r\n\0]").search
_atoms = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII).fullmatch
# With signs beyond ASCII (RFC 6532), which the standard library refuses.
_atom, _host = r"[\w!#$%&'*+/=?^`{|}~\u00a1-\U0010ffff-]+", r"[^\W_](?:[\w.-]*[^\W_])?"
_usual = re.compile(rf"{_atom}(?:\.{_atom})*@{_host}").fullmatch
# In any place of a header (RFC 2047, 5); everything else is written as =XX.
_Q = [chr(code) if chr(code).isalnum() and code < 128 else f"={code:02X}" for code in range(256)]
_Q[32] = "_"


def has_breaks(value: str) -> bool:
    """Whether `value` holds CR, LF or NUL."""
    return not value.isprintable() and _breaks(value) is not None


def refuse(value: str, field: str) -> None:
    """Raises BadInput about `field` when `value` holds CR, LF or NUL: somebody tries to add headers."""
    if _breaks(value):
        raise BadInput(say(N_("A line break is not allowed in %(field)s."), field=field), field)


def _plain(value: str) -> bool:
    """What stands in a header as it is: no control signs, no blanks at its ends that a reader would lose."""
    return value.isascii() and value.isprintable() and value == value.strip(" ")


def text(name: str, value: str) -> bytes:
    """A field that people read, folded at 76 columns."""
    if not _plain(value) or "=?" in value:
        return _in_words(name, value)
    line = f"{name}: {value}"
    return (line if len(line) <= _WIDTH else _folded(name, value)).encode("ascii") + b"\r\n"


def exact(name: str, value: str) -> bytes:
    """A field that programs read: on one line, for many find a long address on no other."""
    line = f"{name}: {value}"
    if _plain(value) and len(line) <= _LONGEST:
        return line.encode("ascii") + b"\r\n"
    return text(name, value)


def mailbox(name: str, shown: str, address: str, field: str) -> bytes:
    """A field with one address and the name to it. Raises BadInput about `field` when it is no address."""
    spec = _address(address, field)
    if not shown:
        return f"{name}: {spec}\r\n".encode()
    if not _plain(shown) or "=?" in shown or len(shown) > _LONGEST // 3:
        written = _in_words(name, shown)[:-2].decode("ascii")
    else:
        written = f"{name}: {_phrase(shown)}"
    last = len(written) - written.rfind("\n")
    between = " " if last + len(spec) + 3 <= _WIDTH else "\r\n "
    return f"{written}{between}<{spec}>\r\n".encode()


def any_mailbox(name: str, value: str, field: str) -> bytes:
    """The same from one string, such as "Els <els@example.org>"."""
    if _plain(value) and len(name) + len(value) < _WIDTH:
        return exact(name, value)
    return mailbox(name, *parseaddr(value), field)


def _phrase(shown: str) -> str:
    if _atoms(shown):
        return shown
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _address(address: str, field: str) -> str:
    if _usual(address) and ".." not in address and address.isprintable():
        return address
    try:
        return Address(addr_spec=address).addr_spec
    except (ValueError, IndexError, MessageError):  # IndexError: the standard library on an empty address
        raise BadInput(say(N_("“%(address)s” is not a mail address."), address=address), field) from None


def _folded(name: str, value: str) -> str:
    """Broken before blanks; a word that is too long for any line makes encoded words of all."""
    rows, row = [], f"{name}:"
    for word in re.findall(r" +[^ ]+", f" {value}"):
        if len(row) + len(word) > _WIDTH and row != f"{name}:":
            rows.append(row)
            row = ""
        row += word
    rows.append(row)
    if max(map(len, rows)) > _LONGEST:
        return _in_words(name, value)[:-2].decode("ascii")
    return "\r\n".join(rows)


def _in_words(name: str, value: str) -> bytes:
    first = _WIDTH - len(name) - 2 if len(name) < _WIDTH // 2 else 0
    words = "\r\n ".join(_words(value, first or _WIDTH - 1))
    return f"{name}:{' ' if first else chr(13) + chr(10) + ' '}{words}\r\n".encode("ascii")


def _words(value: str, first: int) -> Iterator[str]:
    """Encoded words of at most 75 signs, the first of `first`: whichever way of writing is shorter."""
    octets = value.encode("utf-8")
    quoted = sum(len(_Q[octet]) for octet in octets) <= len(octets) * 4 // 3
    for piece in _pieces(value, first - 13, quoted=quoted):
        if quoted:
            yield f"=?utf-8?q?{''.join([_Q[octet] for octet in piece])}?="
        else:
            yield f"=?utf-8?b?{base64.b64encode(piece).decode('ascii')}?="


def _pieces(value: str, room: int, *, quoted: bool) -> Iterator[bytes]:
    """`value` in octets, never broken within a sign (RFC 2047, 5, rule 3)."""
    piece, size = b"", 0
    for sign in value:
        octets = sign.encode("utf-8")
        size += sum(len(_Q[octet]) for octet in octets) if quoted else len(octets)
        if size > (room if quoted else room // 4 * 3):
            yield piece
            piece, room = b"", _WIDTH - 14
            size = sum(len(_Q[octet]) for octet in octets) if quoted else len(octets)
        piece += octets
    yield piece
