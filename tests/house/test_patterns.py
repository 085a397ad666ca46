"""What every Python that the README names reads in the same way."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import outreach

_parse = importlib.import_module("re._parser").parse


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The regular expressions that the modules of the house keep."""
    for module in pkgutil.walk_packages(outreach.__path__, "outreach."):
        if "migrations" in module.name or module.name.endswith(("__main__", "wsgi")):
            continue
        kept = vars(importlib.import_module(module.name))
        yield from ((module.name, value) for value in kept.values() if isinstance(value, re.Pattern))


def test_no_pattern_takes_more_than_an_older_python_gives_back():
    """Before 3.11.5 a possessive quantifier on a group kept what the group had to give back (gh-106052)."""
    found = list(patterns())
    assert len(found) > 50
    assert [
        (name, pattern.pattern)
        for name, pattern in found
        if re.search("POSSESSIVE|ATOMIC", str(_parse(pattern.pattern, pattern.flags)))
    ] == []


def test_such_a_pattern_would_be_found():
    assert "POSSESSIVE" in str(_parse("(?:a+|b)*+"))
