"""Connecting an account: by logging in at its network, or with keys that are filled in; and the apps for it.

A login leaves these pages for the network's and comes back by an address (`callback`). What belongs to it is
a row, for this browser only: the address shows nothing but what the network put there.
"""

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach import networks
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.networks.base import Login, Network
from outreach.posts.accounts import app_keys, connecting, identifying, logging_in
from outreach.posts.models import Account, Handshake
from outreach.web.staff.accounts import every, look
from outreach.web.staff.doing import attempt


@require_http_methods(["GET", "POST"])
def connect(request: HttpRequest, network: str) -> HttpResponseBase:
    """Connect a new account: the ways to log in, or a name of our own and the network's credentials."""
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
    return _connected(request, account, _("Connected."))


@require_http_methods(["GET", "POST"])
def reconnect(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give an account new credentials; the old ones are never shown."""
    account = get_object_or_404(every(), pk=pk)
    network = networks.get(account.network)
    if request.method != "POST":
        return _form(request, network, account)
    try:
        connecting.connect(
            account.network,
            account.name,
            _credentials(request, network),
            by=request.user,
            other="other" in request.POST,
        )
    except OutreachError as error:
        return _form(request, network, account, error)
    return _connected(request, account, _("Connected again."))


@require_POST
def log_in(request: HttpRequest, network: str, login: str) -> HttpResponseBase:
    """Begin a login; the next page shows the way to the network."""
    chosen = _network(network)
    way = next((one for one in chosen.logins if one.name == login), None)
    if way is None:
        raise Http404
    account = _account(request.POST.get("account", ""), chosen)
    by_hand = way.pin and "pin" in request.POST
    address = "" if by_hand else settings.BASE_URL + reverse("account-callback", args=[chosen.name])
    try:
        begun = logging_in.begin(
            chosen, way, _session(request), address, account=account, automatic="automatic" in request.POST
        )
    except OutreachError as error:
        messages.error(request, str(error))
        return redirect(_start(chosen, account))
    return redirect("account-go", pk=begun.handshake.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def go(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The way to the network; and a field for who cannot be sent back: the number, or the address."""
    try:
        handshake = logging_in.under_way(pk, _session(request))
    except OutreachError as error:
        messages.error(request, str(error))
        return redirect("accounts")
    if handshake.state == Handshake.State.OPEN:
        return redirect("account-choose", pk=pk)
    if request.method != "POST":
        return _way(request, handshake)
    try:
        answer = logging_in.pasted(handshake, request.POST.get("answer", ""))
    except BadInput as error:
        return _way(request, handshake, error)
    return _answered(request, handshake, answer)


@never_cache
@require_GET
def callback(request: HttpRequest, network: str) -> HttpResponseBase:
    """Where the network sends people back to, with its answer in the address."""
    chosen, answer = _network(network), request.GET.dict()
    try:
        handshake = logging_in.came_back(chosen, answer, _session(request))
    except OutreachError as error:
        messages.error(request, str(error))
        return redirect("accounts")
    return _answered(request, handshake, answer)


@never_cache
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Which of the Pages that the login opened."""
    try:
        handshake = logging_in.under_way(pk, _session(request))
    except OutreachError as error:
        messages.error(request, str(error))
        return redirect("accounts")
    if request.method != "POST":
        return _choice(request, handshake)
    return _choose(request, handshake, request.POST.get("page", ""), other="other" in request.POST)


@require_GET
def apps(request: HttpRequest) -> HttpResponse:
    """The organisation's own apps: what is entered, and what is not."""
    return _apps(request)


@require_POST
def app(request: HttpRequest, network: str) -> HttpResponseBase:
    """Keep the keys of one app."""
    chosen = _network(network)
    if not chosen.logins:
        raise Http404
    try:
        app_keys.save(chosen, request.POST.dict(), by=request.user)
    except BadInput as error:
        return _apps(request, chosen, error)
    messages.success(request, _("Saved."))
    return redirect("account-apps")


def _answered(request: HttpRequest, handshake: Handshake, answer: Mapping[str, str]) -> HttpResponseBase:
    """Read the answer, and connect what is meant without a doubt. The address with the code is left."""
    try:
        logging_in.read(handshake, answer)
    except OutreachError as error:
        messages.error(request, str(error))
        return redirect(_start_of(handshake))
    if only := logging_in.sole(handshake):
        return _choose(request, handshake, only.remote_id)
    return redirect("account-choose", pk=handshake.pk)


def _choose(
    request: HttpRequest, handshake: Handshake, remote_id: str, *, other: bool = False
) -> HttpResponseBase:
    again = handshake.account_id is not None
    try:
        account = logging_in.choose(handshake, remote_id, by=request.user, other=other)
    except BadInput as error:
        return _choice(request, handshake, error)
    except OutreachError as error:
        messages.error(request, str(error))
        return redirect("accounts")
    return _connected(request, account, _("Connected again.") if again else _("Connected."))


def _connected(request: HttpRequest, account: Account, said: str) -> HttpResponseBase:
    attempt(request, lambda: look(account), said)
    return redirect("account", pk=account.pk)


def _start(network: Network, account: Account | None) -> str:
    if account:
        return reverse("account-reconnect", args=[account.pk])
    return reverse("account-connect", args=[network.name])


def _start_of(handshake: Handshake) -> str:
    return _start(networks.get(handshake.network), logging_in.account_of(handshake))


def _session(request: HttpRequest) -> str:
    return request.session.session_key or ""


def _account(number: str, network: Network) -> Account | None:
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    return get_object_or_404(every(), pk=int(number), network=network.name)


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


def _ways(network: Network) -> list[tuple[Login, bool]]:
    """The ways to log in, and whether the app for each is there."""
    return [(login, not app_keys.lacking(network, login)) for login in network.logins]


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
        "ways": _ways(network),
        "shown": shown,
        "name": request.POST.get("name", ""),
        "automatic": request.method != "POST" or "automatic" in request.POST,
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
    }
    return render(request, "staff/account_connect.html", context, status=422 if error else 200)


