"""Warnings ahead of an end: 14, 7 and 1 days before, each once for each end, whatever is run twice."""

from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.sentences import say
from outreach.networks.base import Health, Problem
from outreach.networks.errors import AuthBroken
from outreach.notices.models import Notice
from outreach.posts.accounts import connecting, health, warning
from outreach.posts.models import Account
from tests.posts.fakes import Fake, error

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def titles() -> list[str]:
    return [str(one.title) for one in Notice.objects.order_by("at", "pk")]


def live(net: dict[str, Fake], start: datetime, days: int) -> None:
    """Each hour what the tick does, and all of it twice."""
    for hour in range(days * 24):
        at = start + timedelta(hours=hour)
        with clock.frozen(at):
            for _ in range(2):
                while health.check_one(at) or warning.warn_one(at):
                    pass


def ending(at: datetime) -> Health:
    return Health("Leraren", "42", (Problem.of("token-ends", say("It ends."), ends_at=at),))


def test_an_end_is_told_14_7_and_1_days_ahead(x: Account, net: dict[str, Fake], now: datetime) -> None:
    net["x"].health = ending(now + 20 * DAY)
    live(net, now, 21)
    assert titles() == [
        "Leraren op X works for 14 more days",
        "Leraren op X works for 7 more days",
        "Leraren op X works for 1 more day",
    ]
    moments = [now + 20 * DAY - one.at for one in Notice.objects.order_by("at")]
    assert [moment // DAY for moment in moments] == [14, 7, 1]


def test_a_machine_that_was_off_tells_how_it_is_now_and_not_what_it_missed(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    net["x"].health = ending(now + 3 * DAY)
    live(net, now, 1)
    assert titles() == ["Leraren op X works for 3 more days"]


def test_a_reconnect_with_a_new_end_starts_anew(x: Account, net: dict[str, Fake], now: datetime) -> None:
    net["x"].health = ending(now + 7 * DAY)
    live(net, now, 1)
    net["x"].health = ending(now + 40 * DAY)
    with clock.frozen(now + DAY):
        connecting.connect("x", x.name, {"token": "nieuw"})
    live(net, now + DAY, 3)
    assert titles() == []  # it was not mailed yet, and is not so any more
    live(net, now + 26 * DAY, 2)
    assert titles() == ["Leraren op X works for 14 more days"]


def test_the_warning_comes_also_while_the_network_cannot_be_asked(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    net["x"].health = ending(now + 8 * DAY)
    live(net, now, 1)
    net["x"].health = OSError("no network")
    live(net, now + DAY, 2)
    assert titles()[-1] == "Leraren op X works for 7 more days"


def test_a_dead_token_is_told_by_mail_once(x: Account, net: dict[str, Fake], now: datetime) -> None:
    net["x"].health = error(AuthBroken)
    live(net, now, 3)
    assert titles() == ["Leraren op X is paused: nothing is posted there"]
    assert str(Notice.objects.get().text) == "It said no."


def test_a_trouble_that_stays_is_told_by_mail_once(x: Account, net: dict[str, Fake], now: datetime) -> None:
    net["x"].health = Health("Leraren", "42", (Problem.of("rights", say("It lacks a right.")),))
    live(net, now, 4)
    assert titles() == ["Leraren op X needs a look"]


def test_a_network_that_is_down_is_told_to_nobody(x: Account, net: dict[str, Fake], now: datetime) -> None:
    net["x"].health = OSError("no network")
    live(net, now, 4)
    assert titles() == []
