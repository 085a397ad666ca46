"""The house rules that a linter does not know."""

import ast
import re
import statistics
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted(
    path
    for folder in ("outreach", "tasks", "tests", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
PRODUCT = [path for path in OURS if path.relative_to(ROOT).parts[0] in {"outreach", "tasks"}]


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(f"{path.name}:{n.name}", (n.end_lineno or n.lineno) - n.lineno + 1) for n in found]


def test_no_file_is_longer_than_400_lines() -> None:
    lines = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in OURS}
    assert {path: count for path, count in lines.items() if count > 400} == {}


def test_the_median_function_has_fewer_than_ten_lines_and_none_more_than_fifty() -> None:
    sizes = dict(size for path in PRODUCT for size in functions(path))
    assert statistics.median(sizes.values()) < 10
    assert {name: size for name, size in sizes.items() if size > 50} == {}


def test_pages_ask_no_other_host_for_anything() -> None:
    loads = re.compile(
        r"""(?:src|srcset|href|action)\s*=\s*["'](?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//"""
    )
    shown = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "outreach").rglob("*.css")]
    assert [str(p.relative_to(ROOT)) for p in shown if loads.search(p.read_text(encoding="utf-8"))] == []


def test_pages_have_no_inline_style_or_script() -> None:
    inline = re.compile(
        r"\sstyle\s*=|<style|<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']", re.IGNORECASE
    )
    pages = [
        *(ROOT / "templates" / "staff").rglob("*.html"),
        *(ROOT / "templates" / "public").rglob("*.html"),
    ]
    assert [str(p.relative_to(ROOT)) for p in pages if inline.search(p.read_text(encoding="utf-8"))] == []
