"""Subscribers: finding one among many, adding one, and what is known of one."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.newsletters.models import Newsletter
from outreach.subscribers import joining, lists, tokens
from outreach.subscribers.exporting import export_csv
from outreach.subscribers.models import Subscriber
from outreach.web.staff.doing import attempt
from outreach.web.staff.posts import history

_SIZE = 50


@dataclass(frozen=True)
class Part:
    """Some subscribers in the order of their addresses; `after` is where the next part begins."""

    rows: list[Subscriber]
    after: str = ""


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All subscribers by address; a search finds those whose address begins with what was typed."""
    search = request.GET.get("search", "").strip()
    context: dict[str, Any] = {"search": search, "part": find(search, request.GET.get("after", ""))}
    if request.headers.get("HX-Request"):
        return render(request, "staff/subscribers_list.html", context)
    newsletters = [(one, lists.counts(one.topic)) for one in Newsletter.objects.all()]
    context.update(newsletters=newsletters, after=request.GET.get("after", ""))
    return render(request, "staff/subscribers.html", context)


def find(search: str, after: str = "", size: int = _SIZE) -> Part:
    """The subscribers whose address begins with `search`, those that come behind `after` only.

    Goes on from the last address shown instead of counting off: page 2,000 costs what page 1 costs.
    """
    found = Subscriber.objects.filter(address_key__startswith=search.lower()).order_by("address_key")
    if after:
        found = found.filter(address_key__gt=after)
    rows = list(found[: size + 1])
    return Part(rows[:size], rows[size - 1].address_key if len(rows) > size else "")


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscriber: wishes, consents, mails that did not arrive."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    names = dict(Newsletter.objects.values_list("topic", "name"))
    context = {
        "subscriber": subscriber,
        "names": names,
        "subscriptions": subscriber.subscriptions.order_by("asked_at"),
        "consents": subscriber.consents.all(),
        "bounces": subscriber.bounces.all()[:50],
        "deliveries": subscriber.deliveries.select_related("issue__newsletter").order_by("-id")[:20],
        "suppressed": lists.is_suppressed(subscriber.address),
        "history": history(subscriber),
    }
    return render(request, "staff/subscriber.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """Add somebody who said yes outside of these pages, with the words they agreed to."""
    if request.method != "POST":
        return _form(request)
    try:
        newsletter = newsletter_of(request.POST.get("newsletter", ""))
        subscriber = joining.add(
            newsletter.topic,
            request.POST.get("address", ""),
            name=request.POST.get("name", "").strip(),
            language=newsletter.language,
            how="added by staff",
            wording=wording_of(request),
        ).subscriber
    except OutreachError as error:
        return _form(request, error)
    attempt(
        request, lambda: None, _("%(address)s gets the newsletter from now on.") % {"address": subscriber}
    )
    return redirect("subscriber", pk=subscriber.pk)


def newsletter_of(pk: str) -> Newsletter:
    """The newsletter that a form names. Raises BadInput."""
    found = (
        Newsletter.objects.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    )
    if found is None:
        raise BadInput(say(N_("Choose a newsletter.")), "newsletter")
    return found


def wording_of(request: HttpRequest) -> str:
    """What the person agreed to. Raises BadInput: without it there is no proof of consent."""
    wording = request.POST.get("wording", "").strip()
    if not wording:
        raise BadInput(
            say(N_("Write down what the person agreed to. It is kept as the proof of consent.")), "wording"
        )
    return wording


def _form(request: HttpRequest, error: OutreachError | None = None) -> HttpResponse:
    context = {
        "newsletters": Newsletter.objects.all(),
        "typed": typed(request),
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
        "languages": settings.LANGUAGES,
    }
    return render(request, "staff/subscriber_add.html", context, status=422 if error else 200)


def typed(request: HttpRequest) -> dict[str, str]:
    """What stands in the fields: as it was sent; at first, the newsletter that a link chose."""
    empty = {"address": "", "name": "", "wording": "", "newsletter": request.GET.get("newsletter", "")}
    return {**empty, **{name: str(value) for name, value in request.POST.items()}}


@require_POST
def unsubscribe(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Somebody asked staff to be taken off a newsletter."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    topic = request.POST.get("topic", "")
    get_object_or_404(subscriber.subscriptions, topic=topic)
    attempt(request, lambda: _take_off(request, subscriber, topic), _("Taken off the list."))
    return redirect("subscriber", pk=pk)


def _take_off(request: HttpRequest, subscriber: Subscriber, topic: str) -> None:
    with transaction.atomic():
        joining.leave(tokens.unsubscribe_token(subscriber, topic))
        record(subscriber, say(N_("Staff took this person off the list, as asked.")), actor=request.user)


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All subscriptions as a file for a spreadsheet, written while it is read."""
    headers = {"Content-Disposition": 'attachment; filename="subscribers.csv"'}
    return StreamingHttpResponse(
        export_csv(request.GET.get("topic", "")), content_type="text/csv; charset=utf-8", headers=headers
    )


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Erase everything about somebody who asks for it."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    attempt(request, lambda: lists.erase(subscriber), _("Forgotten. No import brings this address back."))
    return redirect("subscribers")
