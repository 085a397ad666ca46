"""What staff do with those whom a search finds: put a tag on them, or keep the search as a segment."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from outreach.core import clock
from outreach.core.sentences import Sentence, say_many
from outreach.subscribers import marking, searching, tagging
from outreach.subscribers.models import Segment, Subscriber, Tagging
from outreach.web.staff.doing import attempt


@require_POST
def tag(request: HttpRequest) -> HttpResponseBase:
    """Put a tag on everybody found, or take it off."""

    begun: list[Tagging] = []

    def act() -> Sentence | None:
        wanted, off = searching.Filter.read(request.POST.dict()), "off" in request.POST
        job = marking.begin(wanted, request.POST.get("word", ""), off=off)
        begun.append(job)
        # Of a thousand people nobody need wait for a worker; of more this is the beginning.
        marking.tag_some(clock.now(), job.pk, most=marking.BATCH)
        job.refresh_from_db()
        return said(job) if job.state == job.State.DONE else None

    attempt(request, act)
    if begun and begun[0].state != Tagging.State.DONE:
        return redirect("subscribers-tagging", pk=begun[0].pk)
    return _back(request)


@require_GET
def tagging_(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a tag is that many people get; asked for every two seconds while it moves."""
    job = get_object_or_404(Tagging, pk=pk)
    if not request.headers.get("HX-Request"):
        return render(request, "staff/subscribers_tagging.html", _far(job))
    response = render(request, "staff/subscribers_tagging_progress.html", _far(job))
    if job.state == Tagging.State.DONE:
        response["HX-Refresh"] = "true"
    return response


def said(job: Tagging) -> Sentence:
    """How a tagging went."""
    if job.off:
        return say_many("Taken off %(count)s person.", "Taken off %(count)s people.", job.done)
    return say_many("Put on %(count)s person.", "Put on %(count)s people.", job.done)


def _far(job: Tagging) -> dict[str, Any]:
    return {"job": job, "moving": job.state != Tagging.State.DONE, "said": said(job)}


@require_POST
def keep(request: HttpRequest) -> HttpResponseBase:
    """Keep what was searched for as a segment."""

    def act() -> None:
        searching.keep(request.POST.get("name", ""), searching.Filter.read(request.POST.dict()))

    attempt(request, act, _("Kept. You find it above the list."))
    return _back(request)


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Throw a segment away; nothing happens to its people."""
    attempt(request, get_object_or_404(Segment, pk=pk).delete, _("The segment is gone; its people stay."))
    return redirect("subscribers")


@require_POST
def tag_one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put tags on one person, or take one off."""
    get_object_or_404(Subscriber, pk=pk)

    def act() -> None:
        if "off" in request.POST:
            tagging.change([pk], request.POST["off"], off=True)
            tagging.tidy(request.POST["off"])
        for word in tagging.words(request.POST.get("word", "")):
            tagging.change([pk], word)

    attempt(request, act, _("Saved."))
    return redirect("subscriber", pk=pk)


def _back(request: HttpRequest) -> HttpResponseBase:
    """To the list as it was searched. Where that cannot be read, its page says so."""
    kept = ("search", "topic", "language", "tag", "state", "since", "before")
    query = "&".join(f"{name}={quote(request.POST.get(name, ''))}" for name in kept if request.POST.get(name))
    return redirect(f"{reverse('subscribers')}?{query}")
