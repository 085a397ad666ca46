"""Two rules at once: what waits for one thing while another happens to it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.feeds.models import Entry, Event
from outreach.networks.base import Prices
from outreach.networks.errors import Ambiguous, NotSent, Rejected, Throttled
from outreach.notices.models import Notice
from outreach.posts import (
    approving,
    following,
    holding,
    illustrating,
    moving,
    planning,
    preflight,
    resharing,
    stating,
    story,
    writing,
)
from outreach.posts.accounts import costs, pausing
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, FakeX
from tests.posts.steps import DAY, HOUR, after, answer, change, plan, queued, settle_until_quiet

pytestmark = pytest.mark.django_db


# A person's no


@pytest.mark.parametrize("kind", [Ambiguous, NotSent, Throttled])
def test_what_was_cancelled_while_it_was_on_its_way_is_not_sent_again(
    account: Account, network: Fake, now: datetime, kind: type
) -> None:
    row = queued(account)
    answer(network, kind)
    network.before = lambda: approving.cancel(row.post) and None
    assert publishing.publish_one(now)
    network.before = lambda: None
    settle_until_quiet(now, hours=30)
    assert (network.requests, after(row).state) == (1, "cancelled")


def test_what_was_cancelled_in_doubt_is_there_when_the_network_has_it(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    answer(network, Ambiguous, accepted=True)
    publishing.publish_one(now)
    said = approving.cancel(row.post)
    assert "it is not posted again" in str(said)
    settle_until_quiet(now)
    assert (network.requests, after(row).state) == (1, "published")


def test_a_person_who_says_send_again_takes_the_cancelling_back(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    answer(network, Ambiguous)
    publishing.publish_one(now)
    approving.cancel(row.post)
    publishing.resolve(after(row), "again")
    answer(network, NotSent)
    settle_until_quiet(now)
    assert (network.requests, after(row).state) == (3, "published")


def test_cancelling_answers_the_question_whether_it_still_goes_out(
    x: Account, now: datetime, event: Event
) -> None:
    row = plan(now)
    Publication.objects.filter(pk=row.pk).update(due_at=event.starts_at + HOUR)
    with clock.frozen(event.starts_at + 2 * HOUR):
        publishing.publish_one(clock.now())
        assert holding.questions().count() == 1
        approving.cancel_publication(after(row))
    assert (after(row).state, holding.questions().count()) == ("cancelled", 0)


def test_what_was_refused_goes_out_in_its_new_words_when_it_is_taken_up_again(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account, "Eerst zo")
    answer(network, Rejected)
    publishing.publish_one(now)
    approving.cancel(row.post)
    approving.restore(row.post)
    writing.change(row.post, text="Nu anders")
    approving.approve(row.post)
    publishing.publish_one(now + HOUR)
    assert after(row).state == "published"
    assert "Nu anders" in network.posts[-1].text


# The page that it points to


@pytest.fixture
def _looks(settings: Any) -> None:
    settings.PAGE_WAIT = timedelta(minutes=30)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were looked at; all is well there."""
    seen: list[str] = []
    monkeypatch.setattr(preflight, "_seen", lambda link: seen.append(link) or preflight.Verdict())
    return seen


@pytest.mark.usefixtures("_looks")
def test_the_page_that_is_looked_at_is_the_one_that_was_approved(
    account: Account, network: Fake, entry: Entry, pages: list[str], now: datetime
) -> None:
    post = planning.pick(entry)
    post.accounts.set([account])
    approving.approve(post)
    approved = entry.link
    Entry.objects.filter(pk=entry.pk).update(link="https://school.example/elders")
    assert preflight.look_one(now)
    assert pages == [approved]


@pytest.mark.usefixtures("_looks")
def test_what_is_moved_is_looked_at_again_when_its_new_time_comes(
    account: Account, network: Fake, pages: list[str], now: datetime
) -> None:
    row = queued(account)
    preflight.look_one(now)
    assert after(row).page_state == "ready"
    moving.move(row, now + 7 * DAY)
    assert (after(row).page_state, preflight.look_one(now + DAY)) == ("waiting", False)
    assert preflight.look_one(now + 7 * DAY)
    assert publishing.publish_one(now + 7 * DAY)


