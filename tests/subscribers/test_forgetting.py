"""What nobody confirmed is not kept."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.subscribers import joining
from outreach.subscribers.forgetting import unconfirmed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_an_address_that_never_confirmed_is_forgotten_after_thirty_days() -> None:
    with clock.frozen(NOON):
        for name in ("old", "again"):
            joining.ask("news", f"{name}@example.org", wording="Yes.")
        joining.add("news", "reader@example.org", how="command", wording="Yes.")
    with clock.frozen(NOON + timedelta(days=20)):
        joining.ask("news", "again@example.org", wording="Yes.")
    assert not unconfirmed(NOON + timedelta(days=29)).exists()
    forgotten = unconfirmed(NOON + timedelta(days=31))
    assert [person.address for person in forgotten] == ["old@example.org"]
    forgotten.delete()
    assert not unconfirmed(NOON + timedelta(days=31)).exists()
