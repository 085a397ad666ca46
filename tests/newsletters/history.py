"""The life of a website, its newsletters and their staff, one random event after another.

What the website writes is stored by `feeds.storing`, as after a look at its feed; all else goes through the
doors that the pages, the command line and the ticks use. What readers got is read in the frozen mails.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.feeds import asking, holding, storing
from outreach.feeds.models import Entry, Source
from outreach.feeds.parsing import Feed, Happening, Item
from outreach.newsletters import issues, making, waiting
from outreach.newsletters.content import digest
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.sending.starting import start_one
from outreach.subscribers import joining, searching

START = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)  # a Tuesday, nine o'clock in Brussels
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LANGUAGES, CATEGORIES = ("nl", "fr"), ("Nieuws", "Stages")
FILTERS: tuple[dict[str, list[str]], ...] = (
    {"languages": [], "categories": [], "without": []},
    {"languages": ["nl"], "categories": [], "without": []},
    {"languages": [], "categories": ["Nieuws"], "without": []},
    {"languages": [], "categories": [], "without": ["Stages"]},
)


@dataclass
class Article:
    """What the website says now, and all that a newsletter might have gone by."""

    number: int
    item: Item
    shown: bool = True
    steady: bool = True  # never taken away, never dated far ahead, not of before: nothing kept it out
    went_by: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class World:
    """Two sources, three newsletters, and the hour that it is."""

    now: datetime = START
    sources: list[Source] = field(default_factory=list)
    articles: list[list[Article]] = field(default_factory=list)
    newsletters: list[Newsletter] = field(default_factory=list)
    filters: dict[int, list[dict[str, list[str]]]] = field(default_factory=dict)
    by_hand: set[tuple[int, int]] = field(default_factory=set)
    letters: int = 0
    moved: set[int] = field(
        default_factory=set
    )  # newsletters whose sources changed: what they had to take did

    def begin(self) -> None:
        """Each source shows ten old articles; newsletters over both, the one, and the other."""
        self.do(self._begin)

    def _begin(self) -> None:
        for name in ("een", "twee"):
            source = Source.objects.create(
                name=name, url=f"https://{name}.example/feed", site=f"{name}.example", language="nl"
            )
            self.sources.append(source)
            self.articles.append([])
            for _number in range(10):
                self.write(len(self.sources) - 1, 0, -40 * DAY)
            self.look()
        over = (self.sources, self.sources[:1], self.sources[1:])
        for number, (mode, ahead) in enumerate((("automatic", 0), ("approval", 0), ("automatic", 30))):
            newsletter = making.create(
                f"Brief {number}", sources=over[number], mode=mode, draft_ahead_hours=ahead, language="nl"
            )
            joining.add(newsletter.topic, "lezer@example.org", how="test", wording="Ja.", language="nl")
            self.newsletters.append(newsletter)
            self.filters[newsletter.pk] = [FILTERS[0]]

    # ---- The website ----

    def write(self, source: int, kind: int, dated: timedelta | None = timedelta()) -> None:
        """An article, or an event in two to four weeks, in a language and of a category by `kind`."""
        number = sum(map(len, self.articles))
        site, event = self.sources[source].site, None
        if kind % 5 == 4:
            event = Happening(starts_at=self.now + DAY * (14 + kind % 15))
        item = Item(
            guid=f"urn:{number}",
            link=f"https://{site}/{number}x",
            title=f"{WORDS[number % len(WORDS)]} {number}",
            summary=f"Over {number} en niets anders.",
            language=LANGUAGES[kind % 2],
            categories=[CATEGORIES[kind // 2 % 2]],
            published_at=None if dated is None else self.now + dated,
            event=event,
        )
        steady = dated is None or (event is None and -2 * DAY < dated < 20 * DAY)
        self.articles[source].insert(0, Article(number, item, steady=steady and event is None))

    def edit(self, source: int, which: int, kind: int) -> None:
        """Other words, another date, another guid, gone, or back."""
        shelf = self.articles[source]
        article = shelf[which % len(shelf)]
        item, dates = article.item, (None, self.now, self.now - 9 * DAY, self.now + 9 * DAY)
        changes: tuple[Callable[[], Item], ...] = (
            lambda: replace(item, summary=f"{item.summary} Verbeterd {self.now:%d-%m}."),
            lambda: replace(item, published_at=dates[kind % 4]),
            lambda: replace(item, guid=f"{item.guid}'"),
            lambda: replace(item, categories=[CATEGORIES[kind % 2]]),
        )
        if kind % 6 < 4:
            article.item = changes[kind % 6]()
            return
        article.shown, article.steady = not article.shown, False

    def look(self) -> None:
        """Each feed is looked at; what is asked or held is answered."""
        for source, shelf in zip(self.sources, self.articles, strict=True):
            source.refresh_from_db()
            items = [article.item for article in shelf if article.shown][:25]
            feed = Feed(source.url, "", f"https://{source.site}/", "nl", "rss20", False, True, items)
            storing.store(source, feed, self.now)
            source.save()
            for article in shelf:
                article.went_by.update((article.item.language, one) for one in article.item.categories)
        for source in Source.objects.filter(held_at__isnull=False):
            holding.release_to_post(source)
        for entry in Entry.objects.filter(question="duplicate"):
            asking.it_is_new(entry)

    # ---- Time ----

    def tick(self) -> None:
        """What the workers do until there is nothing left to do."""
        while issues.open_one(self.now) or waiting.follow_one(self.now) or start_one(self.now):
            pass

    def do(self, act: Callable[[], None]) -> None:
        """`act`, at the hour that it is."""
        with clock.frozen(self.now):
            act()

    def pass_by(self, hours: int, *, working: bool) -> None:
        """Hours later; where nobody was working, slots were missed."""
        self.now += hours * HOUR
        if working:
            self.do(self.tick)

    # ---- Staff ----

    def filter(self, newsletter: int, which: int) -> None:
        """Another filter from now on."""
        row, chosen = self.newsletters[newsletter % 3], FILTERS[which % len(FILTERS)]
        making.change(row, **chosen)
        self.filters[row.pk].append(chosen)

    def decide(self, what: int, which: int) -> None:
        """Approve or cancel an issue, make one, change one."""
        steps = (
            self._approve,
            self._cancel,
            self._make,
            self._leave_out,
            self._put_in,
            self._write,
            self._reopen,
            self._put_back,
            self._reschedule,
            self._hold,
            self._other_sources,
        )
        with contextlib.suppress(OutreachError):  # the door said no: that is an answer too
            steps[what % len(steps)](which)

    def _issue(self, which: int, *states: str) -> Issue:
        found = list(Issue.objects.filter(state__in=states).order_by("pk"))
        if not found:
            raise OutreachError(digest.say("There is none."))
        return found[which % len(found)]

    def _approve(self, which: int) -> None:
        issue = self._issue(which, "draft")
        issues.approve(issue, seen=issues.fingerprint(issue))

    def _cancel(self, which: int) -> None:
        issues.cancel(self._issue(which, "draft", "approved", "sending"))

    def _make(self, which: int) -> None:
        issues.make_now(self.newsletters[which % 3])

    def _leave_out(self, which: int) -> None:
        issue = self._issue(which, "draft")
        items = list(issue.items.order_by("pk"))
        if items:  # a letter may hold none
            issues.leave_out(items[which % len(items)])

    def _put_in(self, which: int) -> None:
        issue = self._issue(which, "draft")
        entry = Entry.objects.select_related("event", "source").order_by("pk")[which % Entry.objects.count()]
        issues.put_in(issue, entry)
        if not issue.letter:
            self.by_hand.add((issue.newsletter_id, entry.pk))

    def letter(self, which: int) -> None:
        """A letter that mentions what is newest: to all, to a segment, or never sent."""
        newsletter = self.newsletters[which % 3]
        who = searching.keep("Nederlands", searching.Filter(language="nl")) if which % 2 else None
        self.letters += 1
        with clock.frozen(self.now + timedelta(seconds=self.letters)):  # no two at the same moment
            letter = issues.write_letter(newsletter, who)
            issues.add_text(letter, "Woorden van ons.")
            for entry in Entry.objects.select_related("event", "source").order_by("-pk")[: 1 + which % 3]:
                with contextlib.suppress(OutreachError):
                    issues.put_in(letter, entry)
            ends: tuple[Callable[[Issue], None], ...] = (issues.approve, issues.cancel, lambda _letter: None)
            ends[which // 3 % 3](letter)

    def _reopen(self, which: int) -> None:
        issues.reopen(self._issue(which, "approved"))

    def _put_back(self, which: int) -> None:
        issue = self._issue(which, "draft")
        item = issue.items.filter(left_out=True).first()
        if item:
            issues.put_back(item)

    def _reschedule(self, which: int) -> None:
        making.change(self.newsletters[which % 3], at=f"{8 + which % 4:02}:00", weekdays=str(which % 7))

    def _hold(self, which: int) -> None:
        act = issues.hold if which % 2 else issues.release
        act(self._issue(which, "draft"))

    def _other_sources(self, which: int) -> None:
        row = self.newsletters[which % 3]
        making.change(row, sources=(self.sources, self.sources[:1], self.sources[1:])[which // 3 % 3])
        self.moved.add(row.pk)

    def _write(self, which: int) -> None:
        issues.add_text(self._issue(which, "draft"), "Woorden van ons.", at="top")

    def end(self) -> None:
        """Two months in which staff let everything out, and the website does nothing."""
        self.do(self.look)
        for _slot in range(10):
            self.now = min(row.next_slot for row in Newsletter.objects.all() if row.next_slot)
            self.do(self._let_all_out)

    def _let_all_out(self) -> None:
        self.tick()
        for issue in Issue.objects.filter(state=Issue.State.DRAFT):
            try:
                issues.approve(issue)
            except OutreachError:  # it is empty, or its subject names what is over
                issues.cancel(issue)
        self.tick()


WORDS = ("Voorlezen", "Studiedag taal", "Rekenen met blokken", "Open huis", "Nieuwe collega's", "Wandelen")
