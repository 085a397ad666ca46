"""What happens to a list while workers are at it: deaths, two of them, and people who leave meanwhile."""

import signal
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
from outreach.subscribers import importing, joining, lists, merging, tables
from outreach.subscribers.importing import holding, judging, working, writing
from outreach.subscribers.models import (
    Consent,
    Import,
    Subscriber,
    Subscription,
    Suppression,
    Tag,
)
from tests.newsletters.sending.scene import die, in_a_process
from tests.subscribers.bringing import WORDING, begun, faults, looked_at, work

pytestmark = pytest.mark.django_db


def test_two_who_became_one_since_the_look_come_in_as_one() -> None:
    for name in ("an", "an.peeters"):
        joining.add("events", f"{name}@example.org", how="command", wording=WORDING)
    job = looked_at("an.peeters@example.org\nan@example.org\nbert@example.org\n", tags="gent")
    merging.merge(*Subscriber.objects.order_by("pk"))
    importing.confirm(job)
    work()
    job.refresh_from_db()
    assert (job.state, job.added, job.known, job.refused) == ("imported", 2, 1, 0)
    assert [one.address for one in lists.recipients("news").order_by("address_key")] == [
        "an@example.org",
        "bert@example.org",
    ]
    assert Tag.objects.get().people.count() == 2


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_while_the_list_is_written_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that erases waits for the batch, or the batch for the page."""
    person = joining.add("events", "an@example.org", how="command", wording=WORDING).subscriber
    job = looked_at("an@example.org\nbert@example.org\n")
    importing.confirm(job)
    asked = judging.known

    def then_erased(*args: Any) -> judging.Known:
        found = asked(*args)
        page.start()
        page.join(0.5)  # without a lock it is through by then
        return found

    def erased() -> None:
        erase(person)
        connection.close()

    page = Thread(target=erased)
    monkeypatch.setattr(judging, "known", then_erased)
    work()
    page.join()
    assert [one.address for one in Subscriber.objects.all()] == ["bert@example.org"]
    assert lists.suppressed(["an@example.org"]) == {"an@example.org"}


def test_a_list_that_is_agreed_to_meanwhile_is_not_thrown_away() -> None:
    job = looked_at("an@example.org\n")
    importing.confirm(job)
    assert job.state == "looked"
    with pytest.raises(BadInput):
        importing.drop(job)
    work()
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize("dies_at", range(1, 9))
def test_a_worker_that_dies_at_any_batch_leaves_an_exact_report(
    dies_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the death interrupts, nobody is written, counted or named twice."""
    monkeypatch.setattr("outreach.subscribers.importing.looking.BATCH", 2)
    monkeypatch.setattr("outreach.subscribers.importing.writing.BATCH", 2)
    turns = iter(range(1, 1000))

    class Killed(BaseException):
        pass

    def dying(advance: Callable[..., None]) -> Callable[..., None]:
        def act(*args: Any, **kwargs: Any) -> None:
            advance(*args, **kwargs)
            if next(turns) == dies_at:
                raise Killed

        return act

    for module in ("looking", "writing"):
        path = f"outreach.subscribers.importing.{module}.advance"
        monkeypatch.setattr(path, dying(holding.advance))
    content = "e-mail\na@example.org\nb@example.org\nx\nc@example.org\na@example.org\nd@example.org\ny\n"
    job = begun(content)
    importing.lay_out(job, tables.Layout.from_json(job.layout))
    now = clock.now()
    for _ in range(40):
        now += timedelta(minutes=4)
        with suppress(Killed):
            importing.import_some(now)
        importing.confirm(job)
    job.refresh_from_db()
    assert (job.state, job.lines, job.added, job.known, job.refused) == ("imported", 7, 4, 1, 2)
    assert [line for line, _ in faults(job)] == [4, 8]
    assert Subscriber.objects.count() == Subscription.objects.count() == Consent.objects.count() == 4
    assert next(turns) > dies_at


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("room", "number"), [("looking", 2), ("writing", 2)])
def test_a_worker_that_is_killed_leaves_an_exact_report(
    room: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process and SIGKILL, within the transaction of a batch that another one follows."""
    lines = [f"reader{n}@example.org" if n % 20 else f"kapot{n}" for n in range(2_000)]
    job = begun("\n".join(["e-mail", *lines, *lines[:50]]))
    importing.lay_out(job, tables.Layout.from_json(job.layout))
    if room == "writing":
        work()
        importing.confirm(job)
    calls: list[int] = []

    def dying(*args: Any, **kwargs: Any) -> None:
        holding.advance(*args, **kwargs)
        calls.append(1)
        if len(calls) == number:
            die()

    def killed() -> None:
        monkeypatch.setattr(f"outreach.subscribers.importing.{room}.advance", dying)
        importing.import_some(clock.now())

    assert in_a_process(killed) == -signal.SIGKILL
    assert not importing.import_some(clock.now())  # its claim is not over yet
    job.refresh_from_db()
    assert (job.lines if room == "looking" else job.passed) == 500
    later = clock.now() + timedelta(minutes=4)
    while importing.import_some(later):
        importing.confirm(job)
    importing.confirm(job)
    while importing.import_some(later):
        pass
    job.refresh_from_db()
    assert (job.state, job.lines, job.added, job.refused, job.known) == ("imported", 2_050, 1_900, 103, 47)
    assert Subscriber.objects.count() == Subscription.objects.count() == Consent.objects.count() == 1_900
    assert len(faults(job)) == 103


def test_what_breaks_off_each_time_is_given_up_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the page would say for ever that it is being looked at."""

    def broken(*args: Any) -> None:
        raise ZeroDivisionError

    job = begun("an@example.org\n")
    importing.lay_out(job, tables.Layout.from_json(job.layout))
    monkeypatch.setattr("outreach.subscribers.importing.looking._look_at", broken)
    now = clock.now()
    for _ in range(working._MOST_TRIES):
        with pytest.raises(ZeroDivisionError):
            importing.import_some(now)
        now += timedelta(minutes=4)
    importing.import_some(now)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "5 times" in str(job.reason)
    importing.drop(job)


def test_a_list_that_goes_on_is_never_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.subscribers.importing.looking.BATCH", 1)
    monkeypatch.setattr(working, "_BOX", -1)
    job = looked_at("".join(f"reader{n}@example.org\n" for n in range(20)))
    assert (job.state, job.lines) == ("looked", 20)


def test_behind_many_lines_the_work_gets_as_much_time_as_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 130.0, 159.0, 161.0])  # begun, first batch, later ones
    monkeypatch.setattr(working.time, "monotonic", lambda: next(times))
    goes_on = working._box()
    assert [goes_on(), goes_on(), goes_on()] == [True, True, False]


