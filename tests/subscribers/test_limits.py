"""A form can be used so often, and then not for an hour."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.subscribers import limits
from outreach.subscribers.models import Knock

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_one_visitor_is_stopped_and_let_in_again_an_hour_later() -> None:
    allowed = [limits.allow("192.0.2.1", NOON) for _ in range(limits.PER_VISITOR + 2)]
    assert allowed.count(True) == limits.PER_VISITOR
    assert limits.allow("192.0.2.2", NOON)
    assert limits.allow("192.0.2.1", NOON + timedelta(hours=1))


def test_an_ipv6_household_is_one_visitor() -> None:
    for n in range(limits.PER_VISITOR):
        assert limits.allow(f"2001:db8:1:2::{n:x}", NOON)
    assert not limits.allow("2001:db8:1:2:ffff::1", NOON)
    assert limits.allow("2001:db8:1:3::1", NOON)


def test_all_visitors_together_are_stopped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ALL_TOGETHER", 5)
    assert [limits.allow(f"192.0.2.{n}", NOON) for n in range(6)] == [True] * 5 + [False]


def test_network_addresses_are_not_kept() -> None:
    limits.allow("192.0.2.1", NOON)
    assert "192.0.2.1" not in Knock.objects.get().visitor
    limits.allow("192.0.2.2", NOON + timedelta(days=2))
    assert Knock.objects.count() == 1
