"""An old article once more: by a person's choice, in other words, never twice the same."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.feeds.models import Entry, Event, Source
from outreach.posts import approving, planning, resharing, writing
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake
from tests.posts.steps import DAY, HOUR, change, texts, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(x: Account, facebook: Account, entry: Entry, now: datetime) -> Entry:
    """Posted on X ninety days ago."""
    with clock.frozen(now - 90 * DAY):
        post = planning.pick(entry)
        post.accounts.set([x])
        approving.approve(post)
        publishing.publish_one(clock.now())
    return entry


def out(post: Post, at: datetime) -> None:
    with clock.frozen(at):
        approving.approve(post)
        assert publishing.publish_one(at)


def test_it_is_a_post_of_its_own_that_waits_where_it_was_posted_before(old: Entry, x: Account) -> None:
    Source.objects.update(mode="automatic")
    post = resharing.reshare(old)
    assert (post.kind, post.state, list(post.accounts.all())) == ("reshare", "waiting", [x])
    assert resharing.reshare(old).pk == post.pk


def test_it_says_the_same_in_other_words(old: Entry, now: datetime, net: dict[str, Fake]) -> None:
    out(resharing.reshare(old), now)
    first, second = (text.partition("\n")[0] for text in texts(net))
    assert second.endswith(first)
    assert len(second) > len(first)


def test_the_same_words_a_third_time_are_refused_until_a_person_writes_others(
    old: Entry, now: datetime, net: dict[str, Fake]
) -> None:
    out(resharing.reshare(old), now)
    with clock.frozen(now + 60 * DAY):
        again = resharing.reshare(old)
        with pytest.raises(BadInput, match="same text twice") as refused:
            approving.approve(again)
        assert refused.value.field == "text"
        assert again.publications.count() == 0
        writing.change(again, text="Nog altijd het lezen waard.")
    out(again, now + 60 * DAY)
    assert texts(net)[-1].startswith("Nog altijd het lezen waard.")


def test_what_was_posted_not_long_ago_is_shared_only_anyway(old: Entry) -> None:
    Publication.objects.update(published_at=clock.now() - timedelta(days=3))
    with pytest.raises(resharing.TooSoon, match="twice"):
        resharing.reshare(old)
    assert resharing.reshare(old, anyway=True).state == "waiting"


@pytest.mark.parametrize("why", ["never", "gone", "over"])
def test_what_makes_no_sense_is_refused(
    old: Entry, make_entry: Callable[..., Entry], now: datetime, why: str
) -> None:
    entry = make_entry() if why == "never" else old
    if why == "gone":
        Entry.objects.update(withdrawn_at=now)
    if why == "over":
        Event.objects.create(entry=entry, starts_at=now - DAY, ends_at=now - HOUR)
    with pytest.raises(OutreachError):
        resharing.reshare(Entry.objects.get(pk=entry.pk))
    assert not Post.objects.filter(kind="reshare").exists()


def test_nothing_but_a_person_shares_again(
    event: Event, now: datetime, net: dict[str, Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event moves: what was shared again waits for a person, even where nobody else approves."""
    work(now)
    later = now + 3 * DAY
    with clock.frozen(later):
        post = resharing.reshare(event.entry, anyway=True)
        writing.change(post, planned_at=later + 2 * DAY)
        approving.approve(post)
    change(event, starts_at=event.starts_at + DAY)
    work(later)
    work(later + 3 * DAY)
    post.refresh_from_db()
    assert post.state == "waiting"
    assert not post.publications.filter(published_at__isnull=False).exists()


def test_no_step_of_the_house_knows_of_it() -> None:
    """The tasks and the rooms below the pages never call it: there is no automatic path."""
    from pathlib import Path

    root = Path(resharing.__file__).resolve().parents[2]
    callers: list[Any] = [
        path.relative_to(root).as_posix()
        for folder in ("outreach", "tasks")
        for path in (root / folder).rglob("*.py")
        if "resharing.reshare(" in path.read_text(encoding="utf-8")
    ]
    assert {path.split("/")[1] for path in callers} <= {"web", "cli"}
