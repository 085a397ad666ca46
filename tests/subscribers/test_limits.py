"""A form can be used so often, and then not for an hour."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from outreach.subscribers import limits
from outreach.subscribers.limits import PLAIN, PROVEN, Limits
from outreach.subscribers.models import Knock

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("proven", "most"), [(True, PROVEN), (False, PLAIN)])
def test_one_visitor_is_stopped_and_let_in_again_an_hour_later(proven: bool, most: Limits) -> None:
    allowed = [limits.allow("192.0.2.1", NOON, proven=proven) for _ in range(most.visitor_hour + 2)]
    assert allowed.count(True) == most.visitor_hour
    assert limits.allow("192.0.2.2", NOON, proven=proven)
    assert limits.allow("192.0.2.1", NOON + timedelta(hours=1), proven=proven)


def test_who_waits_for_the_next_hour_again_and_again_is_stopped_for_the_day() -> None:
    hours = [NOON + timedelta(hours=hour) for hour in range(23)]
    allowed = [limits.allow("192.0.2.1", hour) for hour in hours for _ in range(PLAIN.visitor_hour)]
    assert allowed.count(True) == PLAIN.visitor_day
    assert limits.allow("192.0.2.1", NOON + timedelta(hours=24))


def test_who_does_without_the_sum_does_not_use_up_the_share_of_those_who_do_it() -> None:
    for _ in range(PLAIN.visitor_hour + 1):
        limits.allow("192.0.2.1", NOON)
    assert limits.allow("192.0.2.1", NOON, proven=True)


def test_an_ipv6_household_is_one_visitor() -> None:
    for n in range(PLAIN.visitor_hour):
        assert limits.allow(f"2001:db8:1:2::{n:x}", NOON)
    assert not limits.allow("2001:db8:1:2:ffff::1", NOON)
    assert limits.allow("2001:db8:1:3::1", NOON)


def test_an_ipv4_address_written_as_ipv6_is_that_address() -> None:
    for _ in range(PLAIN.visitor_hour):
        assert limits.allow("::ffff:192.0.2.1", NOON)
    assert not limits.allow("192.0.2.1", NOON)
    assert limits.allow("::ffff:192.0.2.2", NOON)


def test_all_visitors_together_are_stopped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PLAIN", replace(PLAIN, all_hour=5))
    assert [limits.allow(f"192.0.2.{n}", NOON) for n in range(6)] == [True] * 5 + [False]


def test_network_addresses_are_not_kept() -> None:
    limits.allow("192.0.2.1", NOON)
    assert "192.0.2.1" not in Knock.objects.get().visitor
    limits.allow("192.0.2.2", NOON + timedelta(days=2))
    assert Knock.objects.count() == 1
