"""Posts: what waits, what is planned, what went out and what did not; one post, its texts, its history."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from outreach import networks
from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import NOTHING, Sentence
from outreach.posts import approving, payloads, preflight, stating, story, writing
from outreach.posts.accounts import costs
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from outreach.web.staff import pictures, post_times
from outreach.web.staff.doing import attempt, page_of

TABS = {
    "waiting": gettext_lazy("Needs approval"),
    "planned": gettext_lazy("Planned"),
    "published": gettext_lazy("Published"),
    "trouble": gettext_lazy("Not posted"),
    "drafts": gettext_lazy("Drafts"),
    "cancelled": gettext_lazy("Cancelled"),
}
EMPTY = {
    "waiting": gettext_lazy("Nothing waits for your approval"),
    "planned": gettext_lazy("Nothing is planned"),
    "published": gettext_lazy("Nothing has been posted yet"),
    "trouble": gettext_lazy("Everything that was planned was posted"),
    "drafts": gettext_lazy("There are no drafts"),
    "cancelled": gettext_lazy("Nothing was cancelled"),
}
_POSTS = {"waiting": "waiting", "drafts": "draft"}
_P = Publication.State
_PUBLICATIONS = {
    "planned": ([_P.QUEUED, _P.SENDING], "due_at"),
    "published": ([_P.PUBLISHED], "-published_at"),
    "trouble": ([_P.REFUSED, _P.UNKNOWN], "-due_at"),
}
_ACCOUNTS = Prefetch("accounts", Account.objects.defer("credentials").prefetch_related("slots"))


@dataclass(frozen=True)
class Row:
    """One line of the list: a post, or what became of it on one account."""

    post: Post
    accounts: list[Account]
    state: str
    at: datetime | None
    reason: Sentence
    url: str = ""
    why: Sentence = NOTHING
    in_slots: bool = False


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All posts, in tabs."""
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        tab = "waiting" if _waiting().exists() else "planned"
    page = page_of(_rows_of(tab), request.GET.get("page", ""))
    context = {
        "tabs": TABS,
        "tab": tab,
        "page": page,
        "rows": _rows(page.rows),
        "counts": _counts(),
        "accounts": Account.objects.exists(),
        "labels": labels(),
        "empty": EMPTY,
    }
    return render(request, "staff/posts.html", context)


def _waiting() -> QuerySet[Post]:
    return Post.objects.filter(state=Post.State.WAITING)


def _counts() -> dict[str, int]:
    """What needs a person: those tabs carry a number, at most a hundred."""
    trouble = Publication.objects.filter(state__in=[_P.REFUSED, _P.UNKNOWN])
    return {"waiting": _waiting()[:100].count(), "trouble": trouble[:100].count()}


def _rows_of(tab: str) -> QuerySet[Any]:
    if tab in _POSTS:
        posts = Post.objects.filter(state=_POSTS[tab]).select_related("entry")
        return posts.prefetch_related(_ACCOUNTS).order_by("planned_at", "-created_at")
    if tab == "cancelled":
        return _cancelled_posts()
    states, order = _PUBLICATIONS[tab]
    return publications().filter(state__in=states).order_by(order, "-id")


def publications() -> QuerySet[Publication]:
    """Publications with what a page shows of them. Access keys are not read: no page needs them."""
    found = Publication.objects.select_related("post__entry", "account")
    return found.defer("account__credentials").prefetch_related("account__slots")


def _cancelled_posts() -> QuerySet[Post]:
    """Posts that were called off, also those of which only some accounts were."""
    called_off = Q(publications__state__in=[_P.CANCELLED, _P.SKIPPED])
    posts = Post.objects.filter(Q(state=Post.State.CANCELLED) | called_off).distinct()
    return posts.select_related("entry").prefetch_related(_ACCOUNTS)


def _rows(found: list[Any]) -> list[Row]:
    queued = [one.pk for one in found if isinstance(one, Publication) and one.state == _P.QUEUED]
    unsure = set(stating.held_back().filter(pk__in=queued).values_list("pk", flat=True)) if queued else set()
    return [_row(one, unsure=one.pk in unsure) for one in found]


def _row(found: Post | Publication, *, unsure: bool) -> Row:
    if isinstance(found, Post):
        accounts = list(found.accounts.all())
        in_slots = post_times.has_hours(accounts)
        return Row(found, accounts, found.state, found.planned_at, found.reason, in_slots=in_slots)
    at = found.published_at or (story.earliest(found) if found.state == _P.QUEUED else found.due_at)
    why = NOTHING if found.reason else _why(found, unsure=unsure)
    return Row(found.post, [found.account], found.state, at, found.reason, found.remote_url, why)


