"""Dates in running text, as people write them in Dutch, French and English.

No Django here: this runs in the parser's own process. A wrong date sends people to a closed door, so what is
doubtful is refused: a weekday that disagrees, a deadline, a day of publication, the day of a law, the past.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from outreach.feeds import spoken_days, spoken_hours
from outreach.feeds.spoken_days import Day, Mention
from outreach.feeds.spoken_words import Tokens

_DAY = timedelta(days=1)
# A date without a year is the next one; one that is further away was meant to be last year's.
_WITHIN, _YEARS = timedelta(days=300), 2
_EVENING, _MOST_SEEN = 17, 20
_BEFORE_A_DEADLINE = (
    "voor tegen laatste uiterlijk tot jusquau avant tard before by until till than since sinds depuis vanaf"
    " partir des lopend"
)
_DEADLINE = set(_BEFORE_A_DEADLINE.split())
_BEGINS = {"vanaf", "partir", "des"}
_OTHER_DAYS = re.compile(
    r"\b(?:geplaatst|gepubliceerd|verschenen|bijgewerkt|gewijzigd|publiee?|postee?|mise? a jour|posted"
    r"|published|updated|deadline|date limite|uiterste|wet|decreet|besluit|omzendbrief|richtlijn|loi|decret"
    r"|arrete|circulaire|directive|act|geboren|overleden|born|nee?|died|(?:inschrijv|inscription|registrati)\w*"
    r" (?:start|open|sluit|begin|loop|eindig|ouvr|ferm|clos|end)\w*)\b[^.!?;]{0,25}$"
)
_IS_DEADLINE_AFTER = re.compile(r"^[\s,(]*(?:is|=|:)?\s*(?:de |la |the )?(?:deadline|uiterste|date limite)")


@dataclass(frozen=True)
class Spoken:
    """A date that a text names. Instants are in UTC; the end of whole days is the midnight after the last."""

    starts_at: datetime
    ends_at: datetime | None
    all_day: bool
    weekday: bool  # it is named, and agrees
    repeats: bool = False  # it is the first of a list of days


def find(title: str, text: str, zone: ZoneInfo, now: datetime, published: datetime | None) -> Spoken | None:
    """The date on which something takes place, of those that title and text name; None if it is doubtful.

    A date without a year is the next one after `published` (or now). The most explicit date counts, but of
    the text only the day that the title names, if it names one.
    """
    since = min(published, now) if published else now
    titled, said = (list(_Reader(part, zone, now, since).found()) for part in (title, text))
    best = _best(titled)
    if best is None:
        return _best(said)
    day = best.starts_at.astimezone(zone).date()
    same = _best([one for one in titled + said if one.starts_at.astimezone(zone).date() == day])
    return replace(same, repeats=best.repeats) if same else None


def _best(found: list[Spoken]) -> Spoken | None:
    return max(found, key=lambda one: 2 * (not one.all_day) + one.weekday, default=None)


class _Reader:
    """One text, and the dates in it."""

    def __init__(self, text: str, zone: ZoneInfo, now: datetime, since: datetime) -> None:
        self.tokens, self.zone, self.now = Tokens(text), zone, now
        self._taken = 0
        self.today, self.since = now.astimezone(zone).date(), since.astimezone(zone).date()

    def found(self) -> Iterator[Spoken]:
        """Every date that can be meant, in order."""
        place = seen = 0
        while place < len(self.tokens) and seen < _MOST_SEEN:
            mention = spoken_days.mention(self.tokens, place)
            place = mention.behind if mention else place + 1
            seen += mention is not None
            if mention and not self._is_something_else(mention) and (spoken := self._spoken(mention)):
                yield spoken

    def _is_something_else(self, mention: Mention) -> bool:
        """A deadline, the day of publication, the day of a law."""
        word = self.tokens.at(self.tokens.before_small_words(mention.first - 1)).text
        begins = mention.is_range and word in _BEGINS
        start, end = self.tokens.at(mention.first).start, self.tokens.at(mention.behind - 1).end
        before, after = self.tokens.text[max(0, start - 80) : start], self.tokens.text[end : end + 40]
        is_deadline = (word in _DEADLINE and not begins) or _IS_DEADLINE_AFTER.search(after)
        return bool(is_deadline or _OTHER_DAYS.search(before))

    def _spoken(self, mention: Mention) -> Spoken | None:
        """The instants, when every named weekday agrees and the first day is not over."""
        days = self._dated(mention)
        coming = [day for day in days if day >= self.today]
        together = mention.is_range or all(later - day <= _DAY for day, later in pairwise(days))
        if not coming or days != sorted(days) or (together and days[0] < self.today):
            return None
        # Of a list the next day counts; on the evening of one of its days that is the one after it.
        spans = [(coming[0], days[-1])] if together else [(day, day) for day in coming]
        hours, self._taken = spoken_hours.beside(self.tokens, mention.first, mention.behind, self._taken)
        weekday = any(one.weekday is not None for one in mention.days)
        found = (self._instants(*span, hours, weekday=weekday) for span in spans)
        spoken = next(filter(None, found), None)
        return replace(spoken, repeats=not together) if spoken else None

    def _dated(self, mention: Mention) -> list[date]:
        """The days with their years; none when one cannot be, or is another weekday."""
        year = next((one.year for one in reversed(mention.days) if one.year), None)
        days = [self._date(one, self._year(one, mention.days[-1], year)) for one in mention.days]
        pairs = zip(days, mention.days, strict=True)
        agree = all(found and one.weekday in (None, found.weekday()) for found, one in pairs)
        return [day for day in days if day] if agree else []

    def _year(self, one: Day, last: Day, year: int | None) -> int | None:
        """ "30 december tot 2 januari 2027" begins in the year before."""
        return year - 1 if year and one.year is None and one.month > last.month else one.year or year

    def _date(self, one: Day, year: int | None) -> date | None:
        try:
            if year:
                return date(year, one.month, one.day) if year <= self.today.year + _YEARS else None
            found = date(self.since.year, one.month, one.day)
            if found < self.since:
                found = date(self.since.year + 1, one.month, one.day)
        except ValueError:
            return None
        return found if found - self.since <= _WITHIN else None

    def _instants(self, first: date, last: date, hours: list[time], *, weekday: bool) -> Spoken | None:
        start = self._instant(first, hours[0] if hours else time())
        end = self._instant(last + _DAY, time()) if last > first else None
        if len(hours) > 1:
            end = self._instant(last, hours[1])
            if end <= start:  # past midnight, or two hours that are no span
                end = self._instant(last + _DAY, hours[1]) if hours[0].hour >= _EVENING else None
        if hours and start <= self.now:
            return None
        return Spoken(start, end, not hours, weekday)

    def _instant(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)
