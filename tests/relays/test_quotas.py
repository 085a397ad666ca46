"""How much may go out now, whoever asks, and whatever was restarted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connections

from outreach.core.sentences import say
from outreach.relays import domains, health, quotas
from outreach.relays.limits import Limit

NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
MINUTE = Limit(30, 60)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_in_no_stretch_of_the_window_more_is_granted_than_the_limit(seed: int):
    dice, granted, now = Random(seed), [], NOW
    for _ in range(60):
        now += timedelta(seconds=dice.choice([0, 0.4, 1, 3, 11, 40]))
        count = quotas.take("a", [MINUTE], dice.randint(1, 40), now)
        granted.append((now, count))
    for start, _ in granted:
        ends = start + timedelta(seconds=60)
        assert sum(count for at, count in granted if start <= at < ends) <= 30
    assert sum(count for _, count in granted) >= 30


@pytest.mark.django_db
def test_the_stricter_of_two_windows_counts_and_the_other_loses_nothing():
    day = Limit(40, 86400)
    assert quotas.take("a", [MINUTE, day], 100, NOW) == 30
    assert quotas.take("a", [MINUTE, day], 100, NOW + timedelta(seconds=62)) == 10
    assert quotas.take("a", [MINUTE], 100, NOW + timedelta(seconds=62)) == 20


@pytest.mark.django_db
def test_what_is_given_back_may_be_taken_again():
    assert quotas.take("a", [MINUTE], 30, NOW) == 30
    quotas.give_back("a", [MINUTE], 12, NOW)
    assert quotas.take("a", [MINUTE], 30, NOW) == 12


@pytest.mark.django_db
def test_mails_that_do_not_wait_count():
    quotas.note("a", [MINUTE], 25, NOW)
    assert quotas.take("a", [MINUTE], 30, NOW) == 5
    quotas.note("a", [MINUTE], 3, NOW)
    assert quotas.take("a", [MINUTE], 30, NOW) == 0


@pytest.mark.django_db
def test_it_says_when_the_next_may_go():
    assert quotas.free_at("a", [MINUTE], NOW) == NOW
    quotas.take("a", [MINUTE], 30, NOW)
    free = quotas.free_at("a", [MINUTE], NOW)
    assert quotas.take("a", [MINUTE], 1, free - timedelta(milliseconds=1)) == 0
    assert quotas.take("a", [MINUTE], 1, free) == 1


@pytest.mark.django_db
def test_a_clock_that_was_wrong_holds_up_nothing_for_long():
    quotas.take("a", [MINUTE], 30, NOW + timedelta(days=400))
    assert quotas.take("a", [MINUTE], 30, NOW) == 30


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [1, 60, 86400])
@pytest.mark.parametrize("behind", [0.02, 2, 30])
def test_a_machine_whose_clock_is_behind_takes_nothing_twice(seconds: int, behind: float):
    limit, late = Limit(30, seconds), NOW - timedelta(seconds=behind)
    assert quotas.take("a", [limit], 20, NOW) == 20
    assert quotas.take("a", [limit], 30, late) == 10
    assert quotas.take("a", [limit], 30, NOW) == 0
    quotas.give_back("a", [limit], 5, late)
    assert quotas.take("a", [limit], 30, NOW) == 5
    free = quotas.free_at("a", [limit], late)
    assert quotas.take("a", [limit], 1, free) == 1


@pytest.fixture
def closed() -> Iterator[None]:
    """Threads leave no connection behind."""
    yield
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_several_workers_take_no_more_together(closed: None):
    def work(_: int) -> int:
        try:
            return sum(quotas.take("a", [MINUTE], 3, NOW) for _ in range(6))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(work, range(4))) == 30


@pytest.mark.django_db
def test_a_server_in_trouble_is_looked_at_by_one_worker_and_ever_more_seldom():
    why, now, waits = say("No answer."), NOW, []
    assert health.may_try("a", now)
    assert health.note_down("a", why, now, alone=False)
    for _ in range(6):
        assert health.is_resting("a", now)
        began = now
        while health.is_resting("a", now):
            now += timedelta(seconds=30)
        waits.append((now - began).total_seconds() / 60)
        assert health.may_try("a", now)
        assert not health.may_try("a", now)
        assert not health.note_down("a", why, now, alone=False)
    assert waits == [1, 2, 4, 8, 15, 15]
    assert health.note_up("a")
    assert health.may_try("a", now)
    assert not health.note_up("a")


@pytest.mark.django_db
def test_a_clock_that_was_put_back_keeps_no_server_resting_and_no_domain_fast():
    wrong = NOW + timedelta(hours=5)
    health.note_down("a", say("No answer."), wrong, alone=True)
    assert not health.is_resting("a", NOW)
    assert health.may_try("a", NOW)
    assert not health.may_try("a", NOW)  # one is enough
    domains.slow_down("a", "x.example", 200, wrong)
    domains.slow_down("a", "x.example", 200, NOW)
    assert domains.of("a", NOW)["x.example"][0].most == 50


@pytest.mark.django_db
def test_a_slowed_domain_gets_half_then_a_tenth_more_each_minute():
    domains.slow_down("a", "x.example", 200, NOW)
    domains.slow_down("a", "x.example", 200, NOW + timedelta(seconds=5))  # the same complaint

    def rate(minutes: int) -> int:
        found = domains.of("a", NOW + timedelta(minutes=minutes))
        return found["x.example"][0].most if found else 0

    assert (rate(0), rate(1), rate(10), rate(121)) == (100, 110, 259, 0)
    domains.slow_down("a", "x.example", 0, NOW + timedelta(minutes=10))
    assert rate(10) == 129
    assert domains.of("b", NOW) == {}
