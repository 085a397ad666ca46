"""What became of each article of a website whose feed changed, look by look."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from outreach.core import clock, http
from outreach.feeds import asking, child, holding, parsing, polling
from outreach.feeds.models import Entry, Source
from outreach.feeds.sources import add_source
from tests.fakes.changing_site import FEED, Site
from tests.feeds.conftest import NOON


def parsed_here(body: bytes, question: dict[str, Any]) -> dict[str, Any]:
    """What the parser's process does, in this one: a start of Python for each look would take minutes."""
    answer: dict[str, Any] = json.loads(json.dumps(child.answer_to(body, json.loads(json.dumps(question)))))
    return answer


@contextmanager
def watched(site: Site, *, here: bool = True) -> Iterator[Source]:
    """A source that watches `site` since noon; read in this process, or as always."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http, "fetch", site.answer)
        if here:
            patch.setattr(parsing, "_answer_to", parsed_here)
        with clock.frozen(NOON):
            yield add_source(FEED)


class Ledger:
    """Which entries were made of each article, and which of them went out."""

    def __init__(self, site: Site) -> None:
        self.site, self.old = site, {one.author for one in site.stories}
        self.made: dict[str, list[int]] = defaultdict(list)
        self.out: set[int] = set()
        self.days = 0.0
        self._note()

    def look(self, days: float, *, answered: bool = False) -> None:
        """One look at the feed, so many days after the last; staff have `answered` what they were asked."""
        self.days += days
        now = NOON + timedelta(days=self.days)
        with clock.frozen(now):
            Source.objects.update(next_poll_at=now)
            while polling.poll_one(now):
                pass
            self._note()
            if answered:
                self._answer()

    def problems(self) -> list[str]:
        """What a reader would have had twice, wrongly, or never."""
        waits = set(Entry.objects.filter(state=Entry.State.NEW).values_list("pk", flat=True))
        found = [f"{who}: old, and posted" for who in self.old if self.out & set(self.made[who])]
        for who in self.site.seen - self.old:
            mine = set(self.made[who])
            if len(mine & self.out) > 1:
                found.append(f"{who}: posted twice")
            if not mine & (waits | self.out):
                reasons = Entry.objects.filter(pk__in=mine).values_list("reason", flat=True)
                found.append(f"{who}: lost {[str(r) for r in reasons]}")
        return found

    def spare(self) -> set[str]:
        """Articles that were stored more than once, if only as a question."""
        return {who for who, pks in self.made.items() if len(pks) > 1}

    def _note(self) -> None:
        known = {pk for pks in self.made.values() for pk in pks}
        for pk, author in Entry.objects.exclude(pk__in=known).order_by("pk").values_list("pk", "author"):
            self.made[author].append(pk)
        # What is posted without a person having a say; that it cools first makes no difference here.
        goes_out = Entry.objects.filter(state=Entry.State.NEW, question="", source__held_at=None)
        self._post(goes_out.values_list("pk", flat=True))

    def _post(self, pks: Any) -> None:
        self.out |= set(pks)
        Entry.objects.filter(pk__in=pks).update(state=Entry.State.PLANNED)

    def _answer(self) -> None:
        """Staff know their website: they say what is true, and pick what is new among what is not."""
        for source in Source.objects.exclude(held_at=None):
            news = [entry.pk for entry in holding.waiting(source) if self._is_new(entry)]
            holding.release_as_old(source)
            self._post(news)
        for entry in Entry.objects.filter(question=Entry.Question.DUPLICATE):
            (asking.it_is_new if self._is_new(entry) else asking.it_is_the_same)(entry)
        self._note()

    def _is_new(self, entry: Entry) -> bool:
        others = set(self.made[entry.author]) - {entry.pk}
        return entry.author not in self.old and not others & self.out and entry.pk >= max(others, default=0)
