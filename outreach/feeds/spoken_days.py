"""The days that a text names: "dinsdag 3 december", "3, 4 en 5 december", "December 3-5, 2026", "3/12/2026".

No Django here: this runs in the parser's own process. What the days mean is decided in `spoken_dates`.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from outreach.feeds.spoken_words import ENGLISH, LIST, MONTHS, RANGE, SHORT, WEEKDAYS, Token, Tokens

_MOST_DAYS = 12
_BEGINNINGS = {*WEEKDAYS, *SHORT, *(name for name in MONTHS if ENGLISH.fullmatch(name))}


class Day(NamedTuple):
    """A day as it is written; `weekday` is 0 on Monday."""

    weekday: int | None
    day: int
    month: int
    year: int | None


@dataclass
class Mention:
    """Days before their year is known and their weekday is checked, and the tokens that name them."""

    days: list[Day]
    is_range: bool = False
    is_bare: bool = False  # "3/12" alone may be anything
    first: int = 0
    behind: int = 0


def mention(tokens: Tokens, place: int) -> Mention | None:
    """The days named from here on: "3 december", "3/12, 10/12 en 17/12/2026", "30 nov. tot 2 dec."."""
    found = _days(tokens, place) if _may_begin(tokens.at(place)) else None
    if found is None:
        return None
    found.first = place
    while not found.is_range and len(found.days) < _MOST_DAYS and _go_on(tokens, found):
        pass
    return None if found.is_bare else found


def _go_on(tokens: Tokens, found: Mention) -> bool:
    """Add the days that follow behind "en" or "tot"; False when there are none."""
    link, after = _link(tokens, found.behind)
    more = _days(tokens, tokens.behind_small_words(after)) if link else None
    if more is None or (link == "list" and more.is_range):
        return False
    found.days += more.days
    found.is_range, found.behind = link == "range", more.behind
    found.is_bare = found.is_bare and more.is_bare
    return True


def _may_begin(token: Token) -> bool:
    """Most words of a text name no day: they need no closer look."""
    return token.kind in {"iso", "date", "number"} or token.text in _BEGINNINGS


def _days(tokens: Tokens, place: int) -> Mention | None:
    weekday, at = _weekday(tokens, place)
    return _numeric(tokens, at, weekday) or _month_first(tokens, at, weekday) or _day_first(tokens, place)


def _numeric(tokens: Tokens, place: int, weekday: int | None) -> Mention | None:
    """ "3/12/2026", "dinsdag 3/12", "2026-12-03"; "3/12" is only good beside one of these."""
    token = tokens.at(place)
    parts = [int(part) for part in re.split(r"\D", token.text) if part.isdecimal()]
    if token.kind == "iso":
        return Mention([Day(weekday, parts[2], parts[1], parts[0])], behind=place + 1)
    is_short = len(parts) < 3
    if token.kind != "date" or (is_short and "/" not in token.text):
        return None
    year = None if is_short else parts[2] if parts[2] > 99 else 2000 + parts[2]
    is_bare = is_short and weekday is None
    return Mention([Day(weekday, parts[0], parts[1], year)], is_bare=is_bare, behind=place + 1)


def _day_first(tokens: Tokens, place: int) -> Mention | None:
    """ "dinsdag 3 december 2026", "3, 4 en 5 december", "du 3 au 5 décembre"."""
    numbers: list[tuple[int | None, int]] = []
    is_range = False
    while len(numbers) < _MOST_DAYS:
        weekday, place = _weekday(tokens, place)
        if not _is_day(tokens.at(place)):
            return None
        numbers.append((weekday, int(tokens.at(place).text)))
        place += 1
        link, after = _link(tokens, place)
        if not link:
            break
        is_range, place = is_range or link == "range", tokens.behind_small_words(after)
    month, place = _month(tokens, place)
    year, place = _year(tokens, place)
    return Mention([Day(*one, month, year) for one in numbers], is_range, behind=place) if month else None


def _month_first(tokens: Tokens, place: int, weekday: int | None) -> Mention | None:
    """ "Tuesday, December 3, 2026", "December 3-5": in English only."""
    name = tokens.at(place).text
    if not (ENGLISH.fullmatch(name) or name in SHORT):
        return None
    month, place = _month(tokens, place)
    numbers, is_range, place = _numbers(tokens, place)
    if not numbers:
        return None
    year, place = _year(tokens, place)
    days = [Day(weekday if at == 0 else None, number, month, year) for at, number in enumerate(numbers)]
    return Mention(days, is_range, behind=place)


def _numbers(tokens: Tokens, place: int) -> tuple[list[int], bool, int]:
    """ "3-5", "3, 4 and 5": the numbers, whether they are a range, and the place behind them."""
    numbers: list[int] = []
    is_range, after = False, place
    while _is_day(tokens.at(after)) and len(numbers) < _MOST_DAYS:
        numbers.append(int(tokens.at(after).text))
        is_range = is_range or tokens.at(after - 1).text in RANGE
        place = after + 1
        link, after = _link(tokens, place)
        if not link:
            break
    return numbers, is_range, place


def _is_day(token: Token) -> bool:
    return token.kind == "number" and 1 <= int(token.text) <= 31


def _weekday(tokens: Tokens, place: int) -> tuple[int | None, int]:
    """The weekday named here, and the place of the day behind it."""
    found = WEEKDAYS.get(tokens.at(place).text)
    return (found, place) if found is None else (found, tokens.behind_small_words(place + 1))


def _month(tokens: Tokens, place: int) -> tuple[int, int]:
    """The month here ("of december", "de décembre"; 0: none), and the place behind it and its full stop."""
    if tokens.at(place).text in {"of", "de"}:
        place += 1
    name, stop = tokens.at(place), tokens.at(place + 1)
    is_short = stop.text == "." and stop.start == name.end and len(name.text) < 6
    return MONTHS.get(name.text, 0), place + 1 + is_short


def _year(tokens: Tokens, place: int) -> tuple[int | None, int]:
    at = place + (tokens.at(place).text in {",", "de", "'"})
    token = tokens.at(at)
    if token.kind == "number" and len(token.text) == 4 and token.text[0] in "12":
        return int(token.text), at + 1
    return None, place


def _link(tokens: Tokens, place: int) -> tuple[str, int]:
    """ "range" ("tot", "–") or "list" ("en", ","), and the place behind it."""
    text = tokens.at(place).text
    if text in RANGE:
        return "range", place + 1
    if text in LIST:
        return "list", place + 1 + (tokens.at(place + 1).text in {"en", "et", "and"})
    return "", place
