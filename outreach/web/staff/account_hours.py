"""The hours of an account: time slots in a grid of the week, quiet hours, the distance between two posts."""

from datetime import time, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach.core import clock, dates
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.posts.accounts import hours as rules
from outreach.posts.accounts import hours_text, timetable, timing
from outreach.posts.accounts.hours import Hours
from outreach.posts.models import Account

_WEEK = range(7)

Typed = dict[str, Any]
"""What the form holds, as typed: `times` is a list of seven texts, `closed` the days without posts."""


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change when posts go out on an account."""
    account = get_object_or_404(Account.objects.defer("credentials"), pk=pk)
    if request.method != "POST":
        return _form(request, account, _filled(timetable.hours_of(account)))
    typed = _sent(request)
    try:
        timetable.change(account, _hours(typed), request.user)
    except OutreachError as error:
        return _form(request, account, typed, error)
    messages.success(request, _("Saved. What is queued already keeps its time."))
    return redirect("account", pk=pk)


@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The next three free times by what is typed now; nothing is stored."""
    account = get_object_or_404(Account.objects.defer("credentials"), pk=pk)
    return render(request, "staff/account_times.html", _upcoming(account, _sent(request)))


def summary(account: Account) -> dict[str, Any]:
    """What the page of the account says of its hours."""
    hours = timetable.hours_of(account)
    return {
        "slots": hours_text.written_slots(hours.slots),
        "quiet": hours_text.written_quiet(hours),
        "distance": account.distance_minutes,
        "any": bool(hours),
        "next": timing.next_times(account, clock.now()) if hours else [],
    }


def _filled(hours: Hours) -> Typed:
    begin, end = hours.quiet or (None, None)
    return {
        "times": [", ".join(_written(at) for of, at in hours.slots if of == day) for day in _WEEK],
        "closed": sorted(hours.quiet_days),
        "quiet_from": f"{begin:%H:%M}" if begin else "",
        "quiet_until": f"{end:%H:%M}" if end else "",
        "distance": str(hours_text.minutes(hours.distance) or ""),
    }


def _written(at: time) -> str:
    return dates.time_of_day(at)


def _sent(request: HttpRequest) -> Typed:
    sent = request.POST
    return {
        "times": [sent.get(f"times-{day}", "").strip()[:300] for day in _WEEK],
        "closed": [day for day in _WEEK if f"closed-{day}" in sent],
        "quiet_from": sent.get("quiet_from", "").strip(),
        "quiet_until": sent.get("quiet_until", "").strip(),
        "distance": sent.get("distance", "").strip(),
    }


def _hours(typed: Typed) -> Hours:
    """What was typed, checked. Raises BadInput for the field that cannot be meant."""
    slots = [(day, at) for day in _WEEK for at in hours_text.read_times(typed["times"][day], f"times-{day}")]
    for day, at in slots:
        _refuse_in_quiet(day, at, typed)
    return rules.check(
        Hours(
            tuple(sorted(set(slots))), _quiet(typed), frozenset(typed["closed"]), _distance(typed["distance"])
        )
    )


def _refuse_in_quiet(day: int, at: time, typed: Typed) -> None:
    """Beside the day where it was typed, not above the whole form."""
    try:
        rules.check(Hours(((day, at),), _quiet(typed), frozenset(typed["closed"])))
    except BadInput as error:
        raise BadInput(error.sentence, f"times-{day}" if error.field == "slots" else error.field) from None


def _quiet(typed: Typed) -> tuple[time, time] | None:
    if not (typed["quiet_from"] or typed["quiet_until"]):
        return None
    if not (typed["quiet_from"] and typed["quiet_until"]):
        raise BadInput(say(N_("Say both when the quiet hours begin and when they end.")), "quiet")
    return hours_text.read_time(typed["quiet_from"], "quiet"), hours_text.read_time(
        typed["quiet_until"], "quiet"
    )


def _distance(text: str) -> timedelta:
    if not text:
        return timedelta()
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise BadInput(say(N_("The distance is a number of minutes from 0 to 10080 (a week).")), "distance")
    return timedelta(minutes=int(text))


def _upcoming(account: Account, typed: Typed) -> dict[str, Any]:
    """The next free times, or what is wrong."""
    try:
        hours, now = _hours(typed), clock.now()
        taken = timing.taken(account, now, hours.distance)
        free = rules.upcoming(hours, timetable.zone(), now, taken) if hours else []
    except OutreachError as error:
        return {"next": [], "problem": str(error)}
    return {"next": free, "problem": ""}


def _form(
    request: HttpRequest, account: Account, typed: Typed, error: OutreachError | None = None
) -> HttpResponse:
    context = {
        "account": account,
        "typed": typed,
        "days": [(day, dates.weekday(day)) for day in _WEEK],
        "errors": {getattr(error, "field", "") or "form": str(error)} if error else {},
        "zone": settings.LOCAL_TIME_ZONE,
        **_upcoming(account, typed),
    }
    return render(request, "staff/account_hours.html", context, status=422 if error else 200)
