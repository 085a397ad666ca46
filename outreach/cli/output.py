"""What a command says: tables and sentences for people, JSON for machines."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

_as_json = False


def take_json_option(arguments: Sequence[str]) -> list[str]:
    """`arguments` without `--json`, which is remembered."""
    global _as_json
    end = arguments.index("--") if "--" in arguments else len(arguments)
    _as_json = "--json" in arguments[:end]
    return [word for word in arguments[:end] if word != "--json"] + list(arguments[end:])


def wants_json() -> bool:
    """Whether a machine reads this."""
    return _as_json


def rows(found: Iterable[Mapping[str, Any]], headings: Mapping[str, str], nothing: str) -> None:
    """A table of `found`, with the columns of `headings`; the sentence `nothing` when there are none."""
    listed = list(found)
    if _as_json:
        return machine(listed)
    if not listed:
        return print(nothing)
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings.values():
        table.add_column(heading, overflow="fold")
    for row in listed:
        table.add_row(*(_cell(key, row[key]) for key in headings))
    Console().print(table)
    return None


def heading(title: str, beneath: str = "") -> None:
    """A title, with an empty line above, and an address beneath."""
    from rich.console import Console
    from rich.text import Text

    console = Console()
    console.print()
    console.print(Text(title, style="bold"))
    if beneath:
        console.print(Text(beneath), soft_wrap=True)  # an address is copied, so it is never broken


def state(value: str, more: str = "") -> None:
    """A row's state in words, and why."""
    from rich.console import Console
    from rich.markup import escape

    from outreach.core import states

    Console().print(escape(" – ".join(filter(None, (states.word(value), more)))), highlight=False)


def facts(pairs: Mapping[str, str]) -> None:
    """What is known, each with its name; what is empty is left out."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for name, value in pairs.items():
        if value:
            table.add_row(escape(name), escape(value))
    Console().print(table, highlight=False)


def done(sentence: str, **data: Any) -> None:
    """The command has done what it was asked."""
    if _as_json:
        machine({"done": True, "sentence": sentence, **data})
    else:
        print(sentence)


def refused(sentence: str, code: int, field: str = "") -> int:
    """The command could not: says why, and gives back the exit code."""
    if _as_json:
        machine({"done": False, "sentence": sentence, "field": field})
    else:
        print(sentence, file=sys.stderr)
    return code


def machine(data: Any) -> None:
    """JSON on stdout."""
    print(json.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _cell(key: str, value: Any) -> str:
    from rich.markup import escape

    from outreach.core import dates, states

    if isinstance(value, datetime):
        return dates.when(value)
    if value is None or value is False:
        return ""
    if value is True:
        return "✓"
    return escape(states.word(value) if key == "state" else str(value))
