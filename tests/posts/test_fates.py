"""What a list says of an entry, and what its page says that comes next."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.sentences import say
from outreach.feeds.models import Entry, Source
from outreach.posts import approving, fates, planning
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def test_an_entry_is_called_what_its_post_is(x: Account, entry: Entry, now: datetime) -> None:
    called = [fates.state_of(entry)]
    post = planning.pick(entry)
    called.append(fates.state_of(entry))
    approving.approve(post)
    called.append(fates.state_of(entry))
    publishing.publish_one(now)
    called.append(fates.state_of(entry))
    assert called == ["new", "waiting", "queued", "published"]


@pytest.mark.parametrize(
    ("states", "called"),
    [
        (("published", "unknown"), "unknown"),
        (("published", "queued"), "queued"),
        (("refused", "published"), "published"),
        (("refused", "cancelled"), "refused"),
    ],
)
def test_of_several_accounts_the_one_counts_that_tells_most(
    states: tuple[str, str], called: str, x: Account, facebook: Account, entry: Entry
) -> None:
    post = planning.pick(entry)
    Post.objects.filter(pk=post.pk).update(state="approved")
    for account, state in zip((x, facebook), states, strict=True):
        Publication.objects.create(post=post, account=account, state=state, payload={}, due_at=clock.now())
    assert fates.state_of(entry) == called


def test_a_cancelled_post_is_called_so(x: Account, entry: Entry) -> None:
    approving.cancel(planning.pick(entry))
    assert fates.state_of(entry) == "cancelled"


def test_a_new_entry_says_when_it_becomes_a_post(
    make_entry: Callable[..., Entry], source: Source, now: datetime
) -> None:
    entry = make_entry(first_seen_at=now)
    assert "It becomes a post at today 10:10" in str(fates.what_next(entry, now))
    assert not fates.what_next(entry, now + 10 * MINUTE)
    source.held_at = entry.source.held_at = now
    assert "held back" in str(fates.what_next(entry, now))
    entry.source.active = False
    assert "paused" in str(fates.what_next(entry, now))


def test_what_its_reason_says_is_not_said_twice(make_entry: Callable[..., Entry], now: datetime) -> None:
    assert not fates.what_next(make_entry(first_seen_at=now, reason=say("It waits.")), now)
    assert not fates.what_next(make_entry(first_seen_at=now, question="event"), now)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("off", "Does not take place: Feest"), ("moved", "New date: Feest"), ("entry", "Feest")],
)
def test_a_post_is_named_after_what_it_tells(kind: str, name: str, make_entry: Callable[..., Entry]) -> None:
    assert str(Post(kind=kind, entry=make_entry(title="Feest"))) == name
