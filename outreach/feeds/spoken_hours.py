"""The hours that stand beside a day in running text: "om 14u30", "van 9 tot 12 uur", "2 pm", "13h30".

No Django here: this runs in the parser's own process.
"""

import re
from datetime import time

from outreach.feeds.spoken_words import LIST, RANGE, Token, Tokens

# What may stand between a day and its hour.
_BETWEEN = (
    "om op van vanaf tussen telkens start starts begint aanvang uur tijd tijdstip uren de des du a entre at"
    " from between to heure heures horaire time when starting debut . , : - – — | ( ) • · >"
)
_LINKS = set(_BETWEEN.split())
_MOST_BETWEEN = 6
_NO_CLOCK = re.compile(r"\s*(?:euro?s?\b|€|%|km\b|m2\b|pers)")
_CLOCK = re.compile(r"(\d{1,2})\D{0,8}?(\d\d)?\D*$")
_HALF_OF_DAY = re.compile(r"([ap])\.?m")
_DOTTED = re.compile(r"\d{1,2}\.\d\d")


def beside(tokens: Tokens, first: int, behind: int, taken: int) -> tuple[list[time], int]:
    """The hours of the day that stands from `first` to before `behind`: none, the start, or start and end.

    Those before `taken` belong to the day before. Also the place up to which they are taken now.
    """
    for at in range(behind, behind + _MOST_BETWEEN):
        if hours := _hours(tokens, at):
            return hours, at + 2 * len(hours) - 1
        if tokens.at(at).text not in _LINKS:
            break
    return _before(tokens, first, taken), behind


def _before(tokens: Tokens, place: int, taken: int) -> list[time]:
    """ "om 14 uur op dinsdag 3 december", "van 9 tot 12u, 3 december"."""
    last = tokens.before_small_words(place - 1)
    if last < taken or tokens.at(last).kind != "clock":
        return []
    is_range = tokens.at(last - 1).text in RANGE | LIST and tokens.at(last - 2).kind in {"clock", "number"}
    return _hours(tokens, last - 2 if is_range else last)


def _hours(tokens: Tokens, place: int) -> list[time]:
    """One hour, or two, from here on; the first of two may be a bare number."""
    first, link, second = (tokens.at(place + step) for step in range(3))
    if _NO_CLOCK.match(tokens.text, first.end):
        return []
    is_range = link.text in RANGE | {"en", "et", "and"} and _is_clock(second)
    begin = _first_hour(first, is_range=is_range)
    end = _hour(second.text) if begin and is_range else None
    if begin is None:
        return []
    return [_same_half(begin, end, first.text, second.text), end] if end else [begin]


def _first_hour(token: Token, *, is_range: bool) -> time | None:
    bare = token.kind == "number" and is_range and len(token.text) <= 2
    return _hour(token.text) if bare or _is_clock(token) else None


def _is_clock(token: Token) -> bool:
    """ "9.30" may be a date elsewhere; behind a day it is an hour."""
    return token.kind == "clock" or (token.kind == "date" and bool(_DOTTED.fullmatch(token.text)))


def _same_half(begin: time, end: time, first: str, second: str) -> time:
    """Of "2 to 4 pm" the first is in the afternoon too; of "10 to 2 pm" it is not."""
    if "m" not in second or _HALF_OF_DAY.search(first) or end.hour < 12 or begin.hour >= 12:
        return begin
    later = begin.replace(hour=begin.hour + 12)
    return later if later < end else begin


def _hour(text: str) -> time | None:
    """ "14u", "9.30", "13h30", "2 pm", "9": None for what is no hour."""
    found = _CLOCK.match(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if half := _HALF_OF_DAY.search(text):
        hour = hour % 12 + (12 if half[1] == "p" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
