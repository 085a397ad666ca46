"""Every setting is in docs/operating.md, and nothing else is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = [*(ROOT / "outreach").rglob("*.py"), *(ROOT / "tasks").rglob("*.py"), ROOT / "celeryconfig.py"]
NAME = re.compile(r"OUTREACH_[A-Z_]+")


def read_in(path: Path) -> Iterator[str]:
    """The names that stand alone in a string: those that are looked up, or set for others to look up."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


def described() -> list[str]:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(OUTREACH_[A-Z_]+)` \|", page, re.MULTILINE)


def test_every_setting_that_is_read_is_described_once_and_no_other() -> None:
    assert sorted(described()) == sorted({name for path in CODE for name in read_in(path)})


def test_no_page_speaks_of_a_setting_that_nobody_reads() -> None:
    known = set(described())
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        names = NAME.findall(page.read_text(encoding="utf-8"))
        spoken = {name if name in known else name.removesuffix("_FILE") for name in names}
        assert {name for name in spoken if name.rstrip("_") != "OUTREACH"} <= known, page.name
