"""Finding some among many subscribers: by what somebody typed, and by what is known of them.

What is typed is looked for anywhere in address and name, without accents. That goes through one narrow
column: some hundredths of a second for a hundred thousand people, on both databases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet

from outreach.core import dates
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.subscribers import lists, tagging
from outreach.subscribers.models import Segment, Subscriber, Subscription, Tag
from outreach.subscribers.models.subscriber import folded

MOST = 1_000
"""Above this it is not counted how many were found."""
_WORDS = 30  # nobody's address and name hold more, and each is a condition of the query
_WISHES: dict[str, Q] = {Subscriber.State.PENDING: lists.WAITING, Subscriber.State.UNSUBSCRIBED: lists.LEFT}
_TAGS = 50  # tags that begin with what was typed


@dataclass(frozen=True)
class Numbers:
    """Subscribers behind number `after`, up to number `to`."""

    after: int
    to: int

    def of(self, column: str) -> dict[str, int]:
        """The conditions on a column that holds the number."""
        return {f"{column}__gt": self.after, f"{column}__lte": self.to}


@dataclass(frozen=True)
class Filter:
    """Which subscribers; what is empty does not matter.

    `topic`: who gets it (with the state "unsubscribed": who left it; with "pending": who has not answered
    yet, whatever else they read). `since` and `before` are days, like 2026-12-01, on the organisation's
    calendar: joined on or after the one, before the other.
    """

    search: str = ""
    topic: str = ""
    language: str = ""
    tag: str = ""
    state: str = ""
    since: str = ""
    before: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Filter":
        """What a form, a link or a kept segment names. Raises BadInput (since, before, state or language)."""
        found = cls(**{one.name: str(given.get(one.name) or "").strip() for one in fields(cls)})
        found = replace(found, tag=tagging.key(found.tag))
        _day(found.since, "since")
        _day(found.before, "before")
        if found.state and found.state not in Subscriber.State.values:
            known = ", ".join(Subscriber.State.values)
            raise BadInput(
                say(N_("“%(state)s” is no state; there are: %(known)s."), state=found.state, known=known),
                "state",
            )
        _language(found.language)
        return found

    @classmethod
    def kept(cls, wanted: Mapping[str, Any]) -> "Filter":
        """What a segment keeps. Raises BadInput for a rule that is not known: without it there are more."""
        found = cls.read(wanted)
        if not wanted or found.wanted().keys() != wanted.keys():
            raise BadInput(say(N_("The rules of this segment cannot be read. Make it again.")), "segment")
        return found

    def wanted(self) -> dict[str, str]:
        """What is not empty: what a segment keeps."""
        return {name: value for name, value in vars(self).items() if value}

    def query(self) -> str:
        """The same for an address."""
        return urlencode(self.wanted())

    def people(self) -> QuerySet[Subscriber]:
        """Who they are now, by address."""
        return self.within(Subscriber.objects.order_by("address_key"))

    def within(self, found: QuerySet[Subscriber], numbers: Numbers | None = None) -> QuerySet[Subscriber]:
        """Those of `found` who are among them; with `numbers`, only of those: parts stay cheap."""
        if numbers:
            found = found.filter(**numbers.of("pk"))
        words = set(folded(self.search).split())
        if len(words) > _WORDS:
            return found.none()
        for word in words:
            found = found.filter(_typed(word, numbers))
        if self.language:
            found = found.filter(language=self.language)
        if self.state:
            found = found.filter(self._in_state())
        if self.tag:
            tags = Tag.objects.filter(key=self.tag).values("pk")
            found = found.filter(pk__in=_tagged(tags, numbers))
        return self._joined(found, numbers)

    def _in_state(self) -> Q:
        # Who left one newsletter may still read another, and so may who waits for an answer about this one.
        if self.topic and self.state in _WISHES:
            return ~Q(state__in=lists.UNREACHABLE)
        return Q(state=self.state)

    def _joined(self, found: QuerySet[Subscriber], numbers: Numbers | None) -> QuerySet[Subscriber]:
        when = {}
        if since := _day(self.since, "since"):
            when["confirmed_at__gte"] = since
        if before := _day(self.before, "before"):
            when["confirmed_at__lt"] = before
        if not self.topic:
            return found.filter(**when)
        wish = _WISHES.get(self.state, lists.ACTIVE)
        wishes = Subscription.objects.filter(wish, topic=self.topic, **when)
        if numbers:
            wishes = wishes.filter(**numbers.of("subscriber"))
        return found.filter(pk__in=wishes.values("subscriber"))


@dataclass(frozen=True)
class Part:
    """Some subscribers in the order of their addresses; `after` is where the next part begins.

    `count` is how many there are in all, at most MOST + 1; 0 where nobody counted (a later part).
    """

    rows: list[Subscriber]
    after: str = ""
    count: int = 0

    @property
    def many(self) -> bool:
        """More than were counted."""
        return self.count > MOST


def part(wanted: Filter, after: str = "", size: int = 50) -> Part:
    """The part behind the address `after`: page 2,000 costs what page 1 costs. The first part counts too."""
    found = wanted.people()
    if after:
        rows = list(found.filter(address_key__gt=after)[: size + 1])
        return Part(rows[:size], rows[size - 1].address_key if len(rows) > size else "")
    # Counted and shown by one look: a rare word would else be looked for twice.
    keys = list(found.values_list("pk", flat=True)[: MOST + 1])
    rows = list(Subscriber.objects.filter(pk__in=keys[:size]).order_by("address_key"))
    return Part(rows, rows[-1].address_key if len(keys) > size else "", len(keys))


def keep(name: str, wanted: Filter) -> Segment:
    """Keep `wanted` as a segment; one with this name is written over. Raises BadInput (name)."""
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise BadInput(say(N_("Give it a name of at most %(limit)s characters."), limit=80), "name")
    if not wanted.wanted():
        raise BadInput(say(N_("Choose first who belongs to it; now it would be everybody.")), "name")
    return Segment.objects.update_or_create(name=name, defaults={"wanted": wanted.wanted()})[0]


def _typed(word: str, numbers: Numbers | None = None) -> Q:
    tags = list(Tag.objects.filter(key__startswith=word).values_list("pk", flat=True)[:_TAGS])
    found = Q(sought__contains=word)
    return found | Q(pk__in=_tagged(tags, numbers)) if tags else found


def _tagged(tags: Any, numbers: Numbers | None) -> QuerySet[Any, Any]:
    between = numbers.of("subscriber") if numbers else {}
    return Tag.people.through.objects.filter(tag__in=tags, **between).values("subscriber")


def _language(code: str) -> None:
    known = dict(settings.LANGUAGES)
    if code and code not in known:
        # Nobody has it: the search, kept as a segment, would find nobody for ever.
        said = N_("“%(language)s” is no language of Outreach; there are: %(known)s.")
        raise BadInput(say(said, language=code, known=", ".join(known)), "language")


def _day(text: str, name: str) -> datetime | None:
    if not text:
        return None
    try:
        return dates.midnight(date.fromisoformat(text)).astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 began before it in UTC
        raise BadInput(say(N_("Write the day like 2026-12-01.")), name) from None
