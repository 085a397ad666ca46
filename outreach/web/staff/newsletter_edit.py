"""Making a newsletter or changing one: its schedule in words, with the next dates before it is saved."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.feeds.models import Source
from outreach.newsletters import making, schedule
from outreach.newsletters.checking import checked
from outreach.newsletters.designs import shelf
from outreach.newsletters.models import Newsletter
from outreach.newsletters.schedule_words import describe
from outreach.web.staff.doing import chosen

FREQUENCIES = {
    "weekly": _("On days of the week"),
    "monthly-weekday": _("In the month, on a day of the week"),
    "monthly-day": _("In the month, on a date"),
}
WEEKDAYS = [
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
]
NTHS = {1: _("the first"), 2: _("the second"), 3: _("the third"), 4: _("the fourth"), -1: _("the last")}
PICTURES = {
    "site": _("Those on your own websites"),
    "any": _("All, also those that the articles take from elsewhere"),
    "none": _("None"),
}
_STORED = (
    *("name", "description", "from_name", "from_address", "reply_to", "language", "mode", "frequency"),
    *("design", "pictures", "welcome"),
)
_WEEKS, _MONTHS = (1, 2, 3, 4, 5, 6, 8), (1, 2, 3, 4, 6, 12)
_AHEAD = (0, 4, 24, 48, 72, 168)
_WEEKLY = Newsletter.Frequency.WEEKLY

Typed = dict[str, Any]
"""What the form holds: as typed, nothing checked; `sources` are numbers, `weekdays` digits, `active` is a yes
or no."""


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int = 0) -> HttpResponseBase:
    """A new newsletter, or another shape for one that is there."""
    newsletter = get_object_or_404(Newsletter, pk=pk) if pk else None
    if request.method != "POST":
        return _form(request, newsletter, _filled(newsletter))
    typed = _sent(request)
    try:
        values = _values(typed)
        values["by"] = request.user
        saved = making.change(newsletter, **values) if newsletter else making.create(**values)
    except OutreachError as error:
        return _form(request, newsletter, typed, error)
    return redirect("newsletter", pk=saved.pk)


@require_POST
def dates(request: HttpRequest) -> HttpResponse:
    """The next three dates of the schedule that is typed now; nothing is stored."""
    return render(request, "staff/newsletter_dates.html", _upcoming(_sent(request)))


def _sent(request: HttpRequest) -> Typed:
    typed: Typed = {name: value.strip() for name, value in request.POST.items() if isinstance(value, str)}
    return {
        **_filled(None),
        **typed,
        "sources": chosen(request.POST.getlist("sources")),
        "weekdays": request.POST.getlist("weekdays"),
        "languages": request.POST.getlist("languages"),
        "active": "active" in request.POST,
        "archive": "archive" in request.POST,
        "show_coming": "show_coming" in request.POST,
    }


def _filled(newsletter: Newsletter | None) -> Typed:
    """The form of a stored newsletter; of a new one with all sources chosen."""
    shown = newsletter or Newsletter()
    sources = newsletter.sources if newsletter else Source.objects
    return {
        **{name: getattr(shown, name) for name in _STORED},
        "weekdays": list(shown.weekdays),
        "weekday": str(shown.weekday),
        "nth": str(shown.nth),
        "every_weeks": str(shown.every if shown.frequency == _WEEKLY else 1),
        "every_months": str(shown.every if shown.frequency != _WEEKLY else 1),
        "anchor": shown.anchor.isoformat() if shown.anchor else "",
        "draft_ahead_hours": str(shown.draft_ahead_hours),
        "on_unknown": shown.on_unknown,
        "max_age_hours": str(shown.max_age_hours),
        "month_day": str(shown.month_day),
        "at": f"{shown.at:%H:%M}",
        "sources": list(sources.values_list("pk", flat=True)),
        "languages": list(shown.languages),
        "categories": ", ".join(shown.categories),
        "without": ", ".join(shown.without),
        "active": shown.active,
        "archive": shown.archive,
        "show_coming": shown.show_coming,
    }


def _values(typed: Typed) -> dict[str, Any]:
    """What was typed, as values for `making`. Raises BadInput."""
    return {
        **{name: typed[name] for name in _STORED},
        **_schedule(typed),
        **_doubtful(typed),
        "languages": typed["languages"],
        "categories": typed["categories"],
        "without": typed["without"],
        "active": typed["active"],
        "archive": typed["archive"],
        "show_coming": typed["show_coming"],
        "sources": list(Source.objects.filter(pk__in=typed["sources"])),
    }


def _doubtful(typed: Typed) -> dict[str, Any]:
    """What to do where a mailbox gives no clear answer; a form that does not ask changes nothing."""
    given = {name: typed[name] for name in ("on_unknown", "max_age_hours") if name in typed}
    return {name: _number(value) if name == "max_age_hours" else value for name, value in given.items()}


def _schedule(typed: Typed) -> dict[str, Any]:
    """When it goes out, for `making`. Raises BadInput for the field that cannot be meant."""
    every = typed["every_weeks" if typed["frequency"] == _WEEKLY else "every_months"]
    return {
        "frequency": typed["frequency"],
        "weekdays": typed["weekdays"],
        "weekday": _number(typed["weekday"]),
        "nth": _number(typed["nth"]),
        "month_day": _number(typed["month_day"]),
        "every": _number(every),
        "anchor": typed["anchor"],
        "at": typed["at"],
        "zone": settings.LOCAL_TIME_ZONE,
        "draft_ahead_hours": _number(typed["draft_ahead_hours"]),
    }


def _number(text: str) -> Any:
    """What is no number stays as it is: the check of its column says so."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else text


def _upcoming(typed: Typed) -> dict[str, Any]:
    """The schedule in words and its next dates, or what is wrong with it."""
    try:
        newsletter = Newsletter(**checked(_schedule(typed)))
    except OutreachError as error:
        return {"words": "", "upcoming": [], "problem": str(error)}
    now = clock.now()
    found = schedule.anchored(schedule.of(newsletter), now)
    return {"words": describe(found), "upcoming": schedule.upcoming(found, now), "problem": ""}


def _everies() -> dict[str, dict[int, str]]:
    """How often, in words."""
    weeks = {n: ngettext("every week", "every %(count)s weeks", n) % {"count": n} for n in _WEEKS}
    months = {n: ngettext("every month", "every %(count)s months", n) % {"count": n} for n in _MONTHS}
    return {"weeks": weeks, "months": months}


def _aheads() -> dict[int, str]:
    """How long before it goes out, in words."""
    return {hours: ahead(hours) for hours in _AHEAD}


def ahead(hours: int) -> str:
    """How long before its slot a draft is made, in words."""
    if not hours:
        return gettext("at that moment")
    if hours % 24:
        return ngettext("%(count)s hour before", "%(count)s hours before", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)s day before", "%(count)s days before", days) % {"count": days}


def _form(
    request: HttpRequest, newsletter: Newsletter | None, typed: Typed, error: OutreachError | None = None
) -> HttpResponse:
    context = {
        "newsletter": newsletter,
        "values": typed,
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
        "frequencies": FREQUENCIES,
        "weekdays": WEEKDAYS,
        "nths": NTHS,
        "everies": _everies(),
        "aheads": _aheads(),
        "sources": Source.objects.all(),
        "languages": settings.LANGUAGES,
        "designs": shelf.designs(),
        "pictures": PICTURES,
        "zone": settings.LOCAL_TIME_ZONE,
        "mail_from": settings.MAIL_FROM,
        **_upcoming(typed),
    }
    return render(request, "staff/newsletter_edit.html", context, status=422 if error else 200)
