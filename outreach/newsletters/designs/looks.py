"""What designs show besides words: colours that can be read, dates as leaves of a calendar, the logo."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.dateformat import format as written

from outreach.core import colours, dates, logos
from outreach.core.colours import Rgb
from outreach.core.models import Organisation
from outreach.feeds.models import Entry, Event
from outreach.newsletters.content import pictures
from outreach.newsletters.models import Newsletter

# Neither quite white nor quite black: mail programs that turn colours round leave those two alone.
_PAPER, _INK = (252, 252, 250), (20, 23, 26)
_LOGO = (220, 64)  # the most pixels that a logo takes, in width and height
_TINT = 0.08  # of the accent, behind a date; text in the accent can be read on it (colours.worst)


@dataclass(frozen=True)
class Leaf:
    """A day as on a calendar that leaves are torn from: "do", "12", "mrt"."""

    weekday: str
    number: str
    month: str


@dataclass(frozen=True)
class Shown:
    """A picture at `url`, of `width` × `height` pixels on the screen."""

    url: str
    width: int
    height: int


def palette(accent: str) -> dict[str, str]:
    """The accent as text and ground, for a light mail (`day`) and a dark one (`night`).

    `on_day` and `on_night` are for words on a ground of it; `wash` and `night_wash` are pale grounds for it.
    """
    colour = colours.parse(accent)
    day = _held_back(colours.readable(colour, colours.DAY))
    night = _held_back(colours.readable(colour, colours.NIGHT))
    found = {
        "day": day,
        "on_day": _on(day),
        "wash": colours.mixed(colours.DAY[1], day, _TINT),
        "night": night,
        "on_night": _on(night),
        "night_wash": colours.mixed(colours.NIGHT[1], night, _TINT),
    }
    return {name: colours.css(value) for name, value in found.items()}


def logo(organisation: Organisation) -> Shown | None:
    """The logo of `organisation`, as large as it is shown; None without one."""
    kept = logos.current(organisation)
    if kept is None:
        return None
    part = min(_LOGO[0] / kept.width, _LOGO[1] / kept.height, 1)
    url = settings.BASE_URL + reverse("logo", args=[kept.key])
    return Shown(url, max(1, round(kept.width * part)), max(1, round(kept.height * part)))


def leaf(event: Event) -> Leaf:
    """The day on which `event` begins."""
    return _leaf(event.starts_at)


def published(entry: Entry) -> Leaf:
    """The day on which `entry` was published, or else first seen."""
    return _leaf(entry.published_at or entry.first_seen_at)


def context(newsletter: Newsletter, organisation: Organisation) -> dict[str, Any]:
    """What a template is given of this."""
    return {
        "colours": palette(organisation.accent),
        "leaf": leaf,
        "published": published,
        "picture": partial(pictures.shown, newsletter, organisation),
        "logo": logo(organisation),
    }


def _leaf(instant: datetime) -> Leaf:
    there = dates.local(instant)
    return Leaf(written(there, "D"), written(there, "j"), written(there, "N"))


def _held_back(colour: Rgb) -> Rgb:
    """`colour`, but neither black nor white."""
    return {(0, 0, 0): _INK, (255, 255, 255): _PAPER}.get(colour, colour)


def _on(ground: Rgb) -> Rgb:
    return max((_PAPER, _INK), key=lambda colour: colours.contrast(colour, ground))
