"""A clock that jumps, and two processes whose clocks differ: nothing doubles, nothing waits for ever."""

from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.networks.errors import Ambiguous
from outreach.posts.models import Account, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, Fault, Killed, error
from tests.posts.steps import HOUR, MINUTE, after, queued, settle_until_quiet

pytestmark = pytest.mark.django_db

YEARS = timedelta(days=30 * 365)
JUMPS = [5 * HOUR, -5 * HOUR, YEARS, -YEARS]
IDS = ["hours ahead", "hours behind", "years ahead", "years behind"]


@pytest.fixture(autouse=True)
def _dates(network: Fake) -> None:
    """The network dates its posts by its own clock, and a look-up sees what was made after `since`."""
    find = network.find

    def dated(connection: object, payload: object, since: datetime) -> object:
        return find(connection, payload, since) if since <= _dates.now else None  # type: ignore[attr-defined, arg-type]

    network.find = dated  # type: ignore[method-assign, assignment]


@pytest.fixture(autouse=True)
def _now(now: datetime) -> None:
    _dates.now = now  # type: ignore[attr-defined]


def _approved(account: Account, wrong: datetime) -> Publication:
    with clock.frozen(wrong):
        return queued(account)


@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "lost"])
@pytest.mark.parametrize("jump", JUMPS, ids=IDS)
def test_a_worker_dies_while_the_clock_is_wrong_and_its_post_is_out_once(
    account: Account, network: Fake, now: datetime, jump: timedelta, accepted: bool
) -> None:
    row = _approved(account, now + jump)
    network.faults = [Fault(Killed(), accepted)]
    with pytest.raises(Killed):
        publishing.publish_one(now + jump)
    settle_until_quiet(now, hours=7)
    row = after(row)
    # What did not arrive is hours or years late by the right clock: staff are asked, or it goes out.
    assert (row.state, len(network.posts)) == ("published", 1) or (not accepted and row.held)


@pytest.mark.parametrize("jump", JUMPS, ids=IDS)
def test_an_outcome_that_is_unknown_while_the_clock_is_wrong_is_settled_when_it_is_right(
    account: Account, network: Fake, now: datetime, jump: timedelta
) -> None:
    row = _approved(account, now + jump)
    network.faults = [Fault(error(Ambiguous), accepted=True)]
    publishing.publish_one(now + jump)
    settle_until_quiet(now, hours=7)
    assert after(row).state == "published"
    assert network.requests == 1


@pytest.mark.parametrize("jump", JUMPS, ids=IDS)
def test_the_next_post_on_the_account_goes_out_when_the_clock_is_right_again(
    account: Account, network: Fake, now: datetime, jump: timedelta
) -> None:
    _approved(account, now + jump)
    assert publishing.publish_one(now + jump)
    last = queued(account, "Dan")
    settle_until_quiet(now, hours=7)
    assert after(last).state == "published"
    assert network.requests == 2


@pytest.mark.parametrize("minutes", [3, -3])
def test_another_worker_whose_clock_differs_leaves_alone_what_is_being_sent(
    account: Account, network: Fake, now: datetime, minutes: int
) -> None:
    """It looks while the request is under way, for as long as the slowest request takes."""
    row, done = queued(account), []
    queued(account, "Een ander bericht")

    def meanwhile() -> None:
        network.before = lambda: None
        for second in range(0, 90, 15):
            at = now + minutes * MINUTE + timedelta(seconds=second)
            done.append(publishing.publish_one(at) or publishing.settle_one(at))

    network.before = meanwhile
    assert publishing.publish_one(now)
    assert done == [False] * 6
    assert after(row).state == "published"
    assert network.asked == []


@pytest.mark.parametrize("minutes", [3, -3])
def test_a_worker_whose_clock_differs_finds_what_another_sent_and_did_not_write_down(
    account: Account, network: Fake, now: datetime, minutes: int
) -> None:
    row = _approved(account, now + minutes * MINUTE)
    network.faults = [Fault(Killed(), accepted=True)]
    with pytest.raises(Killed):
        publishing.publish_one(now + minutes * MINUTE)
    settle_until_quiet(now)
    assert after(row).state == "published"
    assert network.requests == 1


def test_the_same_words_of_hours_ago_are_not_taken_for_this_post(
    account: Account, network: Fake, now: datetime
) -> None:
    first = queued(account, "Tot morgen")
    assert publishing.publish_one(now)
    again = queued(account, "Tot morgen")
    Publication.objects.filter(pk=again.pk).update(payload=after(first).payload)
    network.faults = [Fault(error(Ambiguous), accepted=False)]
    later = now + HOUR
    publishing.publish_one(later)
    settle_until_quiet(later)
    assert after(again).state == "unknown"
    assert after(again).look_at is None
