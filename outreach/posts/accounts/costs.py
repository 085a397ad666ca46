"""What posts cost: the prices, what a month has cost, and what it will.

A publication keeps its price from the moment it is sent (`Publication.cost`), so a later price changes no
month that was. Months are those of the organisation's clock. Amounts are US dollars.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet, Sum

from outreach import networks
from outreach.core import dates
from outreach.networks.base import Prices
from outreach.posts.models import Account, Post, Publication

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Month:
    """One month: from `start` up to, not including, `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Forecast:
    """One account's month in dollars. `held` waits because `budget` (None: no limit) is used up."""

    spent: Decimal
    queued: Decimal
    held: Decimal
    budget: Decimal | None

    @property
    def expected(self) -> Decimal:
        """What the month costs when all that is queued goes out."""
        return self.spent + self.queued


def prices_of(account: Account) -> Prices | None:
    """The account's own, else those of the settings, else the network's; None where posting is free."""
    known = networks.get(account.network).prices
    if known is None:
        return None
    plain, link = settings.PRICES.get(account.network, (None, None))
    return Prices(
        plain=_first(account.price_plain, plain, known.plain),
        link=_first(account.price_link, link, known.link),
    )


def price(account: Account, text: str) -> Decimal:
    """What the network bills for a post with this text."""
    prices = prices_of(account)
    if prices is None:
        return NOTHING
    return prices.link if networks.get(account.network).holds_link(text) else prices.plain


def month_of(moment: datetime) -> Month:
    """The month on the organisation's clock that `moment` is in."""
    first = dates.local(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    years, month = divmod(first.month, 12)
    return Month(first, first.replace(year=first.year + years, month=month + 1))


def spent(account: Account, month: Month) -> Decimal:
    """What was sent, or may have been. Reads the rows of that month only (index publication_charged)."""
    rows = Publication.objects.filter(
        account=account, charged_at__gte=month.start, charged_at__lt=month.end, cost__isnull=False
    )
    return rows.aggregate(sum=Sum("cost"))["sum"] or NOTHING


def forecast(account: Account, now: datetime) -> Forecast:
    """The month that `now` is in; what is overdue still goes out in it."""
    month = month_of(now)
    coming, held = (_sum(account, _until(account, month, kind)) for kind in ("", Publication.Held.BUDGET))
    return Forecast(spent(account, month), coming, held, account.budget)


def fits(publication: Publication, account: Account, now: datetime) -> bool:
    """Whether the month in which it is due has room for it, beside what is queued for that month already."""
    if account.budget is None or prices_of(account) is None:
        return True
    month = month_of(max(publication.due_at, now))
    due = _until(account, month, "").exclude(pk=publication.pk)
    if month.start > now:
        due = due.filter(due_at__gte=month.start)
    taken = spent(account, month) + _sum(account, due)
    return taken + price(account, publication.payload["text"]) <= account.budget


def is_covered(account: Account, text: str, now: datetime) -> bool:
    """Whether what is left of this month's budget pays for a post that goes out now."""
    if account.budget is None or prices_of(account) is None:
        return True
    return spent(account, month_of(now)) + price(account, text) <= account.budget


def spares_link(post: Post, account: Account) -> bool:
    """Whether `post` goes to `account` without its link, because a link costs more there."""
    if prices_of(account) is None:
        return False
    if not account.with_links or post.without_link:
        return True
    return post.entry is not None and account.linkless.filter(pk=post.entry.source_id).exists()


def _until(account: Account, month: Month, held: str) -> QuerySet[Publication]:
    rows = Publication.objects.filter(account=account, state=Publication.State.QUEUED, held=held)
    return rows.filter(due_at__lt=month.end, post__state=Post.State.APPROVED)


def _sum(account: Account, rows: QuerySet[Publication]) -> Decimal:
    payloads = rows.values_list("payload", flat=True)
    return sum((price(account, payload["text"]) for payload in payloads), NOTHING)


def _first(*amounts: Decimal | None) -> Decimal:
    return next(amount for amount in amounts if amount is not None)
