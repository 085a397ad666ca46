"""Making a newsletter or changing one: its schedule in words, with the next dates before it is saved."""

from collections.abc import Container
from datetime import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.feeds.models import Source
from outreach.newsletters import making, schedule
from outreach.newsletters.models import Newsletter
from outreach.web.staff.doing import chosen
from outreach.web.staff.newsletters import upcoming

FREQUENCIES = {
    "weekly": _("Every week"),
    "monthly-weekday": _("Every month, on a day of the week"),
    "monthly-day": _("Every month, on a date"),
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
_STORED = ("name", "description", "from_name", "from_address", "reply_to", "language", "mode", "frequency")
_WRONG = {
    "weekday": N_("Choose a day of the week."),
    "nth": N_("Choose the first, second, third, fourth or last."),
    "month_day": N_("Choose a day of the month from 1 to 31."),
}

Typed = dict[str, Any]
"""What the form holds: as typed, nothing checked; `sources` are numbers, `active` is a yes or no."""


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
        "active": "active" in request.POST,
        "show_coming": "show_coming" in request.POST,
    }


def _filled(newsletter: Newsletter | None) -> Typed:
    """The form of a stored newsletter; of a new one with all sources chosen."""
    shown = newsletter or Newsletter()
    sources = newsletter.sources if newsletter else Source.objects
    return {
        **{name: getattr(shown, name) for name in _STORED},
        "weekday": str(shown.weekday),
        "nth_weekday": str(shown.weekday),
        "nth": str(shown.nth),
        "month_day": str(shown.month_day),
        "at": f"{shown.at:%H:%M}",
        "sources": list(sources.values_list("pk", flat=True)),
        "active": shown.active,
        "show_coming": shown.show_coming,
    }


def _values(typed: Typed) -> dict[str, Any]:
    """What was typed, as values for `making`. Raises BadInput."""
    return {
        **{name: typed[name] for name in _STORED},
        **_schedule(typed),
        "active": typed["active"],
        "show_coming": typed["show_coming"],
        "sources": list(Source.objects.filter(pk__in=typed["sources"])),
    }


def _schedule(typed: Typed) -> dict[str, Any]:
    """When it goes out. Raises BadInput for the field that cannot be meant."""
    if typed["frequency"] not in FREQUENCIES:
        raise BadInput(say(N_("Choose how often the newsletter goes out.")), "frequency")
    nth_weekday = typed["frequency"] == Newsletter.Frequency.MONTHLY_WEEKDAY
    return {
        "frequency": typed["frequency"],
        "weekday": _number(typed["nth_weekday" if nth_weekday else "weekday"], range(7), "weekday"),
        "nth": _number(typed["nth"], NTHS, "nth"),
        "month_day": _number(typed["month_day"], range(1, 32), "month_day"),
        "at": _clock(typed["at"]),
        "zone": settings.LOCAL_TIME_ZONE,
    }


def _number(text: str, allowed: Container[int], field: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = None
    if number is None or number not in allowed:
        raise BadInput(say(_WRONG[field]), field)
    return number


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise BadInput(say(N_("Give the time as hours and minutes, such as 09:00.")), "at") from None


def _upcoming(typed: Typed) -> dict[str, Any]:
    """The schedule in words and its next dates, or what is wrong with it."""
    try:
        newsletter = Newsletter(**_schedule(typed))
    except OutreachError as error:
        return {"words": "", "upcoming": [], "problem": str(error)}
    return {"words": schedule.describe(newsletter), "upcoming": upcoming(newsletter), "problem": ""}


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
        "sources": Source.objects.all(),
        "languages": settings.LANGUAGES,
        "zone": settings.LOCAL_TIME_ZONE,
        "mail_from": settings.MAIL_FROM,
        **_upcoming(typed),
    }
    return render(request, "staff/newsletter_edit.html", context, status=422 if error else 200)
