"""What makes an item look like an event where its website's data do not say so: <time>, its date, its words.

No Django here: this runs in the parser's own process. A hint is asked about, unless staff trust the source.
"""

import html
import re
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from outreach.feeds import cleaning, event_words, markup_events, moments, spoken_dates
from outreach.feeds.moments import Span

# An announcement says when near its beginning. The text of no more items is searched: a feed of thousands
# must be read within the seconds that the process has.
_MOST_MARKUP, _MOST_TEXT, _MOST_SEARCHED = 8_000, 700, 500
# A report names the day on which something took place; without a year it would be the next one. A vacancy
# names the day of its interviews.
_IS_NONE = re.compile(
    r"\b(?:vacatures?|vacanc(?:y|ies)|offres? d.emploi|terugblik\w*|verslag|nabeschouwing|vond plaats"
    r"|retour sur|compte rendu|a eu lieu|recap|looking back|look back|took place)\b"
)


class _Found(NamedTuple):
    origin: str
    span: Span
    repeats: bool = False


class Hints:
    """Whether the items of one feed may be events.

    `everything`: staff said that all of them are, or those of these `categories`: what they are dated is when
    they take place, and their text needs no word for an event.
    """

    def __init__(
        self, zone: ZoneInfo, now: datetime, *, everything: bool = False, categories: Iterable[str] = ()
    ) -> None:
        self.zone, self.now, self._all = zone, now, everything
        self._left = _MOST_SEARCHED
        self._categories = {_folded(name) for name in categories}

    def of(
        self, title: str, markup: str, categories: list[str], published: datetime | None
    ) -> dict[str, Any] | None:
        """The hint for one item, as the answer of the parser has it: the most trusted that there is."""
        announced = self._is_announced(categories)
        found = self._marked(markup) or (self._dated(published) if announced else None)
        if found is None and (announced or event_words.is_like_an_event(title, categories)):
            found = self._spoken(title, markup, published, announced=announced)
        return _hint(found, title, markup) if found else None

    def _is_announced(self, categories: list[str]) -> bool:
        return self._all or any(_folded(name) in self._categories for name in categories)

    def _marked(self, markup: str) -> _Found | None:
        span = markup_events.marked(markup_events.times_in(markup), self.zone, self.now)
        return _Found("time", span) if span else None

    def _dated(self, published: datetime | None) -> _Found | None:
        """The Events Calendar and others write the start of an event as its date of publication."""
        if published is None or published <= self.now:
            return None
        at_midnight = published.astimezone(self.zone).time() == time()
        return _Found("date", Span(published, None, at_midnight))

    def _spoken(
        self, title: str, markup: str, published: datetime | None, *, announced: bool
    ) -> _Found | None:
        self._left -= 1
        if self._left < 0 or _IS_NONE.search(moments.without_accents(title.lower())):
            return None
        text = cleaning.cut(cleaning.text_of(markup[:_MOST_MARKUP]), _MOST_TEXT)
        found = spoken_dates.find(title, text, self.zone, self.now, published)
        if found is None:
            return None
        # A bare day in the text may be any day; with its weekday or hour people are meant to come.
        is_sure = announced or found.weekday or not found.all_day or self._is_in(title, published)
        span = Span(found.starts_at, found.ends_at, found.all_day)
        return _Found("text", span, found.repeats) if is_sure else None

    def _is_in(self, title: str, published: datetime | None) -> bool:
        return spoken_dates.find(title, "", self.zone, self.now, published) is not None


def _hint(found: _Found, title: str, markup: str) -> dict[str, Any]:
    meeting = event_words.meeting_in(html.unescape(markup[:_MOST_MARKUP]))
    status = event_words.status_of(title)
    said = markup_events.happening(found.span, found.origin, status, "", meeting)
    return said | {"repeats": found.repeats}


def _folded(name: str) -> str:
    return " ".join(moments.without_accents(name.casefold()).split())
