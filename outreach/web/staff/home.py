"""Home: what goes out next, and what needs somebody."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from outreach.core import clock
from outreach.feeds.models import Source
from outreach.newsletters.models import Newsletter
from outreach.posts.models import Account, Publication
from outreach.web.staff import outlook
from outreach.web.staff.needs import needs
from outreach.web.staff.refreshing import answer, part
from outreach.web.staff.subjects import address

_LIVE = "staff/home_live.html"


@dataclass(frozen=True)
class Step:
    """One of the first steps."""

    what: str
    why: str
    button: str
    address: str
    done: bool


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page."""
    context = _context()
    live_part = part(reverse("home-live"), _LIVE, context)
    return render(request, "staff/home.html", {"live": live_part, "started": not context["steps"]})


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The part of Home that refreshes itself."""
    return answer(request, reverse("home-live"), _LIVE, _context())


def _context() -> dict[str, Any]:
    now = clock.now()
    steps = first_steps()
    started = steps[0].done and steps[1].done and (steps[2].done or Publication.objects.exists())
    return {
        "steps": [] if started else steps,
        "needs": needs(now),
        "coming": outlook.coming(),
        "lately": outlook.lately(),
        "per_day": outlook.per_day(now),
    }


def first_steps() -> list[Step]:
    """What to do on the first day, in order."""
    return [
        Step(
            _("Add your website"),
            _("Outreach reads its feed. What is there already is not posted."),
            _("Add your website"),
            address("source-add"),
            Source.objects.exists(),
        ),
        Step(
            _("Connect an account"),
            _("Your Facebook Page or X account; or a practice account to try it out."),
            _("Connect an account"),
            address("accounts"),
            Account.objects.exists(),
        ),
        Step(
            _("Make a newsletter"),
            _("The new articles, mailed on the day that you choose, to who asked for it."),
            _("Make a newsletter"),
            address("newsletter-new"),
            Newsletter.objects.exists(),
        ),
    ]
