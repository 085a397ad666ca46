"""Accounts: the Pages and profiles that are posted on, how they are, and how to connect one."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach import networks
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.networks.base import Network
from outreach.posts.accounts import connecting, health, pausing
from outreach.posts.models import Account
from outreach.web.staff.doing import attempt
from outreach.web.staff.posts import history, publications


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every account, how it is, and what is wrong."""
    rows = [(account, networks.get(account.network)) for account in _all().order_by("network", "name")]
    return render(request, "staff/accounts.html", {"rows": rows, "networks": networks.every()})


def _all() -> QuerySet[Account]:
    """Accounts without their access keys: a page needs none, and keys that cannot be read break no page."""
    return Account.objects.defer("credentials")


@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, network: str) -> HttpResponseBase:
    """Connect a new account: a name of our own, and the network's credentials."""
    chosen = _network(network)
    if request.method != "POST":
        return _form(request, chosen)
    name = request.POST.get("name", "")
    try:
        _refuse_taken(chosen, name)
        account = connecting.connect(
            chosen.name,
            name,
            _credentials(request, chosen),
            by=request.user,
            automatic="automatic" in request.POST,
        )
    except OutreachError as error:
        return _form(request, chosen, error=error)
    attempt(request, lambda: _look(account), _("Connected."))
    return redirect("account", pk=account.pk)


@require_http_methods(["GET", "POST"])
def reconnect(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give an account new credentials; the old ones are never shown."""
    account = get_object_or_404(_all(), pk=pk)
    network = networks.get(account.network)
    if request.method != "POST":
        return _form(request, network, account)
    try:
        connecting.connect(account.network, account.name, _credentials(request, network), by=request.user)
    except OutreachError as error:
        return _form(request, network, account, error)
    attempt(request, lambda: _look(account), _("Connected again."))
    return redirect("account", pk=pk)


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account."""
    account = get_object_or_404(_all(), pk=pk)
    recent = publications().filter(account=account).order_by("-due_at")[:10]
    context = {
        "account": account,
        "network": networks.get(account.network),
        "problems": [str(one) for one in health.problems_of(account) if str(one) != str(account.reason)],
        "recent": recent,
        "history": history(account)[:20],
        "sandbox": account.network.startswith("sandbox-"),
    }
    return render(request, "staff/account.html", context)


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask the network now."""
    account = get_object_or_404(_all(), pk=pk)
    attempt(request, lambda: _look(account), _("The network answered: posting works."))
    return redirect("account", pk=pk)


def _look(account: Account) -> None:
    found = health.check(account)
    if found.problems:
        raise OutreachError(found.problems[0])


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Post nothing here until resumed; what is queued waits."""
    account = get_object_or_404(_all(), pk=pk)
    attempt(request, lambda: pausing.pause(account, request.user), _("Paused. What is queued waits."))
    return redirect("account", pk=pk)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Post here again."""
    account = get_object_or_404(_all(), pk=pk)
    attempt(request, lambda: pausing.resume(account, request.user), _("Posting goes on."))
    return redirect("account", pk=pk)


@require_POST
def automatic(request: HttpRequest, pk: int) -> HttpResponseBase:
    """New articles come here without being asked for, or not."""
    account = get_object_or_404(_all(), pk=pk)
    account.automatic = request.POST.get("automatic") == "yes"
    account.save(update_fields=["automatic"])
    said = (
        N_("New articles are posted here.") if account.automatic else N_("New articles are not posted here.")
    )
    record(account, say(said), actor=request.user)
    return redirect("account", pk=pk)


def _refuse_taken(network: Network, name: str) -> None:
    """A new account is new: the keys of one that is there are not replaced by mistake."""
    if Account.objects.filter(network=network.name, name=" ".join(name.split())).exists():
        raise BadInput(
            say(N_("This account is there already. Open it to connect it again, or choose another name.")),
            "name",
        )


def _network(name: str) -> Network:
    if name not in networks.NAMES:
        raise Http404
    return networks.get(name)


def _credentials(request: HttpRequest, network: Network) -> Mapping[str, str]:
    """What was typed, each value by its key."""
    return {one.key: request.POST.get(one.key, "") for one in network.credentials}


def _form(
    request: HttpRequest,
    network: Network,
    account: Account | None = None,
    error: OutreachError | None = None,
) -> HttpResponse:
    """Secrets are never put back into the form: a page may be kept by the browser."""
    shown = {one.key: request.POST.get(one.key, "") for one in network.credentials if not one.secret}
    context = {
        "network": network,
        "account": account,
        "shown": shown,
        "name": request.POST.get("name", ""),
        "automatic": request.method != "POST" or "automatic" in request.POST,
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
    }
    return render(request, "staff/account_connect.html", context, status=422 if error else 200)
