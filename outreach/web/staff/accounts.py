"""Accounts: the Pages and profiles that are posted on, how they are, and how to connect one."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from outreach import networks
from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.posts.accounts import health, pausing, timing
from outreach.posts.models import Account
from outreach.web.staff import account_costs, account_hours
from outreach.web.staff.doing import attempt
from outreach.web.staff.posts import history, publications


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every account, how it is, and what is wrong."""
    rows = [(account, networks.get(account.network)) for account in every().order_by("network", "name")]
    costs = {account.pk: account_costs.of(account) for account, _network in rows}
    context = {"rows": rows, "networks": networks.every(), "costs": costs}
    return render(request, "staff/accounts.html", context)


def every() -> QuerySet[Account]:
    """Accounts without their access keys: a page needs none, and keys that cannot be read break no page."""
    return Account.objects.defer("credentials")


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account."""
    account = get_object_or_404(every(), pk=pk)
    recent = publications().filter(account=account).order_by("-due_at")[:10]
    now = clock.now()
    rests = timing.rests_until(account, now)
    context = {
        "account": account,
        "network": networks.get(account.network),
        "problems": [str(one) for one in health.problems_of(account) if str(one) != str(account.reason)],
        "costs": account_costs.of(account),
        "recent": recent,
        "rests": rests if rests > now else None,
        "hours": account_hours.summary(account),
        "history": history(account)[:20],
        "sandbox": account.network.startswith("sandbox-"),
    }
    return render(request, "staff/account.html", context)


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask the network now."""
    account = get_object_or_404(every(), pk=pk)
    attempt(request, lambda: look(account), _("The network answered: posting works."))
    return redirect("account", pk=pk)


def look(account: Account) -> None:
    """Ask the network how the account is. Raises OutreachError with the first thing that is wrong."""
    found = health.check(account)
    if found.problems:
        raise OutreachError(found.problems[0])


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Post nothing here until resumed; what is queued waits."""
    account = get_object_or_404(every(), pk=pk)
    attempt(request, lambda: pausing.pause(account, request.user), _("Paused. What is queued waits."))
    return redirect("account", pk=pk)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Post here again."""
    account = get_object_or_404(every(), pk=pk)
    attempt(request, lambda: pausing.resume(account, request.user), _("Posting goes on."))
    return redirect("account", pk=pk)


@require_POST
def automatic(request: HttpRequest, pk: int) -> HttpResponseBase:
    """New articles come here without being asked for, or not."""
    account = get_object_or_404(every(), pk=pk)
    account.automatic = request.POST.get("automatic") == "yes"
    account.save(update_fields=["automatic"])
    said = (
        N_("New articles are posted here.") if account.automatic else N_("New articles are not posted here.")
    )
    record(account, say(said), actor=request.user)
    messages.success(request, _(said))
    return redirect("account", pk=pk)
