"""What posts cost: prices, a month's budget, what waits for money, and posts without their link."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from outreach.core import clock
from outreach.feeds.models import Entry
from outreach.networks.base import Prices
from outreach.networks.errors import Ambiguous, Budget, NotSent, Rejected
from outreach.notices.models import Notice
from outreach.posts import approving, holding, writing
from outreach.posts.accounts import costs
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, FakeX
from tests.posts.steps import DAY, HOUR, after, answer, queued

pytestmark = pytest.mark.django_db

PLAIN, LINK = Decimal("0.015"), Decimal("0.200")


@pytest.fixture(autouse=True)
def _billed(net: dict[str, Fake], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeX, "prices", Prices(PLAIN, LINK), raising=False)


def send(now: datetime) -> None:
    with clock.frozen(now):
        while publishing.publish_one(now) or publishing.settle_one(now) or holding.release_one(now):
            now += timedelta(seconds=31)


def spent(x: Account, now: datetime) -> Decimal:
    return costs.spent(x, costs.month_of(now))


def plain(x: Account, text: str) -> Publication:
    post = writing.write(text=text, accounts=[x], language="nl")
    approving.approve(post)
    return post.publications.get()


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("Welkom allemaal", PLAIN),
        ("Lees meer op https://school.example/nieuws", LINK),
        ("Lees meer op school.be", LINK),
        ("mail naar info@school.be", PLAIN),
        ("om 9.30 uur", PLAIN),
    ],
)
def test_a_text_with_a_web_address_costs_more(x: Account, text: str, price: Decimal) -> None:
    assert costs.price(x, text) == price


def test_the_accounts_own_prices_go_before_the_settings_and_those_before_the_networks(
    x: Account, facebook: Account, settings: Any
) -> None:
    settings.PRICES = {"x": (Decimal("0.02"), None)}
    assert costs.prices_of(x) == Prices(Decimal("0.02"), LINK)
    x.price_link = Decimal("0.5")
    assert costs.prices_of(x) == Prices(Decimal("0.02"), Decimal("0.5"))
    assert costs.prices_of(facebook) is None
    assert costs.price(facebook, "https://school.example") == 0


def test_months_are_those_of_the_organisations_clock() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight of New Year in Brussels
    month = costs.month_of(late)
    assert month.start.astimezone(UTC) == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    assert month.end.astimezone(UTC) == datetime(2027, 1, 31, 23, 0, tzinfo=UTC)
    march = costs.month_of(datetime(2026, 3, 10, tzinfo=UTC))  # the clock changes in it
    assert march.start.astimezone(UTC) == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert march.end.astimezone(UTC) == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)


def test_what_was_sent_keeps_the_price_of_that_day(x: Account, now: datetime, settings: Any) -> None:
    row = queued(x)
    send(now)
    settings.PRICES = {"x": (Decimal(1), Decimal(1))}
    assert after(row).cost == LINK
    assert spent(x, now) == LINK
    assert spent(x, now + 31 * DAY) == 0


@pytest.mark.parametrize("kind", [Rejected, NotSent, Budget])
def test_what_is_proven_not_to_be_there_costs_nothing(
    x: Account, net: dict[str, Fake], now: datetime, kind: type
) -> None:
    answer(net["x"], kind)
    row = queued(x)
    assert publishing.publish_one(now)
    assert (after(row).cost, spent(x, now)) == (None, 0)


def test_what_is_in_doubt_counts(x: Account, net: dict[str, Fake], now: datetime) -> None:
    answer(net["x"], Ambiguous, accepted=True)
    row = queued(x)
    assert publishing.publish_one(now)
    assert (after(row).state, spent(x, now)) == ("unknown", LINK)
    send(now + HOUR)
    assert (after(row).state, spent(x, now)) == ("published", LINK)


def test_a_send_that_was_killed_counts_until_it_is_known(x: Account, now: datetime) -> None:
    row = queued(x)
    Publication.objects.filter(pk=row.pk).update(state="sending", cost=LINK, charged_at=now)
    assert spent(x, now) == LINK


def test_beyond_the_budget_a_post_waits_and_goes_out_in_the_new_month(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    Account.objects.update(budget=Decimal("0.30"))
    x.refresh_from_db()
    end = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
    with clock.frozen(end):
        first, second = queued(x, "Een"), queued(x, "Twee")
    assert (after(first).held, after(second).held) == ("", "budget")
    assert "0.30 dollars" in str(after(second).reason)
    send(end)
    send(end + HOUR)
    assert (after(first).state, after(second).state) == ("published", "queued")
    send(end + DAY)
    assert (after(second).state, len(net["x"].posts)) == ("published", 2)


def test_a_higher_budget_lets_go_what_waits_oldest_first(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    Account.objects.update(budget=Decimal(0))
    rows = [queued(x, text) for text in ("Een", "Twee", "Drie")]
    send(now)
    assert net["x"].posts == []
    Account.objects.update(budget=Decimal("0.45"))
    send(now + HOUR)
    assert [after(row).state for row in rows] == ["published", "published", "queued"]
    Account.objects.update(budget=None)
    send(now + 2 * HOUR)
    assert after(rows[2]).state == "published"


def test_what_still_fits_does_not_wait_for_what_does_not(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    Account.objects.update(budget=Decimal("0.05"))
    x.refresh_from_db()
    dear, cheap = queued(x), plain(x, "Zonder link")
    send(now)
    assert (after(dear).held, after(cheap).state) == ("budget", "published")


def test_the_budget_is_looked_at_again_when_it_is_sent(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    row = queued(x)
    Account.objects.update(budget=Decimal("0.10"))
    send(now)
    assert (after(row).held, net["x"].posts) == ("budget", [])


def test_staff_are_told_once_that_the_budget_is_used_up(x: Account, now: datetime) -> None:
    Account.objects.update(budget=Decimal("0.10"))
    x.refresh_from_db()
    for text in ("Een", "Twee", "Drie"):
        queued(x, text)
    send(now)
    assert [str(one.title) for one in Notice.objects.all()] == ["The budget of Leraren op X is used up"]


def test_what_is_planned_for_next_month_is_paid_by_that(x: Account, now: datetime) -> None:
    Account.objects.update(budget=Decimal("0.20"))
    x.refresh_from_db()
    assert after(queued(x)).held == ""
    later = writing.write(
        text="Later https://a.example", accounts=[x], language="nl", planned_at=now + 40 * DAY
    )
    approving.approve(later)
    assert later.publications.get().held == ""


def test_the_forecast_tells_what_was_spent_what_is_queued_and_what_waits(x: Account, now: datetime) -> None:
    queued(x, "Een")
    send(now)
    plain(x, "Zonder link")
    Account.objects.update(budget=Decimal("0.30"))
    x.refresh_from_db()
    queued(x, "Twee")
    found = costs.forecast(x, now)
    assert (found.spent, found.queued, found.held) == (LINK, PLAIN, LINK)
    assert (found.budget, found.expected) == (Decimal("0.30"), LINK + PLAIN)


def text_of(post: Post, account: Account) -> str:
    [shown] = [one for one in approving.preview(post) if one.account == account]
    return shown.text


@pytest.mark.parametrize("how", ["account", "source", "post"])
def test_a_link_that_costs_is_left_out_where_that_is_wished(
    x: Account, make_entry: Callable[..., Entry], now: datetime, how: str
) -> None:
    entry = make_entry()
    post = Post.objects.create(kind="entry", entry=entry, state="waiting", language="nl")
    post.accounts.add(x)
    assert "https://" in text_of(post, x)
    if how == "account":
        Account.objects.update(with_links=False)
    elif how == "source":
        x.linkless.add(entry.source)
    else:
        Post.objects.update(without_link=True)
    post = Post.objects.get()
    assert "https://" not in text_of(post, x)
    approving.approve(post)
    send(now)
    assert post.publications.get().cost == PLAIN


def test_the_link_stays_where_it_costs_nothing(
    x: Account, facebook: Account, make_entry: Callable[..., Entry]
) -> None:
    Account.objects.update(with_links=False)
    post = Post.objects.create(kind="entry", entry=make_entry(), state="waiting", language="nl")
    post.accounts.add(Account.objects.get(pk=facebook.pk))
    [shown] = approving.preview(post)
    assert shown.link


def test_the_link_of_staffs_own_post_is_left_out_too_but_not_one_in_their_words(x: Account) -> None:
    Account.objects.update(with_links=False)
    post = writing.write(text="Kom", link="https://a.example/kom", accounts=[x], language="nl")
    assert text_of(post, x) == "Kom"
    written = writing.write(text="Zie b.example/x", link="https://a.example/kom", accounts=[x], language="nl")
    assert text_of(written, x) == "Zie b.example/x"


@pytest.mark.once  # SQLite says which index it takes; PostgreSQL reads so few rows without one
def test_the_sum_of_a_month_reads_that_month_only(x: Account, now: datetime) -> None:
    row = queued(x)
    send(now)
    month = costs.month_of(now)
    rows = Publication.objects.filter(account=x, charged_at__gte=month.start, charged_at__lt=month.end)
    plan = rows.filter(cost__isnull=False).explain()
    assert after(row).cost == LINK
    assert "publication_charged" in plan
