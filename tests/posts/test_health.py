"""The daily look at each account: what is kept, what is told, and what is mended."""

from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import say
from outreach.networks.base import Health, Problem, Severity
from outreach.networks.errors import AuthBroken, Budget, NotSent
from outreach.posts.accounts import connecting, health
from outreach.posts.models import Account
from tests.posts.fakes import Fake, error

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RIGHTS = Problem.of("rights", say("It lacks a right."))
BROKEN = Problem.of("access", say("The token is dead."), Severity.BROKEN)


def said(account: Account) -> list[str]:
    rows = Activity.objects.filter(subject=subject_of(account)).order_by("id")
    return [str(row.sentence) for row in rows]


def look(at: datetime) -> bool:
    with clock.frozen(at):
        return health.check_one(at)


def test_each_account_is_looked_at_once_a_day(x: Account, facebook: Account, now: datetime) -> None:
    assert [look(now), look(now), look(now)] == [True, True, False]
    assert not look(now + 21 * HOUR)
    assert [look(now + 26 * HOUR), look(now + 26 * HOUR), look(now + 26 * HOUR)] == [True, True, False]
    assert said(x) == said(facebook) == []  # nobody reads every day that all is well


def test_two_never_look_at_the_same_account_at_once(
    x: Account, net: dict[str, Fake], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def meanwhile(connection: object) -> Health:
        seen.append(health.check_one(now))
        return Health("Leraren", "42")

    monkeypatch.setattr(net["x"], "check", meanwhile)
    assert look(now)
    assert seen == [False]
    assert Account.objects.filter(claim="", lease_until=None).exists()


def test_an_account_that_is_being_posted_on_is_looked_at_later(x: Account, now: datetime) -> None:
    Account.objects.update(claim="another", lease_until=now + HOUR)
    assert not look(now)
    assert look(now + 2 * HOUR)


def test_a_look_that_was_killed_is_made_again(x: Account, net: dict[str, Fake], now: datetime) -> None:
    Account.objects.update(claim="dead", lease_until=now + 5 * timedelta(minutes=1), check_at=now + HOUR)
    assert look(now + 2 * HOUR)
    x.refresh_from_db()
    assert x.checked_at == now + 2 * HOUR


def test_a_trouble_is_told_once_and_its_mending_too(x: Account, net: dict[str, Fake], now: datetime) -> None:
    net["x"].health = Health("Leraren", "42", (RIGHTS,))
    for days in range(3):
        assert look(now + days * 26 * HOUR)
    assert said(x) == ["It lacks a right."]
    x.refresh_from_db()
    assert [str(one) for one in health.problems_of(x)] == ["It lacks a right."]
    net["x"].health = Health("Leraren", "42")
    assert look(now + 4 * DAY)
    assert said(x)[1:] == ["Mended: It lacks a right."]
    x.refresh_from_db()
    assert health.problems_of(x) == []


def test_a_network_that_is_down_is_asked_again_in_an_hour_and_nothing_is_said(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    net["x"].health = Health("Leraren", "42", (RIGHTS,))
    assert look(now)
    net["x"].health = error(NotSent)
    assert look(now + 26 * HOUR)
    assert not look(now + 26.5 * HOUR)
    x.refresh_from_db()
    assert [str(one) for one in health.problems_of(x)] == ["It lacks a right."]  # what was known stays
    net["x"].health = ValueError("a mistake of ours")
    assert look(now + 28 * HOUR)
    assert said(x) == ["It lacks a right."]


def test_what_ends_in_a_year_is_kept_and_not_told_until_it_comes_near(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    ends = Problem.of("token-ends", say("It ends."), ends_at=now + 60 * DAY)
    net["x"].health = Health("Leraren", "42", (ends,))
    assert look(now)
    x.refresh_from_db()
    assert (x.ends_at, health.problems_of(x), said(x)) == (now + 60 * DAY, [], [])
    assert look(now + 50 * DAY)
    assert said(x) == ["It ends."]


def test_a_dead_token_pauses_that_account_only(
    x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    net["x"].health = error(AuthBroken, raw="HTTP 401")
    assert look(now)
    assert look(now)
    x.refresh_from_db()
    facebook.refresh_from_db()
    assert (x.state, facebook.state) == ("paused", "active")
    assert said(x) == ["It said no."]
    assert look(now + 2 * DAY)
    assert said(x) == ["It said no."]


def test_what_works_again_without_a_reconnect_waits_for_a_person(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    net["x"].health = Health("Leraren", "42", (BROKEN,))
    assert look(now)
    net["x"].health = Health("Leraren", "42")
    assert look(now + 2 * DAY)
    x.refresh_from_db()
    assert x.state == "paused"
    assert "Resume it" in str(x.reason)


def test_a_pause_of_a_person_keeps_its_reason(x: Account, net: dict[str, Fake], now: datetime) -> None:
    Account.objects.update(state="paused", reason=say("Vakantie"))
    net["x"].health = Health("Leraren", "42", (BROKEN,))
    assert look(now)
    net["x"].health = Health("Leraren", "42")
    assert look(now + 2 * DAY)
    x.refresh_from_db()
    assert (x.state, str(x.reason)) == ("paused", "Vakantie")


def test_no_credits_are_told_and_nothing_is_paused(x: Account, net: dict[str, Fake], now: datetime) -> None:
    net["x"].health = error(Budget)
    assert look(now)
    x.refresh_from_db()
    assert (x.state, said(x)) == ("active", ["It said no."])


def test_new_keys_are_looked_at_soon_and_without_the_old_troubles(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    net["x"].health = error(AuthBroken)
    assert look(now)
    connecting.connect("x", x.name, {"token": "nieuw"})
    net["x"].health = Health("Leraren", "42")
    x.refresh_from_db()
    assert (x.state, x.problems) == ("active", [])
    assert look(now)


def test_keys_of_somebody_else_are_noticed(x: Account, net: dict[str, Fake], now: datetime) -> None:
    net["x"].health = Health("@leraren", "42")
    assert look(now)
    net["x"].health = Health("@anders", "43")
    assert look(now + 2 * DAY)
    x.refresh_from_db()
    assert (x.state, x.remote_id) == ("paused", "42")
    assert "@anders" in str(x.reason)


def test_what_the_old_keys_heard_says_nothing_of_new_ones(
    x: Account, net: dict[str, Fake], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(connection: object) -> Health:
        connecting.connect("x", x.name, {"token": "nieuw"})
        raise error(AuthBroken)

    monkeypatch.setattr(net["x"], "check", meanwhile)
    assert look(now)
    x.refresh_from_db()
    assert (x.state, x.problems) == ("active", [])