@pytest.mark.usefixtures("_looks")
def test_what_a_person_let_go_without_its_page_needs_no_page_after_it_was_moved(
    account: Account, network: Fake, pages: list[str], now: datetime
) -> None:
    row = queued(account)
    preflight.post_anyway(row)
    moving.move(row, now + 7 * DAY)
    assert not preflight.look_one(now + 7 * DAY)
    assert publishing.publish_one(now + 7 * DAY)


@pytest.mark.usefixtures("_looks")
def test_what_was_late_is_looked_at_again_before_it_still_goes_out(
    account: Account, network: Fake, pages: list[str], now: datetime
) -> None:
    row = queued(account)
    preflight.look_one(now)
    with clock.frozen(now + 9 * DAY):
        publishing.publish_one(clock.now())
        holding.send_anyway(after(row))
        assert not publishing.publish_one(clock.now())
        assert preflight.look_one(clock.now())
        assert publishing.publish_one(clock.now())


# The same words twice


def test_an_article_shared_again_twice_before_either_is_out_goes_out_once(
    x: Account, net: dict[str, Fake], entry: Entry, now: datetime
) -> None:
    with clock.frozen(now - 90 * DAY):
        first = planning.pick(entry)
        first.accounts.set([x])
        approving.approve(first)
        publishing.publish_one(clock.now())
    approving.approve(resharing.reshare(entry))
    with pytest.raises(BadInput, match="same text twice"):
        approving.approve(resharing.reshare(entry))


# Staff's own words on one network


def test_own_words_for_one_network_stay_true_when_the_article_turns_out_to_be_an_event(
    x: Account, facebook: Account, entry: Entry, now: datetime
) -> None:
    post = planning.pick(entry)
    post.accounts.set([x, facebook])
    writing.change(post, variants={"x": "Kom ook"})
    approving.approve(post)
    Event.objects.create(entry=entry, starts_at=now + 9 * DAY)
    assert [row.account for row in stating.outdated()] == [facebook]


# Money


@pytest.fixture
def _billed(net: dict[str, Fake], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeX, "prices", Prices(Decimal("0.015"), Decimal("0.200")), raising=False)


def budget(x: Account, amount: str) -> None:
    Account.objects.filter(pk=x.pk).update(budget=Decimal(amount))
    x.refresh_from_db()


@pytest.mark.usefixtures("_billed")
def test_a_month_that_came_in_vain_is_not_named_any_more(x: Account, now: datetime) -> None:
    budget(x, "0.30")
    rows = [queued(x, text) for text in ("Een", "Twee", "Drie")]
    april = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
    with clock.frozen(april):
        Publication.objects.filter(pk=rows[0].pk).update(due_at=april)
        Publication.objects.filter(pk__in=[row.pk for row in rows[1:]]).update(due_at=april - 2 * HOUR)
        while holding.release_one(april):
            pass
    assert [after(row).held for row in rows] == ["", "budget", "budget"]
    assert rows[1].reason.values["time"] > april
    assert Notice.objects.count() == 2


@pytest.mark.usefixtures("_billed")
def test_a_post_that_no_month_pays_for_names_no_month(x: Account) -> None:
    budget(x, "0.10")
    assert "alone costs 0.2" in str(queued(x).reason)


@pytest.mark.usefixtures("_billed")
def test_many_posts_without_money_keep_no_other_account_waiting(
    x: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "_MOST", 1)
    other = Account.objects.create(network="x", name="Ander", credentials={"token": "t"}, budget=0)
    budget(x, "0.10")
    rows = [queued(x), queued(x, "Nog een"), queued(other)]
    budget(other, "10")
    assert holding.release_one(now)
    assert [after(row).held for row in rows] == ["budget", "budget", ""]


@pytest.mark.usefixtures("_billed", "_looks")
def test_what_waited_for_money_is_looked_at_again(x: Account, pages: list[str], now: datetime) -> None:
    budget(x, "0.30")
    queued(x)
    row = queued(x, "Twee")
    while preflight.look_one(now):
        pass
    budget(x, "3")
    assert holding.release_one(now)
    assert (after(row).held, row.page_state) == ("", "waiting")


