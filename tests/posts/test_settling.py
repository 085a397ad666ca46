"""When the outcome is unknown: crashes at every point, look-ups, copies, and the person at the end."""

from datetime import datetime, timedelta

import pytest

from outreach.core.errors import OutreachError
from outreach.networks.base import Receipt
from outreach.networks.errors import Ambiguous, AuthBroken, Duplicate, NotSent, Throttled
from outreach.posts.models import Account, Publication
from outreach.posts.sending import publishing
from outreach.posts.sending.settling import EARLIER
from tests.posts.fakes import Fake, Fault, Killed, error
from tests.posts.steps import HOUR, MINUTE, after, answer, queued, settle_until_quiet

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "failure", [error(Ambiguous), TimeoutError(), KeyError("x")], ids=["ambiguous", "timeout", "bug"]
)
@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "lost"])
def test_an_unclear_answer_is_looked_up_before_it_is_sent_again(
    account: Account, network: Fake, now: datetime, failure: Exception, accepted: bool
) -> None:
    row = queued(account)
    network.faults = [Fault(failure, accepted)]
    publishing.publish_one(now)
    assert after(row).state == "unknown"
    assert row.look_at is not None
    assert timedelta() <= row.look_at - now - network.look_after[0] < timedelta(seconds=5)
    assert not publishing.publish_one(now + timedelta(hours=1))
    settle_until_quiet(now)
    assert after(row).state == "published"
    assert len(network.posts) == 1
    assert network.requests == (1 if accepted else 2)
    assert len(network.asked) == (1 if accepted else len(network.look_after))
    assert network.asked[0].since == now - EARLIER
    assert network.asked[0].payload == network.posts[0]


