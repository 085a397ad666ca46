"""A tag for many people at once."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.newsletters.personal.erasing import erase
from outreach.subscribers import marking, tagging
from outreach.subscribers.importing import holding
from outreach.subscribers.models import Subscriber, Tag, Tagging
from outreach.subscribers.searching import Filter
from tasks.pruning import prune_one

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "BATCH", 2)
    monkeypatch.setattr(marking, "_BOX", -1)  # every step does one batch


def many(count: int, domain: str = "example.org") -> None:
    addresses = [f"lezer{number}@{domain}" for number in range(count)]
    Subscriber.objects.bulk_create(Subscriber(address=one, address_key=one) for one in addresses)


def tagged(word: str) -> int:
    return Subscriber.objects.filter(tags__key=word).count()


@pytest.mark.parametrize("dies_at", range(1, 5))
def test_a_worker_that_dies_at_any_batch_leaves_nobody_out_and_counts_nobody_twice(
    dies_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    turns = iter(range(1, 100))

    def dying(*args: Any, **kwargs: Any) -> None:
        holding.advance(*args, **kwargs)
        if next(turns) == dies_at:
            raise Killed

    monkeypatch.setattr(marking, "advance", dying)
    many(5)
    many(2, "elders.example")
    job = marking.begin(Filter(search="example.org"), "Gent")
    now = clock.now()
    for _ in range(8):
        now += timedelta(minutes=4)
        with suppress(Killed):
            marking.tag_some(now)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, tagged("gent")) == ("done", 5, 5, 5)
    assert next(turns) > dies_at


def test_taken_off_is_said_of_those_who_had_it() -> None:
    many(9)
    tagging.change(Subscriber.objects.order_by("pk").values_list("pk", flat=True)[3:6], "Gent")
    for word, count in (("gent", 3), ("Gent", 0)):
        job = marking.begin(Filter(), word, off=True)
        while marking.tag_some(clock.now()):
            pass
        job.refresh_from_db()
        assert (job.state, job.done, job.total, tagged("gent")) == ("done", count, count, 0)


def test_the_tag_that_was_searched_for_can_be_taken_off_all() -> None:
    many(7)
    for off in (False, True):
        marking.begin(Filter(tag="gent") if off else Filter(), "Gent", off=off)
        while marking.tag_some(clock.now()):
            pass
        assert tagged("gent") == (0 if off else 7)
    assert [job.done for job in Tagging.objects.order_by("pk")] == [7, 7]
    assert not Tag.objects.exists()


def test_a_tag_that_begins_as_the_search_does_finds_no_more_people_by_itself() -> None:
    many(5)
    many(3, "gent.example")
    marking.begin(Filter(search="gent"), "Gent")
    while marking.tag_some(clock.now()):
        pass
    assert tagged("gent") == Tagging.objects.get().done == 3


def test_who_comes_in_after_it_began_is_not_tagged() -> None:
    many(3)
    job = marking.begin(Filter(), "Gent")
    marking.tag_some(clock.now(), most=2)
    many(3, "later.example")
    while marking.tag_some(clock.now()):
        pass
    job.refresh_from_db()
    assert (job.done, tagged("gent")) == (3, 3)


def test_two_workers_at_one_tagging_count_everybody_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one hangs until its lease is over; what it then wants to commit is undone."""
    many(5)
    job = marking.begin(Filter(), "Gent")
    one_batch = marking._tag

    def hung(held: Tagging, claim: str, people: list[int], *, over: bool) -> None:
        monkeypatch.setattr(marking, "_tag", one_batch)
        marking.tag_some(clock.now() + timedelta(minutes=4))
        one_batch(held, claim, people, over=over)

    monkeypatch.setattr(marking, "_tag", hung)
    while marking.tag_some(clock.now()):
        pass
    job.refresh_from_db()
    assert (job.state, job.done, tagged("gent")) == ("done", 5, 5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gone", ["person", "tag"])
def test_what_goes_away_at_this_moment_does_not_stop_it(gone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    many(2)
    tagging.change([Subscriber.objects.earliest("pk").pk], "Gent")
    tagging.change([Subscriber.objects.earliest("pk").pk], "Gent", off=True)
    first = Subscriber.objects.earliest("pk")
    acts: dict[str, Callable[[], None]] = {
        "person": lambda: erase(first),
        "tag": lambda: tagging.tidy("Gent"),
    }

    def act() -> None:
        acts[gone]()
        connection.close()

    page, put = Thread(target=act), tagging.put

    def meanwhile(chosen: Tag, people: Any) -> None:
        page.start()
        page.join(0.5)  # without a lock it is through by then
        put(chosen, people)

    monkeypatch.setattr(tagging, "put", meanwhile)
    job = marking.begin(Filter(), "Gent")
    marking.tag_some(clock.now())
    page.join()
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 2)
    assert tagged("gent") == (1 if gone == "person" else 2)


@pytest.mark.parametrize("count", range(1, 9))
def test_however_many_there_are_the_last_batch_knows_that_it_is(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "_BOX", 60.0)
    many(count)
    job = marking.begin(Filter(), "Gent")
    steps = 0
    while marking.tag_some(clock.now(), most=3):
        steps += 1
    job.refresh_from_db()
    assert (job.state, job.done, tagged("gent"), steps) == ("done", count, count, -(-count // 3))
    assert job.total in (0, count)


def test_nobody_found_is_nobody_tagged() -> None:
    job = marking.begin(Filter(search="niemand"), "Gent")
    assert marking.tag_some(clock.now())
    job.refresh_from_db()
    assert (job.state, job.done, Tag.objects.count()) == ("done", 0, 0)
    with pytest.raises(BadInput):
        marking.begin(Filter(), "een, twee")


def test_what_was_searched_for_is_not_kept() -> None:
    marking.begin(Filter(search="an@example.org"), "Gent")
    now = clock.now() + marking.KEPT + timedelta(minutes=1)
    while prune_one(now):
        pass
    assert not Tagging.objects.exists()
