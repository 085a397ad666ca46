"""Entries: what the website published, what became of each, and why."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import N_, say
from outreach.feeds import choosing, events
from outreach.feeds.models import Entry, Source
from outreach.newsletters.content import reasons
from outreach.posts import fates, planning, resharing
from outreach.posts.models import Post
from outreach.web.staff.doing import attempt, page_of

_CHANGES = 5
ORIGINS = {
    "staff": gettext_lazy("as staff said"),
    "calendar": gettext_lazy("read in the website’s calendar"),
    "page": gettext_lazy("read in the data of its page"),
    "feed": gettext_lazy("read in the data of the feed"),
    "time": gettext_lazy("a date that the page marks"),
    "date": gettext_lazy("the date of publication, for this feed announces events"),
    "text": gettext_lazy("read in its text"),
}
TABS = {
    "all": gettext_lazy("All"),
    "new": gettext_lazy("New"),
    "planned": gettext_lazy("Became a post"),
    "ignored": gettext_lazy("Ignored"),
}


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The list, by state, source and words."""
    asked = request.GET
    tab = asked.get("state", "") if asked.get("state", "") in TABS else "all"
    words, source = asked.get("search", "").strip(), asked.get("source", "")
    page = page_of(_found(tab, words, source), asked.get("page", ""))
    context = {
        "tabs": TABS,
        "tab": tab,
        "search": words,
        "source": source,
        "sources": list(Source.objects.all()),
        "page": page,
        "event_of": events.event_of,
        "state_of": fates.state_of,
        "counts": {"new": Entry.objects.filter(state=Entry.State.NEW)[:100].count()},
    }
    return render(request, "staff/entries.html", context)


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry, its posts, and its decision log."""
    entry = get_object_or_404(Entry.objects.select_related("source", "event", "like"), pk=pk)
    context = {
        "entry": entry,
        "state": fates.state_of(entry),
        "next": fates.what_next(entry, clock.now()),
        "event": events.event_of(entry),
        "perhaps": _perhaps(entry),
        "spoken": events.spoken,
        "origin": ORIGINS,
        "changes": list(entry.changes.all()[:_CHANGES]),
        "posts": list(entry.posts.prefetch_related("publications__account")),
        "last_posted": (last_posted := resharing.last_posted(entry)),
        "soon": resharing.is_soon(last_posted),
        "reasons": [one for one in reasons.of(entry, clock.now()) if one.issue is None],
        "issues": [item.issue for item in entry.issue_items.select_related("issue__newsletter")],
        "history": _history(entry),
        "can_post": not entry.posts.filter(kind=Post.Kind.ENTRY).exclude(state=Post.State.CANCELLED).exists(),
    }
    return render(request, "staff/entry.html", context)


@require_POST
def post(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Post about this: the entry's post, waiting for approval."""
    entry = get_object_or_404(Entry, pk=pk)
    made: list[Post] = []
    done = _("Here is the post. Look at it, then approve it.")
    if not attempt(request, lambda: made.append(planning.pick(entry, request.user)), done):
        return redirect("entry", pk=pk)
    return redirect("post", pk=made[0].pk)


@require_POST
def reshare(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Share it again: a new post, waiting for approval. The page has told when it was posted last."""
    entry = get_object_or_404(Entry, pk=pk)
    made: list[Post] = []
    done = _("Here is the new post. Give it words of its own if you like, then approve it.")
    if not attempt(request, lambda: made.append(resharing.reshare(entry, request.user, anyway=True)), done):
        return redirect("entry", pk=pk)
    return redirect("post", pk=made[0].pk)


@require_POST
def ignore(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Do not post this one."""
    entry = get_object_or_404(Entry, pk=pk)
    attempt(request, lambda: _ignore(entry, request.user), _("It will not be posted. You can still pick it."))
    return redirect("entry", pk=pk)


def _ignore(entry: Entry, by: Any) -> None:
    if not choosing.ignore(entry, say(choosing.BY_STAFF), by):
        raise OutreachError(say(N_("It is decided already: see what happened below.")))


def _found(tab: str, words: str, source: str) -> QuerySet[Any]:
    rows = Entry.objects.select_related("source", "event").prefetch_related("posts__publications")
    if tab != "all":
        rows = rows.filter(state=tab)
    if source.isascii() and source.isdigit() and len(source) < 19:
        rows = rows.filter(source=int(source))
    for word in words.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word) | Q(link__icontains=word))
    return rows


def _perhaps(entry: Entry) -> Any:
    """The event that it may be, as long as nobody said so."""
    open_question = entry.question == Entry.Question.EVENT and entry.state == Entry.State.NEW
    return getattr(entry, "event", None) if open_question else None


def _history(entry: Entry) -> list[Activity]:
    lines = Activity.objects.filter(subject=subject_of(entry)).select_related("actor")
    return list(lines.order_by("-at", "-pk")[:200])
