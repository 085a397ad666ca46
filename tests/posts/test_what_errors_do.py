"""What each failure of a network does to the publication and its account, over real sockets."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest

from outreach.core.models import Activity, subject_of
from outreach.networks import errors, transport
from outreach.networks.facebook.errors import ROWS as FACEBOOK
from outreach.networks.x.errors import ROWS as X
from outreach.posts.models import Account, Publication
from outreach.posts.sending import publishing
from tests.fakes.graph import FakeGraph
from tests.fakes.service import Service
from tests.fakes.x_api import FakeX
from tests.networks import answers
from tests.networks.answers import Said
from tests.posts.steps import HOUR, MINUTE, after, queued

State = Publication.State
TABLES = {"facebook": FACEBOOK, "x": X}


@pytest.fixture(autouse=True)
def net() -> None:
    """The real networks, not those in memory."""


@pytest.fixture
def fakes(settings: object) -> Iterator[dict[str, Service]]:
    with ExitStack() as stack:
        made: dict[str, Service] = {
            "facebook": stack.enter_context(FakeGraph()),
            "x": stack.enter_context(FakeX()),
        }
        settings.FACEBOOK_API_URL, settings.X_API_URL = made["facebook"].url, made["x"].url
        yield made


@pytest.fixture
def sent(fakes: dict[str, Service], db: object, now: datetime) -> Callable[[Said], Publication]:
    """A post that was tried once, and got this answer."""

    def send(said: Said) -> Publication:
        fake = fakes[said.network]
        account = Account.objects.create(
            network=said.network, name="Sint-Jozef", credentials=fake.credentials
        )
        row = queued(account, "Dag")
        fake.fault("answer", status=said.status, body=said.body, headers=said.headers)
        assert publishing.publish_one(now)
        assert len(fake.sent()) == 1
        return after(row)

    return send


def of(kind: type[errors.NetworkError]) -> pytest.MarkDecorator:
    found = [said for said in answers.ALL if row_of(said).kind is kind]
    assert found or kind is errors.NotSent
    return pytest.mark.parametrize("said", found, ids=lambda said: said.id)


def row_of(said: Said) -> answers.Known:
    own = () if said in answers.ON_THE_WAY else TABLES[said.network]
    return answers.row_of(said, own, transport.ROWS)


def says_why(row: Publication | Account, said: Said) -> None:
    known = row_of(said)
    assert (row.reason.text, row.cause.text, row.advice.text) == (known.sentence, known.cause, known.advice)
    assert row.raw.startswith(("TooManyRedirects", f"HTTP {said.status}"))


@of(errors.Rejected)
def test_what_is_refused_is_refused_once_and_the_account_goes_on(
    sent: Callable, said: Said, now: datetime
) -> None:
    row = sent(said)
    assert row.state == State.REFUSED
    says_why(row, said)
    assert row.account.state == Account.State.ACTIVE
    assert not publishing.publish_one(now + 24 * HOUR)


@of(errors.AuthBroken)
def test_what_only_a_person_can_mend_pauses_the_account_and_loses_nothing(
    sent: Callable, said: Said, now: datetime
) -> None:
    row = sent(said)
    assert row.state == State.QUEUED
    assert row.account.state == Account.State.PAUSED
    says_why(row, said)
    says_why(row.account, said)
    assert not publishing.publish_one(now + 24 * HOUR)


@of(errors.Throttled)
def test_what_is_too_much_waits_and_then_goes_out(
    sent: Callable, said: Said, now: datetime, fakes: dict[str, Service]
) -> None:
    row = sent(said)
    assert row.state == State.QUEUED
    says_why(row, said)
    assert row.account.state == Account.State.ACTIVE
    until = row.account.not_before
    least = row_of(said).rest or timedelta(minutes=15)
    assert now + least <= until <= now + 24 * HOUR
    assert not publishing.publish_one(until - MINUTE)
    assert publishing.publish_one(until + MINUTE)
    assert after(row).state == State.PUBLISHED
    assert (row.reason.text, row.cause.text, row.advice.text, row.raw) == ("", "", "", "")
    assert len(fakes[said.network].posts) == 1


@of(errors.Budget)
def test_what_costs_too_much_waits_for_hours_and_the_account_says_so(
    sent: Callable, said: Said, now: datetime
) -> None:
    row = sent(said)
    assert row.state == State.QUEUED
    says_why(row, said)
    says_why(row.account, said)
    assert row.account.state == Account.State.ACTIVE
    assert row.account.not_before > now + 4 * HOUR


@of(errors.NotSent)
def test_what_was_not_sent_is_tried_again_and_the_account_goes_on(
    sent: Callable, said: Said, now: datetime
) -> None:
    row = sent(said)
    assert row.state == State.QUEUED
    says_why(row, said)
    assert now < row.due_at <= now + HOUR
    assert row.sent_at is None
    assert row.account.state == Account.State.ACTIVE


@of(errors.Ambiguous)
def test_what_may_have_arrived_is_looked_up_before_anything_else(
    sent: Callable, said: Said, now: datetime
) -> None:
    row = sent(said)
    assert row.state == State.UNKNOWN
    says_why(row, said)
    assert now < row.look_at <= now + MINUTE
    assert row.account.state == Account.State.ACTIVE
    assert not publishing.publish_one(now + 24 * HOUR)


@of(errors.Duplicate)
def test_what_the_network_says_it_has_is_looked_up_at_once_and_never_sent_again(
    sent: Callable, said: Said, now: datetime
) -> None:
    row = sent(said)
    assert row.state == State.UNKNOWN
    says_why(row, said)
    assert row.says_duplicate
    assert row.look_at <= now + MINUTE
    for minutes in range(0, 60, 5):
        while publishing.settle_one(now + minutes * MINUTE) or publishing.publish_one(now + minutes * MINUTE):
            pass
    assert after(row).state == State.REFUSED
    assert row.advice
    assert row.raw.startswith(f"HTTP {said.status}")


def test_an_account_that_posts_again_says_nothing_any_more(sent: Callable, now: datetime) -> None:
    row = sent(next(said for said in answers.X if said.status == 402))
    assert publishing.publish_one(now + 8 * HOUR)
    account = after(row).account
    account.refresh_from_db()
    assert (account.reason.text, account.cause.text, account.advice.text, account.raw) == ("", "", "", "")


def test_an_outage_of_a_day_is_one_line_that_counts(
    fakes: dict[str, Service], db: object, now: datetime
) -> None:
    account = Account.objects.create(network="x", name="Leraren", credentials=fakes["x"].credentials)
    row = queued(account, "Dag")
    fakes["x"].stop()
    at, tries = now, 0
    while at < now + 24 * HOUR:
        tries += publishing.publish_one(at)
        at += 10 * MINUTE
    lines = Activity.objects.filter(level="warning")
    for subject in (row, row.post):
        (line,) = lines.filter(subject=subject_of(subject))
        assert line.times == tries == after(row).attempts
        assert line.repeated
    assert tries > 20
