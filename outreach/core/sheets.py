"""CSV that a spreadsheet opens: UTF-8 with a byte order mark, `;` between the cells, and no formula in it."""

import csv
from collections.abc import Iterable
from io import StringIO

MARK = "\ufeff"
"""What a file begins with: without it a spreadsheet takes UTF-8 for something else."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Iterable[str]) -> str:
    """One line. What somebody typed or a server said is never a formula (OWASP, CSV injection)."""
    out = StringIO()
    csv.writer(out, delimiter=";").writerow([inert(cell) for cell in cells])
    return out.getvalue()


def given(cell: str) -> str:
    """What stood in `cell` before `line` made it harmless: our own files are read back as they were."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def inert(value: str) -> str:
    """`value` so that no spreadsheet takes it for a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value
