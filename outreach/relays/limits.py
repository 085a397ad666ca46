"""Limits as people write them: "30 per minute", "10,000 a day", "yahoo.com=20/minute"."""

import re
from functools import lru_cache
from typing import NamedTuple

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, Sentence, say

_UNITS = {
    "second": ("second", "seconde", "sec", "s"),
    "minute": ("minute", "minuut", "min", "m"),
    "hour": ("hour", "uur", "heure", "h"),
    "day": ("day", "dag", "jour", "d"),
}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_WORDS = {
    1: N_("%(number)s per second"),
    60: N_("%(number)s per minute"),
    3600: N_("%(number)s per hour"),
    86400: N_("%(number)s a day"),
}
_BY_NAME = {name: unit for unit, names in _UNITS.items() for name in names}
_LIMIT = re.compile(
    r"(\d{1,3}(?:[.,' ]\d{3})+|\d+)\s*(?:/|per|an?|each|par|à la)\s*"
    rf"({'|'.join(sorted(_BY_NAME, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;]*(?:\b(?:and|en|et)\b)?[\s,;]*", re.IGNORECASE)
_DOMAIN = re.compile(r"([a-z0-9-]+(?:\.[a-z0-9-]+)+)\s*=\s*", re.IGNORECASE)


class Limit(NamedTuple):
    """At most `most` mails in any `seconds`."""

    most: int
    seconds: int

    @property
    def words(self) -> Sentence:
        """ "30 per minute"."""
        return say(_WORDS[self.seconds], number=self.most)


@lru_cache(maxsize=32)
def parsed(text: str, setting: str = "OUTREACH_MAIL_LIMIT") -> tuple[Limit, ...]:
    """The limits in `text`, one for each window; none for "". Raises BadInput."""
    found = [Limit(_number(one[1]), _SECONDS[_BY_NAME[one[2].lower()]]) for one in _LIMIT.finditer(text)]
    if not _BETWEEN.fullmatch(_LIMIT.sub("", text)) or any(not limit.most for limit in found):
        words = N_("“%(written)s” is no limit; write it as 30 per minute, or as 10,000 a day.")
        raise BadInput(say(words, written=text[:80]), setting)
    return strictest(found)


@lru_cache(maxsize=32)
def of_domains(text: str) -> dict[str, tuple[Limit, ...]]:
    """The limits of domains in "yahoo.com=20/minute gmail.com=100/minute". Raises BadInput."""
    setting = "OUTREACH_MAIL_DOMAIN_LIMITS"
    before, *rest = _DOMAIN.split(text)
    found = {name.lower(): parsed(limit, setting) for name, limit in zip(rest[::2], rest[1::2], strict=True)}
    if not _BETWEEN.fullmatch(before) or not all(found.values()):
        words = N_("“%(written)s” is no limit of a domain; write yahoo.com=20/minute gmail.com=100/minute.")
        raise BadInput(say(words, written=text[:80]), setting)
    return found


def strictest(limits: list[Limit]) -> tuple[Limit, ...]:
    """One for each window."""
    by_window: dict[int, int] = {}
    for most, seconds in limits:
        by_window[seconds] = min(most, by_window.get(seconds, most))
    return tuple(Limit(most, seconds) for seconds, most in sorted(by_window.items()))


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))
