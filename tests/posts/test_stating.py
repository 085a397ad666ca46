"""A frozen text that names a date goes out only while its event is on that date."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import Activity, subject_of
from outreach.feeds import asking, rules
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening
from outreach.posts import approving, following, planning, reminding, writing
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake
from tests.posts.steps import DAY, HOUR, change, plan, texts, work

pytestmark = pytest.mark.django_db
MakeEntry = Callable[..., Entry]


def remind(at: datetime) -> Post:
    """A reminder that is queued, not yet sent."""
    with clock.frozen(at):
        assert reminding.remind_one(at)
    return Post.objects.get(kind="reminder")


def told(row: Post | Entry) -> list[str]:
    return [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(row))]


def the(kind: str) -> Post:
    return Post.objects.get(kind=kind)


def test_a_publication_keeps_which_date_it_names(event: Event, now: datetime) -> None:
    row = plan(now)
    assert (row.event_version, row.event_start, row.approved_at) == (0, event.starts_at, now)


def test_nothing_is_sent_with_an_old_date_before_it_has_followed(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    plan(now)
    change(event, starts_at=event.starts_at + DAY)
    assert not publishing.publish_one(now)
    work(now)
    assert ["1 april 2026" in text for text in texts(net)] == [True]


def test_what_proves_not_to_have_arrived_is_not_sent_with_the_old_date(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    row = plan(now)
    Publication.objects.update(state="unknown", sent_at=now, absences=2)
    change(event, starts_at=event.starts_at + DAY)
    work(now)
    assert the("moved").state == Post.State.WAITING
    Publication.objects.filter(pk=row.pk).update(state="queued")  # the network says that it has it not
    work(now + HOUR)
    assert texts(net) == []
    assert (the("entry").state, the("moved").state) == (Post.State.WAITING, Post.State.CANCELLED)
    approving.approve(the("entry"))
    work(now + HOUR)
    assert "1 april 2026" in texts(net)[0]


def test_the_other_half_of_a_post_is_not_queued_again_with_the_old_date(
    event: Event, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    assert planning.plan_one(now)
    Publication.objects.filter(account=facebook).update(due_at=now + DAY)
    work(now)
    change(event, starts_at=event.starts_at + DAY)
    work(now)
    half = Publication.objects.get(account=facebook)
    with pytest.raises(OutreachError, match="not so any more"):
        approving.requeue(half)
    work(now + 2 * DAY)
    assert net["facebook"].posts == []
    assert set(the("moved").accounts.all()) == set(Account.objects.all())


@pytest.mark.parametrize("trust", ["lapsed", "asked", "withdrawn", ""])
def test_what_is_perhaps_no_event_waits_and_names_no_date(
    event: Event, net: dict[str, Fake], now: datetime, trust: str
) -> None:
    plan(now)
    rows = Event.objects.filter(pk=event.pk)
    if trust:
        rows.update(trust=trust)
    else:
        rows.delete()
    work(now)
    assert texts(net) == []
    post = the("entry")
    assert post.state == Post.State.WAITING
    assert "maart" not in approving.preview(post)[0].text


def test_of_what_staff_call_an_article_the_article_is_posted(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    plan(now)
    asking.it_is_an_article(Entry.objects.get())
    work(now)
    assert ["maart" in text for text in texts(net)] == [False]


def test_nobody_is_reminded_of_what_staff_call_an_article(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    reminder = remind(now + 15 * DAY)
    asking.it_is_an_article(Entry.objects.get())
    work(now + 15 * DAY)
    reminder.refresh_from_db()
    assert (len(texts(net)), reminder.state) == (1, Post.State.CANCELLED)


@pytest.mark.parametrize("days", [-3, 60])
def test_a_reminder_of_the_old_date_is_cancelled_and_the_new_date_has_its_own(
    event: Event, net: dict[str, Fake], now: datetime, days: int
) -> None:
    work(now)
    reminder = remind(now + 15 * DAY)
    change(event, starts_at=event.starts_at + days * DAY)
    work(now + 15 * DAY)
    reminder.refresh_from_db()
    assert reminder.state == Post.State.CANCELLED
    assert "31 maart" not in "".join(texts(net)[1:])
    new = event.starts_at - 6 * DAY if days > 0 else now + 15 * DAY
    work(new.replace(hour=12))
    (own,) = Post.objects.filter(kind="reminder", event_version=1)
    assert own.state == Post.State.APPROVED


def test_of_two_dates_only_the_reminder_of_the_new_one_waits(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    Source.objects.update(mode="review")
    work(now + 15 * DAY)
    change(event, starts_at=event.starts_at + 3 * DAY)
    work(now + 18 * DAY)
    waiting = Post.objects.filter(kind="reminder", state="waiting")
    assert [post.event_version for post in waiting] == [1]


def test_the_next_day_of_a_series_is_not_announced_with_the_day_before(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    """It is the same event in the same version; only its next day is another one."""
    plan(now)
    Account.objects.update(state="paused")
    Event.objects.update(starts_at=event.starts_at + 7 * DAY)
    work(now + 22 * DAY)
    Account.objects.update(state="active")
    work(now + 22 * DAY)
    assert ["7 april 2026" in text for text in texts(net)] == [True]


def test_an_article_that_proves_to_be_an_event_says_when(
    make_entry: MakeEntry, source: Source, x: Account, net: dict[str, Fake], now: datetime
) -> None:
    Source.objects.update(mode="automatic")
    entry = make_entry(title="Vertelavond")
    plan(now)
    asking.it_is_an_event(entry, when=Happening(starts_at=now + 21 * DAY))
    work(now)
    assert ["31 maart 2026" in text for text in texts(net)] == [True]


def test_half_of_an_article_that_is_out_is_followed_by_the_other_half(
    make_entry: MakeEntry, source: Source, x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    Source.objects.update(mode="automatic")
    entry = make_entry(title="Vertelavond")
    assert planning.plan_one(now)
    Publication.objects.filter(account=facebook).update(due_at=now + HOUR)
    work(now)
    asking.it_is_an_event(entry, when=Happening(starts_at=now + 21 * DAY))
    work(now + HOUR)
    assert [len(net[name].posts) for name in ("x", "facebook")] == [1, 1]
    assert not Post.objects.filter(kind="moved").exists()


def test_staff_are_told_that_their_own_words_may_say_the_old_date(event: Event, now: datetime) -> None:
    Source.objects.update(mode="review")
    work(now)
    post = writing.change(the("entry"), text="Kom op 31 maart!")
    change(event, starts_at=event.starts_at + DAY)
    work(now)
    assert told(post)[-1].startswith("The event has another date now. Your own words")
    assert told(post).count(told(post)[-1]) == 1


def test_moved_and_moved_back_nothing_needs_to_be_put_right(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    start = event.starts_at
    change(event, starts_at=start + DAY)
    work(now + HOUR)
    change(event, starts_at=start)
    work(now + 2 * HOUR)
    assert [post.state for post in Post.objects.filter(kind="moved")] == [Post.State.CANCELLED]
    change(event, starts_at=start + DAY)
    work(now + 3 * HOUR)
    approving.approve(Post.objects.get(kind="moved", event_version=3))
    work(now + 3 * HOUR)
    change(event, starts_at=start)  # now the new date was announced, and is wrong
    work(now + 4 * HOUR)
    assert Post.objects.get(kind="moved", event_version=4).state == Post.State.WAITING


@pytest.mark.parametrize("status", ["postponed", "cancelled"])
def test_what_we_cancelled_comes_back_when_the_event_takes_place_after_all(
    event: Event, net: dict[str, Fake], now: datetime, status: str
) -> None:
    plan(now)
    change(event, status=status)
    work(now)
    assert the("entry").state == Post.State.CANCELLED
    change(event, status="scheduled", starts_at=event.starts_at + 30 * DAY)
    work(now + DAY)
    assert ["30 april 2026" in text for text in texts(net)] == [True]


def test_what_was_skipped_for_its_date_comes_back_with_a_date_to_come(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    plan(now)
    while publishing.publish_one(now + 22 * DAY):
        pass
    assert Publication.objects.get().state == Publication.State.SKIPPED
    change(event, starts_at=event.starts_at + 30 * DAY)
    work(now + 23 * DAY)
    assert ["30 april 2026" in text for text in texts(net)] == [True]


def test_what_staff_cancelled_stays_cancelled(event: Event, net: dict[str, Fake], now: datetime) -> None:
    plan(now)
    approving.cancel(the("entry"))
    change(event, status="postponed")
    work(now)
    change(event, status="scheduled", starts_at=event.starts_at + DAY)
    work(now)
    assert (the("entry").state, texts(net)) == (Post.State.CANCELLED, [])


def test_where_staff_approve_what_comes_back_waits_for_them(event: Event, now: datetime) -> None:
    Source.objects.update(mode="review")
    planning.plan_one(now)
    approving.approve(the("entry"))
    change(event, status="postponed")
    work(now)
    change(event, status="scheduled", starts_at=event.starts_at + DAY)
    work(now)
    assert the("entry").state == Post.State.WAITING


@pytest.mark.parametrize("status", ["scheduled", "postponed"])
def test_an_account_that_staff_struck_out_is_not_posted_on_when_the_post_comes_back(
    event: Event, facebook: Account, net: dict[str, Fake], now: datetime, status: str
) -> None:
    assert planning.plan_one(now)
    approving.cancel_publication(Publication.objects.get(account=facebook))
    for change_to in (status, "scheduled"):
        change(event, status=change_to, starts_at=event.starts_at + DAY)
        while following.follow_one(now):
            pass
    work(now)
    assert [len(net[name].posts) for name in ("x", "facebook")] == [1, 0]


def test_one_that_cannot_follow_keeps_no_other_waiting(
    event: Event, make_entry: MakeEntry, net: dict[str, Fake], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Event.objects.create(entry=make_entry(title="Lezing"), starts_at=event.starts_at)
    while planning.plan_one(now):
        pass
    for one in (event, other):
        change(one, starts_at=one.starts_at + DAY)
    composed = rules.of

    def fails(entry: Entry) -> rules.Decision:
        if entry.title == "Vertelavond":
            raise RuntimeError
        return composed(entry)

    monkeypatch.setattr(rules, "of", fails)
    work(now)
    assert [text.partition("\n")[0] for text in texts(net)] == ["Lezing"]


def test_following_twice_changes_nothing(event: Event, net: dict[str, Fake], now: datetime) -> None:
    work(now)
    change(event, starts_at=event.starts_at + DAY)
    work(now)
    before = Activity.objects.count(), Post.objects.count()
    following.follow(event.entry_id, now)
    assert (Activity.objects.count(), Post.objects.count()) == before
    assert not following.follow_one(now)


def test_what_is_queued_waits_while_staff_are_asked_which_date_is_right(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    plan(now)
    Entry.objects.update(question="date")
    work(now)
    assert texts(net) == []
    Entry.objects.update(question="")
    work(now)
    assert len(texts(net)) == 1


def away(now: datetime, *, page: bool = False) -> None:
    column = "page_gone_at" if page else "withdrawn_at"
    Entry.objects.update(**{column: now})


@pytest.mark.parametrize("page", [False, True])
def test_a_reminder_of_an_event_that_left_the_website_waits_for_a_person(
    event: Event, net: dict[str, Fake], now: datetime, *, page: bool
) -> None:
    work(now)
    away(now + DAY, page=page)
    week = now + 15 * DAY
    work(week)
    reminder = the("reminder")
    assert (len(texts(net)), reminder.state) == (1, Post.State.WAITING)
    assert "perhaps it does not take place" in str(reminder.reason)
    with clock.frozen(week):
        approving.approve(reminder)
    work(week)
    assert len(texts(net)) == 2


def test_a_queued_reminder_is_taken_back_and_goes_out_when_the_event_is_shown_again(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    week = now + 15 * DAY
    reminder = remind(week)
    away(week + HOUR)
    work(week + 2 * HOUR)
    reminder.refresh_from_db()
    assert (len(texts(net)), reminder.state) == (1, Post.State.WAITING)
    Entry.objects.update(withdrawn_at=None)
    work(week + 3 * HOUR)
    assert len(texts(net)) == 2


def test_what_a_person_queued_though_the_event_is_not_shown_goes_out(
    event: Event, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    assert planning.plan_one(now)
    Publication.objects.filter(account=facebook).update(due_at=now + HOUR)
    work(now)
    away(now + timedelta(minutes=5))
    work(now + HOUR)
    half = Publication.objects.get(account=facebook)
    assert (half.state, net["facebook"].posts) == (Publication.State.CANCELLED, [])
    with clock.frozen(now + HOUR):
        approving.requeue(half)
    work(now + HOUR)
    assert len(net["facebook"].posts) == 1
