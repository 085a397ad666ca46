"""What an account costs: this month so far, what is queued, and the budget."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from outreach.core import clock
from outreach.core.amounts import written
from outreach.core.errors import BadInput
from outreach.feeds.models import Source
from outreach.networks.base import Prices
from outreach.posts.accounts import budgeting, costs
from outreach.posts.accounts.costs import Forecast
from outreach.posts.models import Account
from outreach.web.staff.doing import attempt, chosen

_WIDE = 100  # units of the bar
_AMOUNTS = ("budget", "price_plain", "price_link")
_FIELDS = (*_AMOUNTS, "with_links")


@dataclass(frozen=True)
class Costs:
    """A month in numbers, and as a bar: where each part begins, how wide it is, and where the budget ends."""

    forecast: Forecast
    prices: Prices
    parts: tuple[tuple[str, float, float], ...]
    budget_at: float | None


def of(account: Account) -> Costs | None:
    """The month of `account`; None where posting is free."""
    prices = costs.prices_of(account)
    if prices is None:
        return None
    found = costs.forecast(account, clock.now())
    amounts = (("spent", found.spent), ("queued", found.queued), ("held", found.held))
    whole = max(found.expected + found.held, found.budget or Decimal(0)) or Decimal(1)
    parts, at = [], 0.0
    for name, amount in amounts:
        width = float(amount / whole * _WIDE)
        parts.append((name, round(at, 2), round(width, 2)))
        at += width
    budget_at = None if found.budget is None else round(float(found.budget / whole * _WIDE), 2)
    return Costs(found, prices, tuple(parts), budget_at)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The budget, the prices, and where links are left out."""
    account = get_object_or_404(Account.objects.defer("credentials"), pk=pk)
    if costs.prices_of(account) is None:
        raise Http404
    if request.method != "POST":
        return _page(request, account, _shown(account))
    try:
        values = _read(request)
    except BadInput as error:
        return _page(request, account, dict.fromkeys(_FIELDS, "") | request.POST.dict(), error)
    linkless = Source.objects.filter(pk__in=chosen(request.POST.getlist("linkless")))
    attempt(
        request,
        lambda: budgeting.change(account, request.user, linkless=linkless, **values),
        _("Saved. What is approved already keeps its text."),
    )
    return redirect("account", pk=pk)


def _read(request: HttpRequest) -> dict[str, Any]:
    return {
        "budget": budgeting.amount(request.POST.get("budget", ""), "budget"),
        "price_plain": budgeting.amount(request.POST.get("price_plain", ""), "price_plain", 4),
        "price_link": budgeting.amount(request.POST.get("price_link", ""), "price_link", 4),
        "with_links": "with_links" in request.POST,
    }


def _shown(account: Account) -> dict[str, str]:
    """What stands in the fields."""
    amounts = {name: getattr(account, name) for name in _AMOUNTS}
    shown = {name: "" if amount is None else written(amount) for name, amount in amounts.items()}
    return shown | {"with_links": "yes" if account.with_links else ""}


def _page(
    request: HttpRequest, account: Account, shown: dict[str, Any], error: BadInput | None = None
) -> HttpResponse:
    ticked = (
        chosen(request.POST.getlist("linkless"))
        if error
        else list(account.linkless.values_list("pk", flat=True))
    )
    context = {
        "account": account,
        "costs": of(account),
        "shown": shown,
        "sources": Source.objects.order_by("name"),
        "ticked": ticked,
        "errors": dict.fromkeys(_FIELDS, "") | ({error.field: str(error)} if error else {}),
    }
    return render(request, "staff/account_costs.html", context, status=422 if error else 200)
