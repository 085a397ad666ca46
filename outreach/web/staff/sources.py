"""Sources: the feeds that are watched."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.models import Activity, record, subject_of
from outreach.core.sentences import N_, Sentence, say
from outreach.feeds import holding, polling
from outreach.feeds.discovering import Offer
from outreach.feeds.models import Source
from outreach.feeds.sources import NotAFeed, add_source
from outreach.newsletters.models import Newsletter
from outreach.posts import fates
from outreach.web.staff.doing import attempt, chosen
from outreach.web.staff.refreshing import answer, part
from outreach.web.staff.source_forms import AddForm, EditForm

_SHOWN = 20
_LIVE = "staff/source_state.html"
_RELEASES = {"old": holding.release_as_old, "post": holding.release_to_post}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All sources."""
    month = Q(entries__first_seen_at__gte=clock.now() - timedelta(days=30))
    rows = Source.objects.annotate(lately=Count("entries", filter=month))
    return render(request, "staff/sources.html", {"rows": [(row, state_of(row)) for row in rows]})


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """By pasting an address. A web page instead of a feed: the feeds that it names are offered."""
    form = AddForm(request.POST or None)
    offered: list[Offer] = []
    if request.method == "POST" and form.is_valid():
        chosen = {"url": request.POST["offered"]} if request.POST.get("offered") else {}
        try:
            source = add_source(**(form.cleaned_data | chosen))
        except NotAFeed as error:
            offered = error.offers
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("The website is watched from now on. Nothing that is there is posted.")
            )
            return redirect("source", pk=source.pk)
    first = next((offer for offer in offered if not offer.watched), None)
    context = {"form": form, "offered": offered, "first": first}
    return render(request, "staff/source_add.html", context, status=422 if form.errors else 200)


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: its state, what it showed, what happened."""
    source = get_object_or_404(Source, pk=pk)
    lines = Activity.objects.filter(subject=subject_of(source)).select_related("actor")
    context = {
        **_state(source),
        "live": part(reverse("source-state", args=[pk]), _LIVE, _state(source)),
        "entries": list(source.entries.prefetch_related("posts__publications")[:_SHOWN]),
        "state_of": fates.state_of,
        "newsletters": list(source.newsletters.filter(active=True)),
        "others": list(Newsletter.objects.filter(active=True)),
        "rules": source.rules.count(),
        "history": list(lines.order_by("-at", "-pk")[:30]),
    }
    return render(request, "staff/source.html", context)


@require_GET
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that refreshes itself."""
    source = get_object_or_404(Source, pk=pk)
    return answer(request, reverse("source-state", args=[pk]), _LIVE, _state(source))


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Name, way of posting, pace."""
    source = get_object_or_404(Source, pk=pk)
    current = {name: getattr(source, name) for name in EditForm.base_fields}
    current["agenda_categories"] = ", ".join(source.agenda_categories)
    current["hashtags"] = "\n".join(f"{name} = {tag}" for name, tag in source.hashtags.items())
    form = EditForm(request.POST if request.method == "POST" else None, initial=current)
    if request.method == "POST" and form.is_valid():
        # Only these columns: a look at the feed may be writing the others now.
        Source.objects.filter(pk=pk).update(**form.cleaned_data)
        if {"agenda", "agenda_categories"} & set(form.changed_data):
            polling.look_anew(source)
        if form.changed_data:
            record(source, say(N_("The settings of the source were changed.")), actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("source", pk=pk)
    context = {"source": source, "form": form}
    return render(request, "staff/source_edit.html", context, status=422 if form.errors else 200)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Do not look at it any more, until resumed."""
    return _switch(request, pk, say(N_("The source was paused: it is not looked at.")), active=False)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Look at it again."""
    sentence = say(N_("The source was resumed."))
    return _switch(request, pk, sentence, active=True, next_poll_at=clock.now())


@require_POST
def look_now(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make it due: a worker looks within seconds. The page itself fetches nothing."""
    source = get_object_or_404(Source, pk=pk, active=True)
    Source.objects.filter(pk=source.pk).update(next_poll_at=clock.now())
    messages.success(request, _("It is looked at within a few seconds."))
    return redirect("source", pk=pk)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What is held back is old, or it is to be posted: said of those that the page showed."""
    source = get_object_or_404(Source, pk=pk)
    act, upto = _RELEASES.get(request.POST.get("answer", "")), chosen(request.POST.getlist("upto"))
    if act is None or not upto:
        messages.error(request, _("Say whether the articles are old or are to be posted."))
    else:
        attempt(request, lambda: act(source, request.user, upto[0]))
    return redirect("source", pk=pk)


def state_of(source: Source) -> str:
    """One word for a source: paused, held, problem or active."""
    if not source.active:
        return "paused"
    if source.held_at:
        return "held"
    return "problem" if source.problem else "active"


def _state(source: Source) -> dict[str, Any]:
    waiting = holding.waiting(source)
    now = clock.now()
    return {
        "source": source,
        "state": state_of(source),
        "waiting": waiting[:_SHOWN],
        "held": len(waiting),
        "upto": max((entry.pk for entry in waiting), default=0),
        "due": source.active and source.next_poll_at <= now,
    }


def _switch(request: HttpRequest, pk: int, sentence: Sentence, **changes: Any) -> HttpResponseBase:
    source = get_object_or_404(Source, pk=pk)
    if Source.objects.filter(pk=pk).exclude(active=changes["active"]).update(**changes):
        record(source, sentence, actor=request.user)
    messages.success(request, str(sentence))
    return redirect("source", pk=pk)