@pytest.mark.usefixtures("_billed")
def test_what_waits_for_money_follows_its_event(x: Account, event: Event, now: datetime) -> None:
    budget(x, "0.10")
    row = plan(now)
    assert row.held == "budget"
    change(event, starts_at=event.starts_at + DAY)
    assert following.follow_one(now)
    assert (after(row).state, row.held, row.event_start) == ("queued", "budget", event.starts_at)


# A paused account


@pytest.mark.usefixtures("_looks")
def test_the_page_is_looked_at_when_the_paused_account_goes_on(
    account: Account, network: Fake, pages: list[str], now: datetime
) -> None:
    pausing.pause(account)
    queued(account)
    assert not preflight.look_one(now)
    with clock.frozen(now + DAY):
        pausing.resume(account)
        assert not publishing.publish_one(now + DAY)
        assert preflight.look_one(now + DAY)
        assert publishing.publish_one(now + DAY)


def test_who_said_send_again_is_not_asked_once_more_whether_it_is_too_late(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    row = queued(x)
    Publication.objects.filter(pk=row.pk).update(state="unknown", waits_since=now - 9 * DAY, sent_at=now)
    publishing.resolve(after(row), "again")
    assert publishing.publish_one(now)
    assert after(row).state == "published"


# After the event began


def test_nothing_is_moved_or_planned_to_when_its_event_has_begun(
    x: Account, event: Event, now: datetime
) -> None:
    row = plan(now)
    with pytest.raises(BadInput, match="has begun by then"):
        moving.move(row, event.starts_at + HOUR, anyway=True)
    approving.cancel(row.post)
    approving.restore(row.post)
    with pytest.raises(BadInput, match="has begun by then"):
        writing.change(row.post, planned_at=event.starts_at + HOUR)


def test_a_planned_post_whose_event_comes_before_it_now_waits_for_a_person(
    x: Account, event: Event, now: datetime
) -> None:
    row = plan(now)
    Post.objects.update(planned_at=event.starts_at - HOUR)
    Publication.objects.update(due_at=event.starts_at - HOUR, timing="fixed")
    change(event, starts_at=event.starts_at - DAY)
    assert following.follow_one(now)
    assert (after(row).state, Post.objects.get().state) == ("cancelled", "waiting")


# In doubt


@pytest.mark.usefixtures("_billed")
def test_what_turned_out_not_to_be_there_has_cost_nothing(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    budget(x, "0.20")
    row = queued(x)
    answer(net["x"], Ambiguous)
    settle_until_quiet(now)
    assert (after(row).state, row.held, net["x"].requests) == ("published", "", 2)
    assert costs.spent(x, costs.month_of(now)) == Decimal("0.200")


def test_what_was_cancelled_after_a_lost_lease_and_is_there_after_all_says_so(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)

    def meanwhile() -> None:  # this worker hung: others found nothing, and a person cancelled it
        Publication.objects.filter(pk=row.pk).update(state="queued", claim="", lease_until=None)
        approving.cancel(row.post)

    network.before = meanwhile
    publishing.publish_one(now)
    assert after(row).state == "published"


# Pictures


def test_a_post_that_is_taken_up_again_still_gets_its_picture(
    x: Account, entry: Entry, now: datetime
) -> None:
    Account.objects.update(pictures="attach")
    Entry.objects.filter(pk=entry.pk).update(image_url="https://school.example/foto.jpg")
    entry.refresh_from_db()
    post = planning.pick(entry)
    approving.cancel(post)
    assert not illustrating.illustrate_one(now)
    approving.restore(post)
    assert Post.objects.filter(illustrate_at__lte=now, state="waiting").exists()


@pytest.mark.usefixtures("_looks")
def test_what_is_due_next_week_does_not_wait_for_its_page_yet(
    account: Account, pages: list[str], now: datetime
) -> None:
    row = queued(account)
    moving.move(row, now + 7 * DAY)
    assert "is posted on" in str(story.what_next(after(row), now))
