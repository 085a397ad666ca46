"""What the screens share: doing something and saying how it went, long lists in parts, times as typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from outreach.core.clock import now
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, Sentence, say

_YEARS = 50


def attempt(request: HttpRequest, act: Callable[[], Any], done: str = "") -> bool:
    """Do `act`; the next page says `done`, else the sentence that `act` gives back, or why it failed."""
    try:
        said = act()
    except OutreachError as error:
        messages.error(request, str(error))
        return False
    if done or isinstance(said, Sentence):
        messages.success(request, done or str(said))
    return True


@dataclass(frozen=True)
class Page:
    """A part of a long list. One row more than shown is fetched to know of a next part: no COUNT."""

    rows: list[Any]
    number: int
    more: bool


def page_of(rows: QuerySet[Any], number: str, size: int = 50) -> Page:
    """Part `number` (as it stands in the address, from 1) of `rows`."""
    at = max(int(number), 1) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    found = list(rows[(at - 1) * size : at * size + 1])
    return Page(found[:size], at, len(found) > size)


def local_instant(day: str, clock: str, field: str) -> datetime:
    """The instant of "2026-12-01" and "09:00" on the organisation's clock.

    Raises BadInput for `field`; also for a time that the change to summer time leaves out, and for a
    year that is a slip of the hand.
    """
    zone = ZoneInfo(settings.LOCAL_TIME_ZONE)
    try:
        wall = datetime.fromisoformat(f"{day.strip()}T{clock.strip()}").replace(tzinfo=zone)
    except ValueError:
        raise BadInput(say(N_("Choose a day and a time, such as 2026-12-01 and 09:00.")), field) from None
    if abs(wall.year - now().year) > _YEARS:
        raise BadInput(say(N_("The year %(year)s is too far away; is it right?"), year=wall.year), field)
    if datetime.fromtimestamp(wall.timestamp(), zone).time() != wall.time():
        raise BadInput(
            say(
                N_("%(time)s does not exist on that day: the clock moves forward then. Choose another time."),
                time=clock,
            ),
            field,
        )
    return wall


def chosen(values: list[str]) -> list[int]:
    """The numbers among what a list of check boxes sent; anything else was not sent by our page."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]
