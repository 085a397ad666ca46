"""The order of an issue: its lead story, articles, texts of staff and agenda, as readers see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from django.utils.translation import gettext as _

from outreach.core import clock
from outreach.feeds import events
from outreach.feeds.models import Entry
from outreach.newsletters.content import intro
from outreach.newsletters.models import Issue, IssueEntry, IssueText

Kind = Literal["lead", "articles", "text", "agenda"]


@dataclass(frozen=True)
class Section:
    """One part of an issue. What has nothing to say is empty: "" or []."""

    kind: Kind
    heading: str = ""
    entries: list[Entry] = field(default_factory=list)
    again: list[Entry] = field(default_factory=list)
    html: str = ""
    text: str = ""


@dataclass(frozen=True)
class Agenda:
    """The coming events of an issue: those that are news, and those that an earlier issue had."""

    events: list[Entry] = field(default_factory=list)
    again: list[Entry] = field(default_factory=list)


Piece = Entry | IssueText | Agenda
"""What has one place in the order of an issue: an article, a text of staff, or the agenda as a whole."""


def sections(issue: Issue) -> list[Section]:
    """What readers of `issue` see, if it went out now, in its order. Headings in the active language."""
    shown_items = shown(issue)
    articles = [item for item in shown_items if not events.event_of(item.entry)]
    happening = [item for item in shown_items if events.event_of(item.entry)]
    agenda = Agenda(
        [item.entry for item in happening if not item.repeated],
        [item.entry for item in happening if item.repeated],
    )
    texts = issue.texts.filter(left_out=False) if issue.pk else []
    places: list[tuple[int, int, int, Piece]] = [
        *((item.position, 1, item.pk, item.entry) for item in articles),
        *((text.position, 0, text.pk, text) for text in texts),
        (issue.agenda_position, 2, 0, agenda),
    ]
    ordered = [piece for *_place, piece in sorted(places, key=lambda place: place[:3])]
    return arranged(ordered, lead_of(issue, [item.entry for item in articles]))


def arranged(pieces: Iterable[Piece], lead: Entry | None) -> list[Section]:
    """`pieces` as sections. The lead story takes the place of the first article, whatever its own place."""
    found: list[Section] = []
    for piece in _lead_first(list(pieces), lead):
        section = _section(piece, lead)
        if section is None:
            continue
        if found and section.kind == found[-1].kind == "articles":
            found[-1].entries.extend(section.entries)
        else:
            found.append(section)
    return _headed(found)


def lead_of(issue: Issue, articles: Sequence[Entry]) -> Entry | None:
    """The lead story among `articles`: what staff chose, else the newest that has a picture."""
    if issue.lead_by == Issue.Lead.NONE:
        return None
    chosen = issue.lead_by == Issue.Lead.CHOSEN
    kept = [entry for entry in articles if entry.pk == issue.lead_id] if chosen else []
    pictured = sorted((entry for entry in articles if entry.image_url), key=age, reverse=True)
    return next(iter([*kept, *pictured]), None)


def shown(issue: Issue) -> list[IssueEntry]:
    """The entries that readers would see if `issue` went out now, in its order."""
    items = issue.items.filter(left_out=False).select_related("entry__event", "entry__source")
    return [item for item in items if not has_begun(item.entry) and (item.repeated or not is_off(item.entry))]


def has_begun(entry: Entry) -> bool:
    """Whether it is an event that it is too late for: nobody is invited to it."""
    return events.too_late(events.event_of(entry), clock.now())


def is_off(entry: Entry) -> bool:
    """Whether it is an event that does not take place: only who was invited to it hears of it."""
    event = events.event_of(entry)
    return event is not None and not events.takes_place(event)


def age(entry: Entry) -> tuple[float, int]:
    """Sorts by the date of the website, or when it was first seen where that has none."""
    return ((entry.published_at or entry.first_seen_at).timestamp(), entry.pk or 0)


def _lead_first(pieces: list[Piece], lead: Entry | None) -> list[Piece]:
    if lead is None:
        return pieces
    first = next(place for place, piece in enumerate(pieces) if isinstance(piece, Entry))
    rest = [piece for piece in pieces if piece is not lead]
    return [*rest[:first], lead, *rest[first:]]


def _section(piece: Piece, lead: Entry | None) -> Section | None:
    if isinstance(piece, IssueText):
        return Section("text", piece.heading, html=intro.html(piece.words), text=piece.words.strip())
    if isinstance(piece, Agenda):
        if not piece.events and not piece.again:
            return None
        return Section("agenda", _("Agenda"), entries=list(piece.events), again=list(piece.again))
    return Section("lead" if piece is lead else "articles", entries=[piece])


def _headed(found: list[Section]) -> list[Section]:
    """The first articles after the lead story are headed; alone, a heading would say what everybody sees."""
    kinds = [section.kind for section in found]
    if "lead" not in kinds or "articles" not in kinds:
        return found
    first = kinds.index("articles")
    return [*found[:first], replace(found[first], heading=_("More news")), *found[first + 1 :]]
