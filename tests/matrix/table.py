"""Every fault on every network with every kind of post, and the table of what came of it."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from outreach.posts.models import Publication
from tests.matrix.faults import EVERY, FAULTS, Fault
from tests.matrix.scene import NEXT, SOON, TEXT, Scene, scene

NAMES = {"facebook": "Facebook", "x": "X"}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "promises.md"
_BEGIN, _END = "<!-- fault matrix: python -m tests.matrix --write -->", "<!-- end of the fault matrix -->"

Cell = tuple[str, str, str]  # fault, network, kind
CELLS: list[Cell] = [(fault.name, *place) for fault in FAULTS for place in fault.where]
_BY_NAME: Mapping[str, Fault] = {fault.name: fault for fault in FAULTS}


def play(cell: Cell) -> tuple[str, list[str]]:
    """Let the fault happen and time pass: what came of it in words, and what is wrong with that."""
    name, network, kind = cell
    with scene(network, kind) as made:
        with _BY_NAME[name].around(made):
            made.step()
        made.run()
        return said(made), list(wrong(made))


def said(made: Scene) -> str:
    """How often the post is on the network, after how long we knew, and how often the network was asked."""
    words = f"{made.copies(TEXT)}×"
    if made.known_after:
        words += f" {clock_of(made.known_after)}"
    if made.looks():
        words += f" · {made.looks()} {'look' if made.looks() == 1 else 'looks'}"
    if made.row.state != Publication.State.PUBLISHED:
        words += f" · {made.row.state}"
    return words


def wrong(made: Scene) -> Iterator[str]:
    """Each promise that this run broke."""
    for row, text in ((made.row, TEXT), (made.next, NEXT)):
        row.refresh_from_db()
        copies = made.copies(text)
        if copies > 1:
            yield f"doubled: {made.texts()}"
        if row.state == Publication.State.PUBLISHED and row.remote_id not in made.ids(text):
            yield f"recorded as {row.remote_id}, but the network has {made.ids(text)}"
        if row.state != Publication.State.PUBLISHED and not (row.state == "refused" and row.reason):
            yield f"lost: {text} is {row.state}, {row.reason}"
    for fault in (*made.proxy.waiting(), *made.fake.waiting()):
        yield f"never struck: {fault}"
    if made.open_since or made.open_for > SOON:
        yield f"in doubt for {made.open_for}"
    if made.next.state != Publication.State.PUBLISHED:
        yield f"the next post did not go out: {made.next.state}, {made.next.reason}"


def clock_of(span: timedelta) -> str:
    """Minutes and seconds."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"{minutes}:{seconds:02}"


def written(results: Mapping[Cell, str]) -> str:
    """The table."""
    heads = [f"{NAMES[network]}, {kind}" for network, kind in EVERY]
    lines = [f"| what goes wrong | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for fault in FAULTS:
        cells = [results.get((fault.name, *place), "–") for place in EVERY]
        lines.append(f"| {fault.name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def on_the_page() -> str:
    """The table in the documentation."""
    found = re.search(re.escape(_BEGIN) + r"\n(.*?)" + re.escape(_END), PAGE.read_text("utf-8"), re.DOTALL)
    assert found, f"{PAGE} has no place for the table"
    return found[1].strip() + "\n"


def put_on_the_page(table: str) -> None:
    """The same, anew."""
    page = PAGE.read_text("utf-8")
    head, tail = page.partition(_BEGIN)[0], page.partition(_END)[2]
    PAGE.write_text(f"{head}{_BEGIN}\n\n{table}\n{_END}{tail}", "utf-8")


def documented() -> dict[Cell, str]:
    """The cells of the table in the documentation."""
    found: dict[Cell, str] = {}
    for line in on_the_page().splitlines()[2:]:
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        found |= {(name, *place): cell for place, cell in zip(EVERY, cells, strict=True) if cell != "–"}
    return found