def test_two_workers_at_one_list_write_everybody_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one hangs until its lease is over; what it then wants to commit is undone."""
    job = looked_at("a@example.org\nb@example.org\n")
    importing.confirm(job)
    write = writing.write

    def hung(job: Import, claim: str, goes_on: Callable[[], bool]) -> None:
        monkeypatch.setitem(working._WORK, "importing", write)
        importing.import_some(clock.now() + timedelta(minutes=4))
        write(job, claim, goes_on)

    monkeypatch.setitem(working._WORK, "importing", hung)
    importing.import_some(clock.now())
    work()
    job.refresh_from_db()
    assert (job.state, job.added, Consent.objects.count()) == ("imported", 2, 2)


def test_who_leaves_between_the_look_and_the_import_does_not_come_in() -> None:
    joining.add("events", "an@example.org", how="command", wording=WORDING)
    job = looked_at("an@example.org\nbert@example.org\n")
    assert (job.usable, job.refused) == (2, 0)
    lists.suppress("an@example.org", Suppression.Why.COMPLAINT)
    importing.confirm(job)
    work()
    job.refresh_from_db()
    assert (job.added, job.refused, job.known) == (1, 1, 0)
    assert [person.address for person in lists.recipients("news")] == ["bert@example.org"]


@pytest.mark.django_db(transaction=True)
def test_two_lists_at_once_with_the_same_people_write_and_count_everybody_once() -> None:
    names = [f"reader{n}@example.org" for n in range(1_500)]
    jobs = [
        looked_at("\n".join(lines), tags=tags) for lines, tags in ((names, "a, b"), (names[::-1], "b, a"))
    ]
    failed: list[Exception] = []

    def write(job: Import) -> None:
        try:
            while importing.import_some(clock.now(), only=job.pk):
                pass
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)
        connection.close()

    for job in jobs:
        importing.confirm(job)
    threads = [Thread(target=write, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for job in jobs:
        job.refresh_from_db()
    assert sum(job.added for job in jobs) == sum(job.known for job in jobs) == 1_500
    assert Subscriber.objects.count() == Subscription.objects.count() == Consent.objects.count() == 1_500
