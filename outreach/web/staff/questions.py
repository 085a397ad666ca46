"""What only a person can say of an entry: whether it is an event and when, and whether it is new."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from outreach.core.dates import local, midnight
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say
from outreach.feeds import asking
from outreach.feeds.models import Entry, Event
from outreach.feeds.parsing import Happening
from outreach.web.staff.doing import attempt, local_instant

_ANSWERS: dict[str, tuple[Callable[[Entry, Any], None], str]] = {
    "event": (asking.it_is_an_event, N_("It is treated as an event from now on.")),
    "article": (asking.it_is_an_article, N_("It is treated as an article from now on.")),
    "ours": (asking.it_stays, N_("It stays as it was.")),
    "theirs": (asking.the_website_is_right, N_("Saved. What was not posted yet follows.")),
    "new": (asking.it_is_new, N_("It is new, and goes on like any other.")),
    "same": (asking.it_is_the_same, N_("It is the same as the other one; it is not posted again.")),
}
_STATUS = [
    (Event.Status.SCHEDULED, gettext_lazy("Yes")),
    (Event.Status.POSTPONED, gettext_lazy("Not on this date: it is postponed")),
    (Event.Status.CANCELLED, gettext_lazy("No, it is cancelled")),
]


class EventForm(forms.Form):
    """When and where, on the organisation's clock."""

    day = forms.CharField(label=gettext_lazy("Day"), widget=forms.TextInput(attrs={"type": "date"}))
    time = forms.CharField(
        label=gettext_lazy("Starts at"),
        help_text=gettext_lazy("Leave it empty when it lasts the whole day."),
        required=False,
        widget=forms.TextInput(attrs={"type": "time"}),
    )
    last_day = forms.CharField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Only when it lasts several days."),
        required=False,
        widget=forms.TextInput(attrs={"type": "date"}),
    )
    end = forms.CharField(
        label=gettext_lazy("Ends at"), required=False, widget=forms.TextInput(attrs={"type": "time"})
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    status = forms.ChoiceField(
        label=gettext_lazy("Does it take place?"), choices=_STATUS, widget=forms.RadioSelect
    )


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Yes or no, with one click."""
    entry = get_object_or_404(Entry.objects.select_related("like"), pk=pk)
    said = _ANSWERS.get(request.POST.get("answer", ""))
    if said is None:
        attempt(request, _not_an_answer)
    else:
        attempt(request, lambda: said[0](entry, request.user), _(said[1]))
    return redirect("entry", pk=pk)


@require_http_methods(["GET", "POST"])
def event(request: HttpRequest, pk: int) -> HttpResponseBase:
    """It is an event on this date: said for the first time, or corrected."""
    entry = get_object_or_404(Entry.objects.select_related("event"), pk=pk)
    form = EventForm(request.POST if request.method == "POST" else None, initial=_initial(entry))
    if request.method == "POST" and form.is_valid():
        try:
            asking.it_is_an_event(entry, request.user, _Typed(**form.cleaned_data).happening())
        except BadInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved. What was not posted yet follows."))
            return redirect("entry", pk=pk)
    context = {"entry": entry, "form": form, "zone": settings.LOCAL_TIME_ZONE}
    return render(request, "staff/entry_event.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class _Typed:
    day: str
    time: str
    last_day: str
    end: str
    place: str
    status: str

    def happening(self) -> Happening:
        """What was typed as an event. Raises BadInput naming the field."""
        starts = local_instant(self.day, self.time or "00:00", "day")
        return Happening(
            starts_at=starts,
            ends_at=self._end(),
            all_day=not self.time,
            place=self.place.strip(),
            status=self.status,
            zone=settings.LOCAL_TIME_ZONE,
        )

    def _end(self) -> datetime | None:
        last = self.last_day or self.day
        if self.end and self.time:
            return local_instant(last, self.end, "end")
        if self.time and not self.last_day:
            return None
        # The end of a (last) day is the next midnight: exclusive, as calendars write it.
        after = local_instant(last, "00:00", "last_day").date() + timedelta(days=1)
        return midnight(after)


def _initial(entry: Entry) -> dict[str, str]:
    known = getattr(entry, "event", None)
    if known is None:
        return {"status": Event.Status.SCHEDULED}
    starts, (last_day, end) = local(known.starts_at), _end_as_typed(known)
    return {
        "day": f"{starts:%Y-%m-%d}",
        "time": "" if known.all_day else f"{starts:%H:%M}",
        "last_day": last_day,
        "end": end,
        "place": known.place,
        "status": known.status,
    }


def _end_as_typed(known: Event) -> tuple[str, str]:
    """The last day and the end, as `_Typed` reads them: midnight after a later day is the end of that day."""
    if known.ends_at is None:
        return "", ""
    starts, ends = local(known.starts_at), local(known.ends_at)
    night = ends - timedelta(seconds=1)
    whole = known.all_day or (ends.time() == time() and night.date() > starts.date())
    last = night if whole else ends
    return f"{last:%Y-%m-%d}" if last.date() != starts.date() else "", "" if whole else f"{ends:%H:%M}"


def _not_an_answer() -> None:
    raise OutreachError(say(N_("Choose one of the answers.")))
