"""A post is out on one account and waits on another when its event changes: the other loses nothing."""

from datetime import datetime

import pytest

from outreach.core.models import Activity, subject_of
from outreach.feeds import asking
from outreach.feeds.models import Entry, Event
from outreach.posts import approving, following, planning
from outreach.posts.models import Account, Post, Publication
from tests.posts.fakes import Fake
from tests.posts.steps import DAY, HOUR, change, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def half(event: Event, facebook: Account, now: datetime) -> Publication:
    """Out on X; Facebook is paused."""
    Account.objects.filter(pk=facebook.pk).update(state="paused")
    work(now)
    return Publication.objects.get(account=facebook)


def after(row: Publication, at: datetime) -> str:
    work(at)
    row.refresh_from_db()
    return str(row.state)


def resume(row: Publication, at: datetime) -> str:
    Account.objects.update(state="active")
    return after(row, at)


@pytest.mark.parametrize("column", ["page_gone_at", "withdrawn_at"])
def test_the_website_did_not_show_it_for_a_moment(half: Publication, now: datetime, column: str) -> None:
    Entry.objects.update(**{column: now + HOUR})
    assert after(half, now + 2 * HOUR) == "cancelled"
    Entry.objects.update(**{column: None})
    assert resume(half, now + 3 * HOUR) == "published"


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ({"status": "cancelled"}, {"status": "scheduled"}),
        ({"trust": "withdrawn"}, {"trust": "sure"}),
    ],
)
def test_it_is_as_it_was(
    half: Publication, event: Event, now: datetime, there: dict[str, str], back: dict[str, str]
) -> None:
    change(event, **there)
    assert after(half, now + HOUR) == "cancelled"
    change(event, **back)
    assert resume(half, now + 3 * HOUR) == "published"


def test_it_moved_and_moved_back(half: Publication, event: Event, now: datetime) -> None:
    start = event.starts_at
    change(event, starts_at=start + DAY)
    assert after(half, now + HOUR) == "cancelled"
    change(event, starts_at=start)
    assert resume(half, now + 3 * HOUR) == "published"
    assert Post.objects.get(kind="moved").state == Post.State.CANCELLED


def test_what_is_still_wrong_does_not_come_back(half: Publication, event: Event, now: datetime) -> None:
    change(event, starts_at=event.starts_at + DAY)
    assert resume(half, now + HOUR) == "cancelled"
    assert half.account in Post.objects.get(kind="moved").accounts.all()


def test_after_a_new_date_was_posted_there_the_announcement_does_not_come_back(
    half: Publication, event: Event, now: datetime
) -> None:
    start = event.starts_at
    change(event, starts_at=start + DAY)
    resume(half, now + HOUR)
    approving.approve(Post.objects.get(kind="moved"))
    work(now + 2 * HOUR)
    change(event, starts_at=start)
    assert after(half, now + 3 * HOUR) == "cancelled"


@pytest.mark.parametrize("whole", [False, True])
def test_what_staff_stopped_does_not_come_back(
    half: Publication, event: Event, now: datetime, *, whole: bool
) -> None:
    if whole:
        Entry.objects.update(page_gone_at=now + HOUR)
        work(now + 2 * HOUR)
        approving.cancel(half.post)
        Entry.objects.update(page_gone_at=None)
    else:
        approving.cancel_publication(half)
    assert resume(half, now + 3 * HOUR) == "cancelled"


def test_the_log_says_why_it_is_not_posted_there(half: Publication, event: Event, now: datetime) -> None:
    asking.it_is_an_article(event.entry)
    after(half, now + HOUR)
    line = Activity.objects.filter(subject=subject_of(half.post)).latest("pk")
    assert str(line.sentence).startswith("Taken back: it says the date of what is an article, said staff.")
    assert str(line.sentence).endswith("Already out or on its way: Leraren op X.")
    assert line.level == Activity.Level.WARNING


def test_the_half_that_proves_not_to_be_out_takes_the_other_along(
    event: Event, x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    assert planning.plan_one(now)
    row = Publication.objects.filter(account=x)
    row.update(state="unknown", sent_at=now, look_at=now + 5 * DAY)
    change(event, starts_at=event.starts_at + DAY)
    while following.follow_one(now):
        pass
    row.update(state="queued", sent_at=None, look_at=None)  # the network says that it has it not
    work(now + HOUR)
    assert ["1 april" in post.text for name in ("x", "facebook") for post in net[name].posts] == [True, True]


def test_an_account_that_staff_struck_out_of_what_was_skipped_is_not_posted_on(
    event: Event, x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    assert planning.plan_one(now)
    Account.objects.filter(pk=x.pk).update(state="paused")
    approving.cancel_publication(Publication.objects.get(account=facebook))
    Publication.objects.filter(account=x).update(state="skipped")
    Account.objects.update(state="active")
    late = event.starts_at + HOUR
    change(event, starts_at=event.starts_at + 30 * DAY)
    work(late)
    assert [len(net[name].posts) for name in ("x", "facebook")] == [1, 0]
