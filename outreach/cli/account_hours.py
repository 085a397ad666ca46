"""How the hours of an account are read from options, and told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from outreach.cli import output
from outreach.core import clock, dates
from outreach.posts.accounts import hours_text, timetable, timing
from outreach.posts.models import Account


def change(account: Account, slots: str | None, quiet: str | None, distance: int | None) -> None:
    """Change what is given and leave the rest as it is. Raises BadInput, naming the option."""
    hours = timetable.hours_of(account)
    if slots is not None:
        hours = replace(hours, slots=hours_text.read_slots(slots))
    if quiet is not None:
        times, days = hours_text.read_quiet(quiet)
        hours = replace(hours, quiet=times, quiet_days=days)
    if distance is not None:
        hours = replace(hours, distance=timedelta(minutes=distance))
    timetable.change(account, hours)


def show(account: Account) -> None:
    """The hours, and the next three free times."""
    found = _found(account)
    if output.wants_json():
        return output.machine(found)
    print(_("%(name)s (time of %(zone)s)") % {"name": account.name, "zone": found["zone"]})
    for words, value in (
        (_("Time slots:"), found["slots"] or _("none: a post goes out as soon as it is approved")),
        (_("Quiet hours:"), found["quiet"] or _("none")),
        (_("Minutes between two posts:"), found["distance"] or _("as the network asks")),
        (_("The next free times:"), ", ".join(map(dates.when, found["next"]))),
    ):
        print(f"  {words} {value}")
    return None


def _found(account: Account) -> dict[str, Any]:
    hours = timetable.hours_of(account)
    return {
        "id": account.pk,
        "name": account.name,
        "zone": timetable.zone().key,
        "slots": hours_text.written_slots(hours.slots),
        "quiet": hours_text.written_quiet(hours),
        "distance": hours_text.minutes(hours.distance),
        "next": timing.next_times(account, clock.now()),
    }
