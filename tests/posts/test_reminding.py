"""An event is announced again a week and a day before it begins: once each, by day, and never after."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from outreach.core import clock, dates
from outreach.core.errors import OutreachError
from outreach.feeds.models import Entry, Event, Source
from outreach.posts import approving, planning, reminding
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MakeEntry = Callable[..., Entry]


@pytest.fixture
def event(make_entry: MakeEntry, source: Source, now: datetime, x: Account) -> Entry:
    """In three weeks at seven in the evening; the source posts by itself."""
    Source.objects.update(mode="automatic")
    entry = make_entry(title="Vertelavond", summary="", link="https://school.example/vertelavond")
    Event.objects.create(entry=entry, starts_at=now + 21 * DAY + 9 * HOUR, place="Gent")
    return entry


def work(now: datetime) -> None:
    """What the ticks do at this moment."""
    with clock.frozen(now):
        while planning.plan_one(now) or reminding.remind_one(now) or publishing.publish_one(now):
            pass


def days_of(start: datetime, days: int, hours: int = 3) -> None:
    for step in range(days * 24 // hours + 1):
        work(start + step * hours * HOUR)


def texts(net: dict[str, Fake]) -> list[str]:
    return [post.text for post in net["x"].posts]


def test_an_event_is_announced_and_reminded_of_twice(
    event: Entry, net: dict[str, Fake], now: datetime
) -> None:
    days_of(now, 25)
    first, week, day = texts(net)
    said = "Vertelavond\n📅 dinsdag 31 maart 2026 20.00, Gent"
    assert first.startswith(said)
    assert week.startswith(f"Herinnering: {said}")
    assert day.startswith(f"Laatste herinnering: {said}")
    posts = Post.objects.filter(kind="reminder").order_by("created_at")
    assert [post.remind_days for post in posts] == [7, 1]
    assert all(8 <= dates.local(post.created_at).hour < 20 for post in posts)


def test_nobody_is_reminded_in_the_night(event: Entry, net: dict[str, Fake], now: datetime) -> None:
    work(now)
    midnight = now.replace(hour=0) + 15 * DAY
    work(midnight)
    assert len(texts(net)) == 1
    work(midnight + 7 * HOUR)
    assert len(texts(net)) == 2


def test_after_a_stop_of_the_machine_only_the_nearer_reminder_goes_out(
    event: Entry, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    days_of(now + 20 * DAY, 5)
    assert [post.remind_days for post in Post.objects.filter(kind="reminder")] == [1]
    assert len(texts(net)) == 2


def test_an_event_that_was_announced_just_before_needs_no_reminder(
    event: Entry, net: dict[str, Fake], now: datetime
) -> None:
    Event.objects.update(starts_at=now + 30 * HOUR)
    days_of(now, 4)
    assert len(texts(net)) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: Source.objects.update(remind=False),
        lambda: Source.objects.update(active=False),
        lambda: Entry.objects.update(withdrawn_at=datetime(2026, 3, 11).astimezone()),
        lambda: Event.objects.all().delete(),
        lambda: Event.objects.update(starts_at=datetime(2027, 3, 11).astimezone()),
    ],
)
def test_what_is_no_event_any_more_is_not_reminded_of(
    event: Entry, net: dict[str, Fake], now: datetime, change: Callable[[], object]
) -> None:
    work(now)
    change()
    days_of(now + DAY, 24)
    assert len(texts(net)) == 1


def test_what_was_never_announced_is_not_reminded_of(
    event: Entry, net: dict[str, Fake], now: datetime
) -> None:
    Source.objects.update(mode="review")
    days_of(now, 24)
    assert not texts(net)
    assert not Post.objects.filter(kind="reminder").exists()


def test_where_a_person_approves_a_reminder_waits_too_and_is_not_sent_after_the_event(
    event: Entry, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    Source.objects.update(mode="review")
    days_of(now + DAY, 19)
    reminder = Post.objects.get(kind="reminder", remind_days=7)
    assert reminder.state == "waiting"
    with clock.frozen(now + 23 * DAY), pytest.raises(OutreachError, match="The event has begun"):
        approving.approve(reminder)
    work(now + 23 * DAY)
    assert len(texts(net)) == 1


def test_a_reminder_goes_where_the_announcement_was(
    event: Entry, x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    facebook.automatic = False
    facebook.save()
    days_of(now, 25)
    assert not net["facebook"].posts
    assert {post.accounts.get() for post in Post.objects.all()} == {x}


def test_in_the_middle_of_days_on_end_nobody_is_reminded(
    event: Entry, net: dict[str, Fake], now: datetime
) -> None:
    Event.objects.update(all_day=True, starts_at=now + 10 * DAY, ends_at=now + 15 * DAY)
    work(now)
    with clock.frozen(now + 9 * DAY):
        assert reminding.remind_one(now + 9 * DAY)
    Account.objects.update(state="paused")
    work(now + 9 * DAY)
    Account.objects.update(state="active")
    work(now + 13 * DAY)
    assert len(texts(net)) == 1
    assert str(Publication.objects.get(post__kind="reminder").reason) == "The event has begun."
