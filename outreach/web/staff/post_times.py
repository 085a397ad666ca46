"""When a post goes out on each account, why then, and giving what is queued another time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from outreach.core import clock
from outreach.core.dates import local
from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.posts import approving, moving
from outreach.posts.accounts import timetable, timing
from outreach.posts.models import Account, Post, Publication
from outreach.web.staff.doing import attempt, local_instant

_APPROVED = N_("Approved: it goes out %(time)s.")
_APPROVED_MANY = N_("Approved. When it goes out on each account stands below.")


@dataclass(frozen=True)
class Going:
    """When it goes out, and why then. `at` None: at once, or `why` says why it cannot be told."""

    at: datetime | None
    why: Sentence


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Another moment, the next free one, or now."""
    rows = Publication.objects.select_related("account", "post__entry").defer("account__credentials")
    publication = get_object_or_404(rows, pk=pk)
    attempt(request, lambda: _moved(request, publication))
    return redirect("post", pk=publication.post_id)


def _moved(request: HttpRequest, publication: Publication) -> Sentence:
    sent = request.POST
    if sent.get("to") == "now":
        return moving.post_now(publication, request.user)
    if sent.get("to") == "next":
        return moving.to_next_free(publication, request.user)
    at = local_instant(sent.get("day", ""), sent.get("time", ""), "planned_at")
    return moving.move(publication, at, request.user, anyway="anyway" in sent)


def approve(request: HttpRequest, post: Post) -> Sentence:
    """Approve exactly what the page showed; says when it goes out."""
    sent = request.POST
    approving.approve(post, request.user, seen=sent.get("seen", ""), at_once="now" in sent)
    return approved(post)


def approved(post: Post) -> Sentence:
    """That it is approved, and when it goes out."""
    queued = post.publications.filter(state=Publication.State.QUEUED)
    if queued.exclude(held="", account__state=Account.State.ACTIVE).exists():
        return say(_APPROVED_MANY)  # what waits for money, or for its account, goes out at no known time
    dues = set(queued.values_list("due_at", flat=True))
    return say(_APPROVED, time=dues.pop()) if len(dues) == 1 else say(_APPROVED_MANY)


def before_approval(post: Post) -> dict[int, Going]:
    """When it would go out on each account (by their numbers) if it were approved now."""
    now = clock.now()
    try:
        found = approving.places(post)
    except OutreachError as error:
        return {account.pk: Going(None, error.sentence) for account in post.accounts.all()}
    accounts = Account.objects.defer("credentials").prefetch_related("slots").in_bulk(list(found))
    return {
        pk: Going(place.at if place.at > now else None, timing.why_place(place, accounts[pk]))
        for pk, place in found.items()
    }


def why(publication: Publication) -> Sentence:
    """Why what is queued goes out when it does."""
    is_queued = publication.state == Publication.State.QUEUED
    return timing.why_then(publication, clock.now()) if is_queued else NOTHING


def has_hours(accounts: list[Account]) -> bool:
    """Whether one of them has rules of its own. Prefetch their slots."""
    return any(timetable.hours_of(account) for account in accounts)


def typed(instant: datetime) -> dict[str, Any]:
    """Day and time as a form holds them."""
    at = local(instant)
    return {"day": at.date().isoformat(), "time": f"{at:%H:%M}"}
