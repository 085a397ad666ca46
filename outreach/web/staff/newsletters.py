"""Newsletters: which there are, when they go out, and the form by which readers sign up."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from outreach.core import clock
from outreach.newsletters import issues, schedule
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.schedule_words import describe
from outreach.subscribers import lists
from outreach.subscribers.models import LeaveReason
from outreach.web import reasons
from outreach.web.staff.doing import attempt, page_of
from outreach.web.staff.newsletter_edit import ahead


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every newsletter with its next dates, its readers and its last issue."""
    rows = [
        {
            "newsletter": newsletter,
            "words": describe(schedule.of(newsletter)),
            "upcoming": upcoming(newsletter),
            "readers": lists.readers_lately(newsletter.topic),
            "drafts": newsletter.issues.filter(state=Issue.State.DRAFT)[:5],
            "last": newsletter.issues.exclude(state=Issue.State.DRAFT).first(),
        }
        for newsletter in Newsletter.objects.all()
    ]
    return render(request, "staff/newsletters.html", {"rows": rows})


def upcoming(newsletter: Newsletter) -> list[datetime]:
    """The next three moments at which an issue is due; none while it is switched off."""
    if not newsletter.active:
        return []
    return schedule.upcoming(schedule.of(newsletter), clock.now())


@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One newsletter and its issues."""
    newsletter = get_object_or_404(Newsletter, pk=pk)
    context = {
        "newsletter": newsletter,
        "words": describe(schedule.of(newsletter)),
        "upcoming": upcoming(newsletter),
        "ahead": ahead(newsletter.draft_ahead_hours) if newsletter.draft_ahead_hours else "",
        "readers": lists.readers_lately(newsletter.topic),
        "reasons": _reasons(newsletter),
        "page": page_of(newsletter.issues.all(), request.GET.get("page", ""), 20),
    }
    return render(request, "staff/newsletter.html", context)


def _reasons(newsletter: Newsletter) -> dict[str, Any]:
    """Why readers left in the last year: how often each, and the newest words."""
    told = LeaveReason.objects.filter(topic=newsletter.topic, at__gt=clock.now() - timedelta(days=365))
    numbers = dict(told.order_by().values_list("why").annotate(Count("pk")))
    counted = [(words, numbers[why]) for why, words in reasons.WORDS.items() if why in numbers]
    return {
        "counts": sorted(counted, key=lambda one: -one[1]),
        "words": list(told.exclude(words="").values_list("words", flat=True)[:5]),
    }


@require_POST
def make_now(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An extra issue, outside of the schedule."""
    newsletter = get_object_or_404(Newsletter, pk=pk)
    made: list[Issue] = []
    own = bool(request.POST.get("own"))
    if attempt(
        request,
        lambda: made.append(issues.make_now(newsletter, request.user, own_words=own)),
        _("The issue is ready."),
    ):
        return redirect("issue", pk=made[0].pk)
    return redirect("newsletter", pk=pk)