def _way(request: HttpRequest, handshake: Handshake, error: BadInput | None = None) -> HttpResponse:
    network, login = logging_in.way_of(handshake)
    context = {
        "network": network,
        "login": login,
        "address": logging_in.address_of(handshake),
        "by_hand": not handshake.address,
        "back": _start_of(handshake),
        "errors": {"answer": str(error)} if error else {},
    }
    return render(request, "staff/account_go.html", context, status=422 if error else 200)


def _choice(request: HttpRequest, handshake: Handshake, error: BadInput | None = None) -> HttpResponse:
    found = logging_in.found_by(handshake)
    known = identifying.identity(handshake.account_id) if handshake.account_id else ""
    gone = bool(known) and known not in {one.remote_id for one in found}
    chosen = request.POST.get("page", "") or (found[0].remote_id if len(found) == 1 else known)
    context = {
        "network": networks.get(handshake.network),
        "account": logging_in.account_of(handshake),
        "handshake": handshake,
        "found": found,
        "known": known,
        "gone": gone,
        "chosen": chosen,
        "ask_other": gone or (error is not None and error.field == "other"),
        "back": _start_of(handshake),
        "errors": {error.field or "form": str(error)} if error else {},
    }
    return render(request, "staff/account_choose.html", context, status=422 if error else 200)


def _apps(
    request: HttpRequest, network: Network | None = None, error: BadInput | None = None
) -> HttpResponse:
    rows = [
        {
            "network": one,
            "where": app_keys.where(one),
            "address": settings.BASE_URL + reverse("account-callback", args=[one.name]),
            "errors": {error.field or "form": str(error)} if error and one is network else {},
        }
        for one in networks.every()
        if one.logins
    ]
    return render(request, "staff/account_apps.html", {"rows": rows}, status=422 if error else 200)
