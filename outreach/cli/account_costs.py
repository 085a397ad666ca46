"""What an account may cost, read from options, and told."""

from typing import Any

from django.utils.translation import gettext as _

from outreach.cli import finding, output
from outreach.core import amounts, clock
from outreach.feeds.models import Source
from outreach.posts.accounts import budgeting, costs
from outreach.posts.models import Account

_NONE = "none"
_AMOUNTS = {"budget": 2, "price_plain": 4, "price_link": 4}


def change(
    account: Account, given: dict[str, str | None], with_links: bool | None, sources: list[str]
) -> None:
    """Change what is given and leave the rest as it is. Raises BadInput, naming the option."""
    changes: dict[str, Any] = {
        name: budgeting.amount("" if text == _NONE else text, name.replace("_", "-"), _AMOUNTS[name])
        for name, text in given.items()
        if text is not None
    }
    if with_links is not None:
        changes["with_links"] = with_links
    linkless = None
    if sources:
        named = [one for one in sources if one != _NONE]
        linkless = [finding.one(Source.objects.all(), one, "no-links-from", "name") for one in named]
    if changes or linkless is not None:
        budgeting.change(account, linkless=linkless, **changes)


def show(account: Account) -> None:
    """The prices, the budget, and what this month costs."""
    prices = costs.prices_of(account)
    if prices is None:
        return output.done(_("Posting on %(name)s costs nothing.") % {"name": account.name}, id=account.pk)
    found = costs.forecast(account, clock.now())
    facts = {
        "budget": found.budget,
        "spent": found.spent,
        "queued": found.queued,
        "held": found.held,
        "price_plain": prices.plain,
        "price_link": prices.link,
    }
    without = [source.name for source in account.linkless.all()]
    if output.wants_json():
        said = {"id": account.pk, "name": account.name, "with_links": account.with_links, "linkless": without}
        return output.machine(said | facts)
    print(_("%(name)s, this month, in US dollars") % {"name": account.name})
    for words, value in (
        (_("Budget:"), _("none") if found.budget is None else amounts.written(found.budget)),
        (_("Spent:"), amounts.written(found.spent)),
        (_("Queued:"), amounts.written(found.queued)),
        (_("Waits for money:"), amounts.written(found.held)),
        (_("A post:"), amounts.written(prices.plain)),
        (_("A post with a link:"), amounts.written(prices.link)),
        (_("Posts carry their link:"), _("yes") if account.with_links else _("no")),
        (_("Never of these sources:"), ", ".join(without) or _("none")),
    ):
        print(f"  {words} {value}")
    return None
