"""Subscribers: finding one among many, adding one, and what is known of one."""

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
from outreach.newsletters.personal.erasing import erase
from outreach.subscribers import bounces, choosing, joining, lists, searching, tokens
from outreach.subscribers.exporting import export_csv
from outreach.subscribers.models import Segment, Subscriber, Tag, Tagging
from outreach.web.staff.doing import attempt
from outreach.web.staff.posts import history

_TAGS = 200


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All subscribers by address, or those that a search and a filter find."""
    context = listed(request)
    if request.headers.get("HX-Request"):
        return render(request, "staff/subscribers_list.html", context)
    newsletters = [(one, lists.counts_lately(one.topic)) for one in Newsletter.objects.all()]
    context.update(
        newsletters=newsletters,
        topics={one.topic: one.name for one, _counts in newsletters},
        languages=settings.LANGUAGES,
        states=Subscriber.State.values,
        tags=Tag.objects.all()[:_TAGS],
        segments=Segment.objects.all(),
        taggings=Tagging.objects.filter(state=Tagging.State.WORKING),
    )
    return render(request, "staff/subscribers.html", context, status=422 if context["errors"] else 200)


def listed(request: HttpRequest) -> dict[str, Any]:
    """What the address asks for; nobody where it cannot be read."""
    after = request.GET.get("after", "")
    try:
        wanted = searching.Filter.read(request.GET.dict())
        part, errors = searching.part(wanted, after), {}
    except BadInput as error:
        wanted, part = searching.Filter(search=request.GET.get("search", "")), searching.Part([])
        errors = {error.field: str(error)}
    filtered = set(wanted.wanted()) - {"search"}
    return {"wanted": wanted, "part": part, "after": after, "errors": errors, "filtered": bool(filtered)}


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscriber: wishes, consents, mails that did not arrive."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    names = {**dict(Newsletter.objects.values_list("topic", "name")), choosing.TRACKING: _("being counted")}
    context = {
        "subscriber": subscriber,
        "names": names,
        "subscriptions": subscriber.subscriptions.order_by("asked_at"),
        "consents": subscriber.consents.all(),
        "bounces": subscriber.bounces.all()[:50],
        "deliveries": subscriber.deliveries.select_related("issue__newsletter").order_by("-id")[:20],
        "tags": subscriber.tags.all(),
        "aliases": subscriber.aliases.all(),
        "suppressed": lists.is_suppressed_key(subscriber.address_key),
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
def export(request: HttpRequest) -> HttpResponseBase:
    """Those that a search and a filter find, as a file for a spreadsheet, written while it is read."""
    try:
        wanted = searching.Filter.read(request.GET.dict())
    except BadInput as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=422)
    headers = {"Content-Disposition": 'attachment; filename="subscribers.csv"'}
    return StreamingHttpResponse(export_csv(wanted), content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Erase everything about somebody who asks for it."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    attempt(request, lambda: erase(subscriber), _("Forgotten. No import brings this address back."))
    return redirect("subscribers")


@require_POST
def mail_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Somebody says that their mailbox works again, or that the complaint was a mistake."""
    subscriber = get_object_or_404(Subscriber, pk=pk)
    done = _("This address may be mailed again.")
    attempt(request, lambda: bounces.take_back(subscriber, request.user), done)
    return redirect("subscriber", pk=pk)
