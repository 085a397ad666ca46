"""docs/errors.md is made from the tables of failures, and so never says anything else than they do.

`DJANGO_SETTINGS_MODULE=outreach.settings python -m tests.house.test_error_docs` writes it anew.
"""

from collections.abc import Iterator
from pathlib import Path

from outreach.networks import errors, transport
from outreach.networks.facebook.errors import ROWS as FACEBOOK
from outreach.networks.table import Known
from outreach.networks.x.errors import ROWS as X

PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
DOES = {
    errors.Rejected: "Refused: it is not tried again by itself. Home says so.",
    errors.AuthBroken: "The account is paused; what is due waits. Home says so.",
    errors.Throttled: "It waits as long as the network says, then goes on.",
    errors.Budget: "It waits and tries again every six hours. Home says so.",
    errors.NotSent: "Nothing arrived: it is tried again, ever more slowly, up to once an hour.",
    errors.Ambiguous: "It may be there: the network is asked before anything is sent again.",
    errors.Duplicate: "It is looked up and adopted; if it is not found, it is never sent again.",
}
HEAD = """# What the networks say, and what it means

Made from the tables in `outreach/networks` by `tests/house/test_error_docs.py`, which also compares. The
first row that fits decides. `…` stands for the network's own words. What is in no row is taken as “it may be
there”, with those words.
"""


def page() -> str:
    tables = (("Facebook", FACEBOOK), ("X", X), ("On the way to any network", transport.ROWS))
    return "\n".join([HEAD, *(line for name, rows in tables for line in _table(name, rows))])


def _table(name: str, rows: tuple[Known, ...]) -> Iterator[str]:
    yield f"## {name}\n"
    yield "| the network says | what you read | why | what Outreach does | what you do |"
    yield "|---|---|---|---|---|"
    network = name if name in ("Facebook", "X") else "The network"
    for row in rows:
        said = (row.sentence, row.cause, DOES[row.kind], row.advice)
        cells = (_how(row), *(text.replace("%(said)s", "…").replace("%(network)s", network) for text in said))
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _how(row: Known) -> str:
    """The words for it, and the numbers that are looked at."""
    numbers = [
        f"{name} {_listed(found)}"
        for name, found in (("code", row.codes), ("subcode", row.subcodes), ("HTTP", row.statuses))
        if found and not row.when.startswith("HTTP")
    ]
    return f"{row.when} ({'; '.join(numbers)})" if numbers else row.when


def _listed(found: object) -> str:
    if isinstance(found, range):
        return f"{found.start}–{found.stop - 1}"
    numbers = sorted(found)  # type: ignore[call-overload]
    if len(numbers) > 6:
        return f"{numbers[0]}, {numbers[1]}–{numbers[-1]}"
    return ", ".join(map(str, numbers))


def test_the_page_of_failures_says_what_the_tables_say() -> None:
    assert PAGE.read_text("utf-8") == page()


def test_every_class_of_failure_says_what_outreach_does() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    assert {kind for kind in kinds if errors.NetworkError in kind.__bases__} == set(DOES)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
