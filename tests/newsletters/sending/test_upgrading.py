"""An issue that is under way when Outreach is brought up to date: nobody is lost, repeats are marked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from outreach.newsletters.models import Delivery
from outreach.newsletters.sending import recovering
from tests.newsletters.conftest import NOW

BEFORE = ("newsletters", "0006_weeks_and_drafts_ahead")
HANDED = NOW - timedelta(seconds=5)


def rows_of_old(apps: Any, rows: list[tuple[str, dict[str, Any]]]) -> dict[str, int]:
    """Deliveries of an issue that is going out, as the code of that time left them."""
    values = {"slug": "n", "topic": "n", "next_slot": NOW, "zone": "UTC"}
    newsletter = apps.get_model("newsletters", "Newsletter").objects.create(name="N", **values)
    issue = apps.get_model("newsletters", "Issue").objects.create(
        newsletter=newsletter, slot=NOW, state="sending", started_at=NOW, html="<p>", text="-"
    )
    make = apps.get_model("newsletters", "Delivery").objects.create
    return {name: make(issue=issue, due_at=NOW, **known).pk for name, known in rows}


@pytest.mark.django_db(transaction=True)
def test_what_the_old_code_had_claimed_is_as_certain_as_it_was() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate([BEFORE])
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps
    held = {"state": "claimed", "claim": "old", "lease_until": NOW + timedelta(minutes=8)}
    # The old code wrote handed_at, the attempt and whether it is the second before a mail left.
    once = {"handed_at": HANDED, "attempts": 1}
    keys = rows_of_old(
        old,
        [
            ("never left", held),
            ("waits for its second", {**held, "attempts": 1, "reply": "450 later"}),
            ("may have left", {**held, **once}),
            ("in doubt", {"state": "unknown", **once}),
            ("may have left twice", {**held, **once, "attempts": 2, "repeated": True}),
        ],
    )
    MigrationExecutor(connection).migrate(latest)
    later: datetime = NOW + timedelta(minutes=10)
    recovering.recover(later)
    found = {name: Delivery.objects.get(pk=key) for name, key in keys.items()}
    assert {name: row.state for name, row in found.items()} == {
        "never left": "queued",
        "waits for its second": "queued",
        "may have left": "unknown",
        "in doubt": "unknown",
        "may have left twice": "unknown",  # settled as sent at its next claim, without a third mail
    }
    assert not [name for name, row in found.items() if row.claim or row.lease_until]
    assert [name for name, row in found.items() if row.repeated] == ["may have left twice"]
    assert found["may have left"].handed_at == HANDED
