"""Quoted-printable (RFC 2045, 6.7), written so that nobody need touch the lines again.

A line is never longer than 76 columns and never begins with a dot, so nothing is left to be doubled for SMTP
(RFC 5321, 4.5.2). No line holds "=_" either, which is why a boundary that begins so is in no content.
"""

SOFT = b"=\r\n"
_COLUMNS = 72  # a dot in the first column and a blank in the last take two columns more each
_WRITTEN = [
    chr(code) if code == 32 or (33 <= code <= 126 and code != 61) else f"={code:02X}" for code in range(256)
]


def quoted(line: str) -> bytes:
    """`line`, which holds no line break, to be followed by `SOFT` (or by a line break, see `ended`)."""
    unwritten = line.isascii() and line.isprintable() and "=" not in line
    if unwritten and len(line) <= _COLUMNS and line[:1] != ".":
        return line.encode("ascii")
    if unwritten:
        rows = [line[start : start + _COLUMNS] for start in range(0, len(line), _COLUMNS)]
    else:
        rows = _rows("".join([_WRITTEN[code] for code in line.encode("utf-8")]))
    return "=\r\n".join(["=2E" + row[1:] if row[0] == "." else row for row in rows]).encode("ascii")


def ended(line: str) -> bytes:
    """`line` with its line break. A blank before it is written out: servers on the way may cut it off."""
    row = quoted(line)
    return (row[:-1] + b"=20" if row.endswith(b" ") else row) + b"\r\n"


def _rows(written: str) -> list[str]:
    rows, start = [], 0
    while start < len(written):
        end = start + _COLUMNS
        # Never through the middle of a sign that is written as three.
        end -= 1 if written[end - 1 : end] == "=" else 2 if written[end - 2 : end - 1] == "=" else 0
        rows.append(written[start:end])
        start = end
    return rows
