"""How a tick drives its step."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.core.errors import OutreachError
from outreach.core.models import Activity, Heartbeat
from outreach.core.sentences import N_, say
from tasks import seats, ticking
from tasks.pruning import prune_one

pytestmark = pytest.mark.django_db


def _counting(units: int):
    left = [units]

    def step(now: datetime) -> bool:
        left[0] -= 1
        return left[0] >= 0

    return step


def test_a_tick_goes_on_until_its_step_has_nothing_to_do():
    assert ticking.tick("plan", _counting(3)) == 3


def test_a_tick_ends_when_its_time_is_over_and_leaves_the_rest_for_the_next():
    assert ticking.tick("plan", _counting(3), box=0) == 0


def test_a_failing_unit_does_not_stop_the_next_one():
    calls = []

    def step(now: datetime) -> bool:
        calls.append(now)
        if len(calls) == 1:
            raise OutreachError(say(N_("The website did not answer.")))
        if len(calls) == 2:
            raise ZeroDivisionError
        return len(calls) < 4

    assert ticking.tick("plan", step) == 1
    assert len(calls) == 4


def test_a_step_that_always_fails_does_not_spin():
    calls = []

    def step(now: datetime) -> bool:
        calls.append(now)
        raise ZeroDivisionError

    assert ticking.tick("plan", step) == 0
    assert len(calls) == ticking.MOST_FAILURES


def test_a_tick_leaves_a_sign_of_life_even_when_there_is_nothing_to_do():
    ticking.tick("plan", _counting(0))
    assert Heartbeat.objects.filter(name="plan").exists()


def test_the_same_kind_of_work_takes_no_more_than_its_seats():
    with seats.take("plan") as first, seats.take("plan") as second:
        assert first
        assert not second
        assert ticking.tick("plan", _counting(3)) == 0
    with seats.take("plan") as free_again:
        assert free_again


def test_two_seats_hold_two():
    with seats.take("poll") as first, seats.take("poll") as second, seats.take("poll") as third:
        assert (first, second, third) == (True, True, False)


def test_no_kind_of_work_ever_waits_for_another_kind():
    from tasks.app import app

    assert app.conf.worker_concurrency == sum(map(seats.of, app.conf.beat_schedule)) == 13


def test_every_tick_goes_to_a_queue_that_a_worker_takes_unless_told_otherwise():
    from tasks.app import app

    taken = set(app.amqp.queues)
    ticks = [entry["task"] for entry in app.conf.beat_schedule.values()]
    assert {app.amqp.router.route({}, tick)["queue"].name for tick in ticks} == taken == {"default", "mail"}


def test_pruning_keeps_trouble_and_the_last_year():
    now = datetime(2026, 11, 25, tzinfo=UTC)
    for days, level in [(500, "info"), (500, "trouble"), (10, "info")]:
        Activity.objects.create(at=now - timedelta(days=days), subject="entry:1", level=level)
    assert prune_one(now)
    assert not prune_one(now)
    assert sorted(Activity.objects.values_list("level", flat=True)) == ["info", "trouble"]


def test_beat_knows_every_tick_and_each_has_a_name_of_its_own():
    from tasks.app import app

    app.loader.import_default_modules()
    names = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert names == {f"tasks.{name}" for name in app.conf.beat_schedule}
    assert names <= set(app.tasks)


def test_every_tick_that_runs_leaves_its_own_sign_of_life():
    from tasks import ticks
    from tasks.app import app

    for name in app.conf.beat_schedule:
        getattr(ticks, name)()
    daily = {"forgetting"}  # within the tick that prunes
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {*app.conf.beat_schedule, *daily}


def test_mailing_leaves_a_sign_of_life_without_a_mail_server_and_while_a_slow_one_holds_the_seat(settings):
    from tasks import ticks

    settings.MAIL_URL = ""
    ticks.deliver()
    before = Heartbeat.objects.get(name="deliver")
    Heartbeat.objects.update(at=before.at - timedelta(minutes=1))
    with seats.take("deliver") as mine:
        assert mine
        ticks.deliver()
    assert Heartbeat.objects.get(name="deliver").at > before.at


def test_a_step_that_is_always_busy_leaves_time_for_the_one_behind_it(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(ticking.time, "monotonic", lambda: clock[0])

    def slow(now: datetime) -> bool:
        clock[0] += 15.0
        return True

    behind = []
    ticking.tick("look", slow, lambda now: behind.append(now) or False, box=40.0)
    assert behind
