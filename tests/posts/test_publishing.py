"""One post, one request: what each answer of a network does to the rows, and what waits for what."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Entry, Event
from outreach.networks.base import Receipt
from outreach.networks.errors import Ambiguous, AuthBroken, Budget, NotSent, Rejected, Throttled
from outreach.posts import approving
from outreach.posts.accounts import connecting, timing
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, Fault
from tests.posts.steps import MINUTE, after, answer, queued, settle_until_quiet

pytestmark = pytest.mark.django_db


def test_a_post_is_published_and_everyone_can_read_where(
    account: Account, network: Fake, now: datetime, entry: Entry
) -> None:
    post = Post.objects.create(kind="entry", entry=entry, state="waiting", language="nl")
    post.accounts.add(account)
    approving.approve(post)
    assert publishing.publish_one(now)
    row = post.publications.get()
    assert (row.state, row.attempts, row.sent_at) == ("published", 1, now)
    assert (row.remote_id, row.remote_url) == (f"{network.name}-1", f"https://{network.name}.example/1")
    assert (row.claim, row.lease_until, row.look_at) == ("", None, None)
    for subject in (row, post, entry):
        said = [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(subject))]
        assert f"Posted on {account.name}." in said
    assert not publishing.publish_one(now + timedelta(days=1))


def test_a_refusal_is_final_and_says_why(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Rejected, raw="400 no")
    publishing.publish_one(now)
    assert (after(row).state, str(row.reason), row.raw) == ("refused", "It said no.", "400 no")
    settle_until_quiet(now)
    assert network.requests == 1


def test_a_broken_token_pauses_the_account_and_loses_nothing(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    answer(network, AuthBroken)
    publishing.publish_one(now)
    account.refresh_from_db()
    assert (after(row).state, row.sent_at) == ("queued", None)
    assert (account.state, str(account.reason)) == ("paused", "It said no.")
    assert not publishing.publish_one(now + timedelta(days=1))
    connecting.connect(account.network, account.name, {"token": "new"})
    assert publishing.publish_one(now + timedelta(days=1))
    assert after(row).state == "published"
    assert network.connections[-1].credentials["token"] == "new"


def test_a_network_that_asks_for_a_pause_with_its_yes_gets_it(
    account: Account, network: Fake, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause = timedelta(minutes=50)
    monkeypatch.setattr(network, "_receipt", lambda number: Receipt(str(number), not_before=now + pause))
    queued(account)
    assert publishing.publish_one(now)
    account.refresh_from_db()
    assert account.not_before == now + pause


@pytest.mark.parametrize(
    ("until", "least", "most"),
    [
        (None, timedelta(minutes=12), timedelta(minutes=18)),
        (timedelta(minutes=40), timedelta(minutes=40), timedelta(minutes=41)),
        (timedelta(seconds=-5), timedelta(minutes=1), timedelta(minutes=2)),
        (timedelta(days=400), timedelta(hours=23), timedelta(hours=25)),
    ],
)
def test_a_throttled_account_waits_as_long_as_it_was_told_within_bounds(
    account: Account, network: Fake, now: datetime, until: timedelta | None, least: timedelta, most: timedelta
) -> None:
    row, other = queued(account), queued(account, "Nog een")
    answer(network, Throttled, until=until and now + until)
    publishing.publish_one(now)
    account.refresh_from_db()
    assert after(row).state == "queued"
    assert account.not_before is not None
    assert least <= account.not_before - now <= most
    assert not publishing.publish_one(now + least - timedelta(seconds=1))
    settle_until_quiet(account.not_before)
    assert [after(row).state, after(other).state] == ["published", "published"]


def test_without_credit_the_account_waits_for_hours_and_says_so_once(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    for attempt in range(2):
        answer(network, Budget)
        publishing.publish_one(now + attempt * timedelta(hours=8))
    account.refresh_from_db()
    assert after(row).state == "queued"
    assert account.not_before is not None
    assert account.not_before > now + timedelta(hours=12)
    assert str(account.reason) == "It said no."
    assert Activity.objects.filter(subject=subject_of(account), level="trouble").count() == 1
    publishing.publish_one(now + timedelta(hours=20))
    account.refresh_from_db()
    assert not account.reason


def test_what_did_not_leave_is_tried_again_later_and_the_next_post_goes_on(
    account: Account, network: Fake, now: datetime
) -> None:
    row, other = queued(account), queued(account, "Nog een")
    answer(network, NotSent)
    publishing.publish_one(now)
    assert after(row).state == "queued"
    assert now + timedelta(seconds=50) < row.due_at < now + timedelta(seconds=70)
    later = now + timedelta(seconds=32)
    assert publishing.publish_one(later)
    assert after(other).state == "published"
    settle_until_quiet(later)
    assert after(row).state == "published"
    assert network.requests == 3


def test_an_outage_of_a_day_is_told_once_and_ends_with_the_post(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    for _ in range(20):
        answer(network, NotSent)
    settle_until_quiet(now, hours=24)
    assert after(row).state == "published"
    assert row.attempts == 21
    assert Activity.objects.filter(subject=subject_of(row), level="warning").count() == 1


def test_the_oldest_due_post_goes_first_and_posts_keep_their_distance(
    account: Account, network: Fake, now: datetime
) -> None:
    late, early = queued(account, "laat"), queued(account, "vroeg")
    Publication.objects.filter(pk=early.pk).update(due_at=now - MINUTE)
    assert publishing.publish_one(now)
    assert (after(early).state, after(late).state) == ("published", "queued")
    assert not publishing.publish_one(now + network.spacing - timedelta(seconds=1))
    assert publishing.publish_one(now + network.spacing + timedelta(seconds=5))


@pytest.mark.parametrize("blocked", ["paused", "throttled", "held", "unreadable"])
def test_one_blocked_account_never_delays_another(
    x: Account, facebook: Account, net: dict[str, Fake], now: datetime, blocked: str
) -> None:
    for number in range(12):
        queued(x, f"nummer {number}")
    row = queued(facebook)
    changes = {
        "paused": {"state": "paused"},
        "throttled": {"not_before": now + MINUTE},
        "held": {"lease_until": now + MINUTE, "claim": "another"},
        "unreadable": {"credentials": "gAAAA-of-another-key"},
    }
    Account.objects.filter(pk=x.pk).update(**changes[blocked])
    while publishing.publish_one(now):
        pass
    assert after(row).state == "published"
    assert not net["x"].posts


def test_credentials_of_another_key_pause_the_account_and_say_so(x: Account, now: datetime) -> None:
    row = queued(x)
    Account.objects.filter(pk=x.pk).update(credentials="gAAAA-of-another-key")
    publishing.publish_one(now)
    state, reason = Account.objects.filter(pk=x.pk).values_list("state", "reason").get()
    assert (state, Publication.objects.filter(pk=row.pk).values_list("state", flat=True).get()) == (
        "paused",
        "queued",
    )
    assert "OUTREACH_SECRET_KEY" in str(reason)


def test_an_event_that_has_begun_is_not_announced(
    account: Account, network: Fake, now: datetime, entry: Entry
) -> None:
    Event.objects.create(entry=entry, starts_at=now + MINUTE)
    post = Post.objects.create(kind="entry", entry=entry, state="waiting", language="nl")
    post.accounts.add(account)
    approving.approve(post)
    assert publishing.publish_one(now + 2 * MINUTE)
    row = post.publications.get()
    assert (row.state, str(row.reason)) == ("skipped", "The event has begun.")
    assert not network.requests
    account.refresh_from_db()
    assert account.lease_until is None


def test_a_post_whose_image_is_gone_is_refused_with_the_reason(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    Publication.objects.update(payload={**row.payload, "images": [{"image": "f" * 64, "alt": "Een klas"}]})
    publishing.publish_one(now)
    assert after(row).state == "refused"
    assert "image" in str(row.reason)
    assert not network.requests


def test_an_unexpected_exception_leaves_no_secret_in_the_row(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    network.faults = [Fault(OSError("https://graph/?access_token=hunter2"), accepted=False)]
    publishing.publish_one(now)
    assert after(row).raw == "OSError"
    assert not Activity.objects.filter(raw__contains="hunter2").exists()


def test_no_transaction_is_open_while_a_network_is_spoken_to(
    transactional_db: None, account: Account, network: Fake, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    seen: list[bool] = []
    network.before = lambda: seen.append(connection.in_atomic_block)
    find = type(network).find
    monkeypatch.setattr(type(network), "find", lambda *a: seen.append(connection.in_atomic_block) or find(*a))
    queued(account)
    answer(network, Ambiguous, accepted=True)
    settle_until_quiet(now, hours=1)
    assert seen == [False, False]


def test_nothing_is_published_before_its_time(
    account: Account, now: datetime, make_entry: Callable[..., Entry]
) -> None:
    row = queued(account)
    Publication.objects.update(due_at=now + MINUTE)
    assert not publishing.publish_one(now)
    assert after(row).attempts == 0


def test_a_post_that_is_cancelled_just_before_it_is_claimed_is_not_sent(
    account: Account, network: Fake, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(account)
    prepare = publishing._prepared

    def prepare_and_be_late(*known: object) -> object:
        ready = prepare(*known)
        approving.cancel(row.post)
        return ready

    monkeypatch.setattr(publishing, "_prepared", prepare_and_be_late)
    assert publishing.publish_one(now)
    assert (after(row).state, network.requests) == ("cancelled", 0)
    account.refresh_from_db()
    assert account.lease_until is None


def test_an_account_that_is_connected_again_meanwhile_is_not_paused_for_its_old_keys(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    answer(network, AuthBroken)
    network.before = lambda: _connected_again(account)
    publishing.publish_one(now)
    account.refresh_from_db()
    assert (after(row).state, account.state) == ("queued", "active")
    settle_until_quiet(now)
    assert after(row).state == "published"
    assert len(network.posts) == 1


def _connected_again(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(credentials={"token": "new", "handle": "leraren"})


@pytest.mark.parametrize("what", ["a claim", "a post"])
def test_an_account_that_another_worker_used_a_moment_ago_is_left_to_it(
    account: Account, network: Fake, now: datetime, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Between finding what is due and taking its account."""
    row, held = queued(account), timing.held
    theirs = (
        {"claim": "theirs", "lease_until": now + 5 * MINUTE} if what == "a claim" else {"last_post_at": now}
    )

    def read_and_be_late(*known: Any) -> Any:
        rests = held(*known)
        Account.objects.update(**theirs)
        return rests

    monkeypatch.setattr(timing, "held", read_and_be_late)
    assert not publishing.publish_one(now)
    assert (after(row).state, network.requests) == ("queued", 0)


def test_an_account_rests_while_the_outcome_of_a_post_is_open_but_not_for_ever(
    account: Account, network: Fake, now: datetime
) -> None:
    """Whatever else holds it: a network that refuses the repetition of its latest post must still see it."""
    first, second = queued(account, "Een"), queued(account, "Twee")
    answer(network, Ambiguous)
    assert publishing.publish_one(now)
    Account.objects.update(not_before=None, last_post_at=None)
    assert not publishing.publish_one(now + 14 * MINUTE)
    assert publishing.publish_one(now + 16 * MINUTE)
    assert (after(first).state, after(second).state) == ("unknown", "published")


def test_a_request_is_over_a_minute_before_another_worker_may_take_the_post(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    ends: list[datetime | None] = []
    network.before = lambda: ends.append(after(row).lease_until)
    publishing.publish_one(now)
    (connection,), (lease_until,) = network.connections, ends
    assert lease_until is not None
    assert connection.until == lease_until - MINUTE > now