def test_a_post_that_shows_up_late_is_found_at_the_last_look(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    answer(network, Ambiguous, accepted=True)
    network.lag = len(network.look_after) - 1
    settle_until_quiet(now)
    assert after(row).state == "published"
    assert (network.requests, len(network.asked)) == (1, len(network.look_after))


def test_no_answer_to_a_look_up_is_not_an_absence(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Ambiguous, accepted=True)
    network.answers = [error(Ambiguous), error(Throttled), TimeoutError()] * 3
    settle_until_quiet(now, hours=1)
    assert network.requests == 1
    assert after(row).state == "published"


def test_a_token_that_breaks_during_a_look_up_pauses_the_account_and_the_post_stays_unknown(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    answer(network, Ambiguous, accepted=True)
    network.answers = [error(AuthBroken)]
    publishing.publish_one(now)
    publishing.settle_one(now + MINUTE)
    account.refresh_from_db()
    assert (after(row).state, account.state) == ("unknown", "paused")
    settle_until_quiet(now + MINUTE)
    assert after(row).state == "published"


def test_a_copy_that_the_network_names_is_adopted(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Duplicate, remote_id="99")
    publishing.publish_one(now)
    assert (after(row).state, row.remote_id) == ("published", "99")


def test_a_copy_without_a_name_is_looked_for_and_adopted(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    answer(network, Duplicate, accepted=True)
    publishing.publish_one(now)
    assert publishing.settle_one(now + MINUTE)
    assert (after(row).state, row.remote_id) == ("published", f"{network.name}-1")


def test_a_copy_that_is_nowhere_is_never_sent_again(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Duplicate)
    settle_until_quiet(now)
    assert after(row).state == "refused"
    assert "same post already" in str(row.reason)
    assert network.requests == 1


@pytest.mark.parametrize("accepted", [True, False], ids=["after the network took it", "before it did"])
def test_a_worker_that_is_killed_while_sending_posts_exactly_once(
    account: Account, network: Fake, now: datetime, accepted: bool
) -> None:
    row = queued(account)
    network.faults = [Fault(Killed(), accepted)]
    with pytest.raises(Killed):
        publishing.publish_one(now)
    assert after(row).state == "sending"
    assert not publishing.settle_one(now + publishing.LEASE)
    assert not publishing.publish_one(now + publishing.LEASE)
    settle_until_quiet(now + publishing.LEASE)
    assert after(row).state == "published"
    assert len(network.posts) == 1


@pytest.mark.parametrize("step", ["prepare", "claim", "record"])
def test_a_worker_that_is_killed_between_two_steps_posts_exactly_once(
    account: Account, network: Fake, now: datetime, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    row = queued(account)

    def die(*_: object) -> None:
        raise Killed

    target = {
        "prepare": (publishing, "_prepared"),
        "claim": (publishing, "_send"),
        "record": (publishing.outcomes, "published"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*target[step], die)
        with pytest.raises(Killed):
            publishing.publish_one(now)
    settle_until_quiet(now)
    assert after(row).state == "published"
    assert len(network.posts) == 1


def test_a_worker_that_is_killed_while_asking_asks_again(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    answer(network, Ambiguous, accepted=True)
    network.answers = [Killed()]
    publishing.publish_one(now)
    with pytest.raises(Killed):
        publishing.settle_one(now + MINUTE)
    assert not publishing.settle_one(now + 2 * MINUTE)
    settle_until_quiet(now)
    assert after(row).state == "published"
    assert network.requests == 1


def test_an_answer_that_comes_after_the_lease_still_counts(
    account: Account, network: Fake, now: datetime
) -> None:
    """The worker hung; another one took the row over and found nothing yet."""
    row = queued(account)
    network.lag = 1
    network.before = lambda: publishing.settle_one(now + publishing.LEASE + MINUTE)
    publishing.publish_one(now)
    assert after(row).state == "published"
    network.before = lambda: None
    settle_until_quiet(now)
    assert (network.requests, len(network.posts)) == (1, 1)


def test_a_post_is_sent_again_with_the_same_bytes_and_the_first_try_is_searched_too(
    account: Account, network: Fake, now: datetime
) -> None:
    queued(account)
    sent = []
    answer(network, Ambiguous)
    answer(network, NotSent)
    answer(network, Ambiguous, accepted=True)
    network.before = lambda: sent.append(Publication.objects.get().payload)
    settle_until_quiet(now)
    assert Publication.objects.get().state == "published"
    assert sent[0] == sent[1] == sent[2]
    assert {asked.since for asked in network.asked} == {now - EARLIER}


def test_a_post_that_is_in_doubt_again_and_again_ends_with_a_person(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    for _ in range(500):
        answer(network, Ambiguous)
    settle_until_quiet(now, hours=12)
    assert (after(row).state, row.look_at) == ("unknown", None)
    assert "Look there" in str(row.reason)


@pytest.mark.parametrize(
    ("said", "state", "requests"), [("there", "published", 1), ("again", "published", 2)]
)
def test_where_the_network_cannot_be_asked_a_person_decides(
    account: Account,
    network: Fake,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    state: str,
    requests: int,
) -> None:
    monkeypatch.setattr(type(network), "can_be_asked", False)
    row = queued(account)
    network.faults = [Fault(Killed(), accepted=False)]
    with pytest.raises(Killed):
        publishing.publish_one(now)
    settle_until_quiet(now)
    assert (after(row).state, row.look_at, network.asked) == ("unknown", None, [])
    publishing.resolve(row, said, url="https://there.example/1" if said == "there" else "")
    settle_until_quiet(now + timedelta(hours=3))
    assert (after(row).state, network.requests) == (state, requests)
    with pytest.raises(OutreachError, match="settled already"):
        publishing.resolve(row, "again")


def test_a_look_up_with_old_keys_does_not_pause_an_account_that_is_connected_again(
    account: Account, network: Fake, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(account)
    answer(network, Ambiguous, accepted=True)
    publishing.publish_one(now)

    def refused(*_: object) -> None:
        Account.objects.filter(pk=account.pk).update(credentials={"token": "new", "handle": "leraren"})
        raise error(AuthBroken)

    with monkeypatch.context() as patched:
        patched.setattr(network, "find", refused)
        assert publishing.settle_one(now + MINUTE)
    account.refresh_from_db()
    assert (after(row).state, account.state) == ("unknown", "active")
    settle_until_quiet(now + MINUTE)
    assert after(row).state == "published"


def test_an_older_post_with_the_same_words_is_not_taken_for_the_one_in_doubt(
    account: Account, network: Fake, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a tag only the words tell: then a person looks, for either answer of ours may be wrong."""
    older, newer = queued(account), queued(account)
    assert publishing.publish_one(now)
    answer(network, Ambiguous)
    Account.objects.update(not_before=None)
    assert publishing.publish_one(now + HOUR)
    theirs = Receipt(after(older).remote_id, after(older).remote_url)
    monkeypatch.setattr(network, "find", lambda *_: theirs)
    settle_until_quiet(now + HOUR)
    row = after(newer)
    assert (row.state, row.remote_id, row.look_at) == ("unknown", "", None)
    assert "Look there" in str(row.reason)
    assert network.requests == 2
