"""What an account may cost, as people set it."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import N_, Sentence, say
from outreach.feeds.models import Source
from outreach.posts.accounts import costs
from outreach.posts.models import Account

_MOST = Decimal(100_000)
_EXAMPLE = {2: Decimal("12.50"), 4: Decimal("0.015")}  # by the decimals that a field takes
_FIELDS = frozenset({"budget", "price_plain", "price_link", "with_links"})


def amount(text: str, field: str, places: int = 2) -> Decimal | None:
    """Dollars as typed: "20", "20.50", "0,015"; None for an empty text. Raises BadInput."""
    text = text.strip().lstrip("$").strip().replace(",", ".")
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 <= found < _MOST) or found != round(found, places):
        words = N_("“%(value)s” is not an amount in dollars; write it like 20 or %(example)s.")
        raise BadInput(say(words, value=text[:30], example=_EXAMPLE[places]), field)
    return found


def change(
    account: Account, by: Any = None, *, linkless: Iterable[Source] | None = None, **changes: Any
) -> None:
    """Set `budget`, `price_plain`, `price_link` (None: no limit, the usual price), `with_links`, and the
    sources of which no post carries its link here. Raises BadInput where posting is free.
    """
    if unknown := changes.keys() - _FIELDS:
        raise TypeError(f"an account has no {', '.join(sorted(unknown))}")
    if costs.prices_of(account) is None:
        raise BadInput(say(N_("Posting on %(account)s costs nothing."), account=account.name), "budget")
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(**changes)
        if linkless is not None:
            account.linkless.set(linkless)
        account.refresh_from_db(fields=sorted(_FIELDS))
        record(account, _said(account), actor=by)


def _said(account: Account) -> Sentence:
    if account.budget is None:
        budget = N_("No budget; posts carry their link.")
        without = N_("No budget; posts carry no link.")
        return say(budget if account.with_links else without)
    with_links = N_("Budget: %(budget)s dollars a month; posts carry their link.")
    without_links = N_("Budget: %(budget)s dollars a month; posts carry no link.")
    return say(with_links if account.with_links else without_links, budget=account.budget)
