"""An event moves or is called off: what is queued follows, what is out is put right by a post of its own."""

from collections.abc import Callable
from datetime import datetime

import pytest

from outreach.core import clock
from outreach.feeds import asking, merging
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening
from outreach.posts import approving, following, planning, reminding
from outreach.posts.models import Account, Post
from tests.posts.fakes import Fake
from tests.posts.steps import DAY, HOUR, change, plan, texts, work

pytestmark = pytest.mark.django_db
MakeEntry = Callable[..., Entry]


def test_what_is_queued_says_the_new_date(event: Event, net: dict[str, Fake], now: datetime) -> None:
    assert "31 maart" in plan(now).payload["text"]
    change(event, starts_at=event.starts_at + DAY)
    work(now)
    assert len(texts(net)) == 1
    assert "1 april 2026" in texts(net)[0]
    assert not Post.objects.filter(kind="moved").exists()


def test_where_staff_approve_they_approve_the_new_date_too(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    Source.objects.update(mode="review")
    planning.plan_one(now)
    approving.approve(Post.objects.get())
    change(event, starts_at=event.starts_at + DAY)
    work(now)
    assert texts(net) == []
    assert Post.objects.get().state == Post.State.WAITING
    approving.approve(Post.objects.get())
    work(now)
    assert "1 april 2026" in texts(net)[0]


def test_the_words_of_staff_wait_for_them(event: Event, net: dict[str, Fake], now: datetime) -> None:
    plan(now)
    Post.objects.update(text="Kom op 31 maart!")
    change(event, starts_at=event.starts_at + DAY)
    work(now)
    assert texts(net) == []
    assert Post.objects.get().state == Post.State.WAITING


def test_what_is_out_is_put_right_by_a_post_that_waits(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    change(event, starts_at=event.starts_at + DAY)
    work(now + HOUR)
    assert len(texts(net)) == 1
    moved = Post.objects.get(kind="moved")
    assert moved.state == Post.State.WAITING
    approving.approve(moved)
    work(now + HOUR)
    assert texts(net)[1].startswith("Nieuwe datum: Vertelavond\n📅 woensdag 1 april 2026")


def test_a_cancelled_event_is_not_announced(event: Event, net: dict[str, Fake], now: datetime) -> None:
    plan(now)
    change(event, status="cancelled")
    work(now)
    assert texts(net) == []
    assert Post.objects.get().state == Post.State.CANCELLED
    assert str(Post.objects.get().reason) == "Cancelled: the event does not take place."


@pytest.mark.parametrize(("status", "heading"), [("cancelled", "Geannuleerd"), ("postponed", "Uitgesteld")])
def test_that_an_announced_event_is_off_is_offered_to_staff(
    event: Event, net: dict[str, Fake], now: datetime, status: str, heading: str
) -> None:
    work(now)
    change(event, status=status)
    work(now + HOUR)
    work(now + 15 * DAY)
    assert len(texts(net)) == 1  # and no reminder
    off = Post.objects.get(kind="off")
    assert off.state == Post.State.WAITING
    approving.approve(off)
    work(now + 15 * DAY)
    assert texts(net)[1].startswith(f"{heading}: Vertelavond")


def test_a_title_that_says_it_already_is_not_doubled(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    Entry.objects.update(title="GEANNULEERD: Vertelavond")
    change(event, status="cancelled")
    work(now + HOUR)
    approving.approve(Post.objects.get(kind="off"))
    work(now + HOUR)
    assert texts(net)[1].startswith("GEANNULEERD: Vertelavond")


def test_each_change_is_followed_once(event: Event, net: dict[str, Fake], now: datetime) -> None:
    work(now)
    for days in (1, 2):
        change(event, starts_at=event.starts_at + DAY)
        work(now + days * HOUR)
        work(now + days * HOUR)
    old, new = Post.objects.filter(kind="moved").order_by("pk")
    assert (old.state, new.state) == (Post.State.CANCELLED, Post.State.WAITING)


def test_a_new_date_has_reminders_of_its_own(event: Event, net: dict[str, Fake], now: datetime) -> None:
    work(now)
    week_before = now + 15 * DAY
    work(week_before)
    assert len(texts(net)) == 2
    change(event, starts_at=event.starts_at + 30 * DAY)
    work(week_before + HOUR)
    work(now + 22 * DAY)
    assert len(texts(net)) == 2
    work(now + 45 * DAY)
    assert texts(net)[2].startswith("Herinnering: Vertelavond\n📅 donderdag 30 april 2026")


def test_an_event_that_is_off_waits_and_is_announced_when_it_is_on_again(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    change(event, status="postponed")
    work(now)
    entry = Entry.objects.get()
    assert (entry.state, texts(net)) == ("new", [])
    assert str(entry.reason).startswith("The event is cancelled or postponed.")
    change(event, status="scheduled", starts_at=event.starts_at + 30 * DAY)
    work(now + DAY)
    assert "30 april 2026" in texts(net)[0]


def test_a_wrong_date_in_the_past_that_is_put_right_is_announced(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    Event.objects.update(starts_at=event.starts_at - 365 * DAY)
    work(now)
    assert (Entry.objects.get().state, texts(net)) == ("ignored", [])
    change(event, starts_at=event.starts_at)
    work(now + HOUR)
    assert "31 maart 2026" in texts(net)[0]


def test_nothing_follows_after_the_start(event: Event, net: dict[str, Fake], now: datetime) -> None:
    work(now)
    after = event.starts_at + HOUR
    change(event, status="cancelled")
    work(after)
    assert not Post.objects.filter(kind="off").exists()


def test_a_question_keeps_an_entry_from_being_planned(
    make_entry: MakeEntry, source: Source, net: dict[str, Fake], now: datetime, x: Account
) -> None:
    Source.objects.update(mode="automatic")
    entry = make_entry(title="Vertelavond op 31 maart")
    Entry.objects.update(question="event")
    Event.objects.create(entry=entry, starts_at=now + 21 * DAY, origin="text", trust="asked")
    work(now)
    assert texts(net) == []
    asking.it_is_an_event(entry, when=Happening(starts_at=now + 22 * DAY))
    work(now)
    assert "woensdag 1 april 2026" in texts(net)[0]


def test_without_an_answer_in_time_a_person_looks_at_it_first(
    make_entry: MakeEntry, source: Source, net: dict[str, Fake], now: datetime, x: Account
) -> None:
    Source.objects.update(mode="automatic")
    entry = make_entry(title="Vertelavond op 11 maart")
    Entry.objects.update(question="event")
    Event.objects.create(entry=entry, starts_at=now + DAY, origin="text", trust="asked")
    assert asking.lapse_one(now + 2 * DAY)
    work(now + 2 * DAY)
    assert texts(net) == []
    assert Post.objects.get().state == Post.State.WAITING


def hear(event: Event, now: datetime, **said: object) -> None:
    """What the website says of it, as a look at its calendar or its feed has it."""
    entry = Entry.objects.get(pk=event.entry_id)
    known = {"starts_at": event.starts_at, "place": "Gent"} | said
    merging.meet(entry, Happening(**known), None, now)


def test_nobody_is_reminded_while_the_website_contradicts_itself(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    hear(event, now, origin="calendar")
    hear(event, now, origin="page", status="cancelled")
    work(now + 15 * DAY)
    assert len(texts(net)) == 1
    asking.it_stays(Entry.objects.get())
    work(now + 15 * DAY + HOUR)
    assert len(texts(net)) == 2


def test_an_event_that_left_the_feed_and_came_back_is_not_reminded_of_twice(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    work(now + 15 * DAY)
    merging.forget(Entry.objects.get(), now + 15 * DAY)
    work(now + 16 * DAY)
    hear(event, now + 16 * DAY)
    work(now + 17 * DAY)
    assert len(texts(net)) == 2
    work(now + 21 * DAY)
    assert len(texts(net)) == 3  # the day before


def test_a_weekly_event_is_announced_once_and_reminded_of_before_its_first_day(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    first = event.starts_at
    hear(event, now, origin="calendar", repeats=True)
    for day in range(60):
        at = now + day * DAY
        weeks = max(0, -(-(at - first) // (7 * DAY)))
        hear(event, at, origin="calendar", repeats=True, starts_at=first + weeks * 7 * DAY)
        work(at)
    assert len(texts(net)) == 3
    assert Post.objects.count() == 3
    assert Event.objects.get().occurrence == 6


@pytest.mark.parametrize("mode", ["automatic", "review"])
def test_a_series_whose_first_day_came_too_soon_is_announced_with_its_next_day(
    event: Event, net: dict[str, Fake], now: datetime, mode: str
) -> None:
    Source.objects.update(mode=mode)
    hear(event, now, origin="calendar", repeats=True)
    if mode == "review":
        work(now)  # nobody approves it in time
    at = event.starts_at + DAY
    work(at)
    hear(event, at, origin="calendar", repeats=True, starts_at=event.starts_at + 7 * DAY)
    work(at)
    if mode == "review":
        approving.approve(Post.objects.get(state="waiting"))
        work(at)
    assert len(texts(net)) == 1
    assert "7 april" in texts(net)[0]


def test_after_yes_instead_of_no_the_reminder_comes_back(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    week = now + 15 * DAY
    with clock.frozen(week):
        assert reminding.remind_one(week)
    reminder = Post.objects.get(kind="reminder")
    asking.it_is_an_article(event.entry)
    with clock.frozen(week):
        assert following.follow_one(week)
    reminder.refresh_from_db()
    assert reminder.state == Post.State.CANCELLED
    asking.it_is_an_event(Entry.objects.get())
    work(week + HOUR)
    assert len(texts(net)) == 2


def test_moved_and_moved_back_nobody_is_reminded_twice(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    week, start = now + 15 * DAY, event.starts_at
    work(week)
    for hours, moved in ((1, start + DAY), (2, start)):
        change(event, starts_at=moved)
        work(week + hours * HOUR)
    work(week + 3 * DAY)
    assert [text.startswith("Herinnering") for text in texts(net)] == [False, True]
