"""A round of every tick with nothing due, over a million rows of history and over none, on both databases."""

import os
from collections.abc import Iterator

from benchmarks import ground
from benchmarks.timing import seconds

ENTRIES = 110_000
"""Announced twice each: with their posts, publications and the log over a million rows."""
FEW, TURNS = 20, 40


def measure() -> Iterator[tuple[str, str]]:
    """Each database in a process of its own."""
    yield from ground.on_both_databases("history", _measured)


def _measured(which: str) -> Iterator[tuple[str, str]]:
    ground.prepare(os.environ.get("OUTREACH_DATABASE_URL", ""))
    from django.conf import settings

    from outreach.core import clock
    from tests import history

    settings.MAIL_URL = "smtp://127.0.0.1:1"
    steps = [step for _, step in history.steps()]

    def round_() -> None:
        found = [step.__name__ for step in steps if step(clock.now())]
        assert not found, found

    history.at_rest()
    history.grow(FEW)
    round_()
    before = seconds(round_, TURNS)
    rows = history.grow(ENTRIES)
    round_()
    after = seconds(round_, TURNS)
    yield f"{which}: rows of history", f"{rows:,}"
    yield f"{which}: {len(steps)} steps with nothing due", f"{after * 1000:.1f} ms"
    yield f"{which}: a round of every tick, over that history / over none", f"{after / before:.2f}"