def _why(found: Publication, *, unsure: bool) -> Sentence:
    """What it waits for, else why it goes out when it does."""
    if found.state != _P.QUEUED:
        return NOTHING
    return story.waits_for(found, clock.now(), unsure=unsure) or post_times.why(found)


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One post: the exact text per account, what became of it, and its history."""
    post = get_object_or_404(Post.objects.select_related("entry", "created_by", "approved_by"), pk=pk)
    found = list(publications().filter(post=post).order_by("account__network", "account__name"))
    open_ = post.state in {Post.State.DRAFT, Post.State.WAITING}
    context = {
        "post": post,
        "open": open_,
        "publications": [
            (one, networks.get(one.account.network), pictures.of_frozen(payloads.frozen_images(one.payload)))
            for one in found
        ],
        "previews": [
            (one, networks.get(one.account.network), pictures.of_frozen(one.images))
            for one in (sorted(approving.preview(post), key=_place) if open_ else [])
        ],
        "linked": open_ and _costs_more(post),
        "going": post_times.before_approval(post) if open_ else {},
        "why": post_times.why,
        "typed": post_times.typed,
        "seen": approving.fingerprint(post) if open_ else "",
        "stories": {one.publication.pk: one for one in story.of_post(post, clock.now())},
        "history": [line for line in history(post) if not (found and line.echo)],
        "stoppable": open_ or any(map(approving.is_stoppable, found)),
    }
    return render(request, "staff/post.html", context)


def _place(preview: approving.Preview) -> tuple[str, str]:
    """In one order on every page."""
    return preview.account.network, preview.account.name


def _costs_more(post: Post) -> bool:
    """Whether it has a link, and goes where one costs more."""
    accounts = post.accounts.defer("credentials")
    return bool(payloads.link_of(post)) and any(costs.prices_of(one) for one in accounts)


def labels() -> dict[str, str]:
    """What people call each network."""
    return {network.name: _(network.label) for network in networks.every()}


def history(row: Model) -> list[Activity]:
    """What happened to `row`, newest first."""
    found = Activity.objects.filter(subject=subject_of(row)).select_related("actor")
    return list(found.order_by("-at", "-id")[:200])


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Approve exactly what the page showed."""
    return _do(request, pk, lambda post: post_times.approve(request, post))


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for approval."""
    return _do(request, pk, lambda post: writing.submit(post, request.user), _("Waiting for approval."))


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Do not post it; what is out already stays."""
    why = request.POST.get("why", "").strip()[:300]
    return _do(request, pk, lambda post: approving.cancel(post, request.user, why=why))


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a cancelled post up again."""
    return _do(request, pk, lambda post: approving.restore(post, request.user), _("Waiting for approval."))


def _do(request: HttpRequest, pk: int, act: Callable[[Post], Any], done: str = "") -> HttpResponseBase:
    post = get_object_or_404(Post, pk=pk)
    attempt(request, lambda: act(post), done)
    return redirect("post", pk=pk)


@require_POST
def cancel_publication(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Do not post it on this one account."""
    publication = get_object_or_404(Publication.objects.select_related("account", "post"), pk=pk)
    attempt(request, lambda: approving.cancel_publication(publication, request.user))
    return redirect("post", pk=publication.post_id)


@require_POST
def requeue(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Try again what was refused, cancelled or skipped, with the same text."""
    publication = get_object_or_404(Publication.objects.select_related("account", "post"), pk=pk)
    attempt(request, lambda: approving.requeue(publication, request.user), _("Queued again."))
    return redirect("post", pk=publication.post_id)


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What was refused stays so: nobody needs to look at it any more."""
    publication = get_object_or_404(Publication.objects.select_related("account", "post"), pk=pk)
    attempt(request, lambda: approving.leave(publication, request.user), _("It is left as it is."))
    return redirect("post", pk=publication.post_id)


@require_POST
def post_anyway(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A person decides that it need not wait for its page."""
    publication = get_object_or_404(Publication.objects.select_related("account", "post__entry"), pk=pk)
    done = _("It goes out without waiting for its page.")
    attempt(request, lambda: preflight.post_anyway(publication, request.user), done)
    return redirect("post", pk=publication.post_id)


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A person looked at the network: it is there, or it must be sent again."""
    publication = get_object_or_404(Publication.objects.select_related("account", "post"), pk=pk)
    answer, url = request.POST.get("answer", ""), request.POST.get("url", "").strip()
    if answer not in {"there", "again"}:
        return redirect("post", pk=publication.post_id)
    done = _("Noted: it is there.") if answer == "there" else _("It will be sent again.")
    attempt(request, lambda: publishing.resolve(publication, answer, request.user, url=url), done)
    return redirect("post", pk=publication.post_id)
