"""The order of an issue: its lead story, articles, texts of staff and agenda, as readers see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.feeds import events
from outreach.feeds.models import Entry
from outreach.newsletters.content import intro, pictures
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

Row = IssueEntry | IssueText | Issue
"""The same as a row. The issue itself stands for its agenda: it keeps the place of it."""


@dataclass(frozen=True)
class Order:
    """All that stands in an issue, in the order in which readers see it; also what is left out."""

    rows: list[Row]
    agenda: list[IssueEntry]
    again: list[IssueEntry]
    lead: IssueEntry | None


def order_of(issue: Issue) -> Order:
    """The lead story takes the place of the first article, whatever its own place."""
    items = list(issue.items.select_related("entry__event", "entry__source"))
    articles = [item for item in items if not events.event_of(item.entry)]
    happening = [item for item in items if events.event_of(item.entry)]
    rows: list[Row] = sorted([*articles, *issue.texts.all(), issue], key=_place)
    kept = [item for item in articles if is_shown(item)]
    first = lead_of(issue, [item.entry for item in kept])
    lead = next((item for item in kept if first and item.entry_id == first.pk), None)
    return Order(
        rows=_lead_first(rows, lead, kept),
        agenda=[item for item in happening if issue.letter or not item.repeated],
        again=[item for item in happening if item.repeated and not issue.letter],
        lead=lead,
    )


def sections(issue: Issue) -> list[Section]:
    """What readers of `issue` would see if it went out now. Headings are in the active language."""
    order = order_of(issue)
    pieces = [_piece(row, order) for row in order.rows if not is_left_out(row) and not _is_hidden(row)]
    return arranged(pieces, order.lead.entry if order.lead else None)


def shown(issue: Issue) -> list[IssueEntry]:
    """The entries that readers would see if `issue` went out now."""
    return [item for item in issue.items.select_related("entry__event", "entry__source") if is_shown(item)]


def is_shown(item: IssueEntry) -> bool:
    """Not what staff left out or the website took away, what has begun, or news of what is off."""
    return (
        not item.left_out
        and not is_away(item.entry)
        and not has_begun(item.entry, item.issue.slot)
        and ((item.repeated and not item.issue.letter) or not is_off(item.entry))
    )


def is_left_out(row: Row) -> bool:
    """Whether staff took it away. The agenda leaves by its events."""
    return not isinstance(row, Issue) and row.left_out


def arranged(pieces: Iterable[Piece], lead: Entry | None) -> list[Section]:
    """`pieces` as sections, in their order."""
    found: list[Section] = []
    for piece in pieces:
        section = _section(piece, lead)
        if section is None:
            continue
        if found and section.kind == found[-1].kind == "articles":
            found[-1].entries.extend(section.entries)
        else:
            found.append(section)
    return _headed(found)


def lead_of(
    issue: Issue, articles: Sequence[Entry], organisation: Organisation | None = None
) -> Entry | None:
    """The lead story among `articles`: what staff chose, else the newest that has a picture, or none.

    One whose picture readers see goes before one whose picture is left out. With an `organisation` nothing
    need be stored.
    """
    if issue.lead_by == Issue.Lead.NONE:
        return None
    chosen = issue.lead_by == Issue.Lead.CHOSEN
    kept = [entry for entry in articles if entry.pk == issue.lead_id] if chosen else []
    if kept:
        return kept[0]
    ours = organisation or Organisation.get()

    def rank(entry: Entry) -> tuple[bool, tuple[float, int]]:
        return bool(pictures.shown(issue.newsletter, ours, entry)), age(entry)

    return max((entry for entry in articles if entry.image_url), key=rank, default=None)


def has_begun(entry: Entry, slot: datetime) -> bool:
    """Whether it is an event that it is too late for when an issue of `slot` goes out: then, or later."""
    return events.too_late(events.event_of(entry), max(slot, clock.now()))


def is_off(entry: Entry) -> bool:
    """Whether it is an event that does not take place: only who was invited to it hears of it."""
    event = events.event_of(entry)
    return event is not None and not events.takes_place(event)


def is_away(entry: Entry) -> bool:
    """Whether the website took it away. The page of an article is read once: only an event's can be gone."""
    gone = entry.page_gone_at is not None and events.event_of(entry) is not None
    return entry.withdrawn_at is not None or gone


def age(entry: Entry) -> tuple[float, int]:
    """Sorts by the date of the website, or when it was first seen where that has none."""
    return ((entry.published_at or entry.first_seen_at).timestamp(), entry.pk or 0)


def _is_hidden(row: Row) -> bool:
    return isinstance(row, IssueEntry) and not is_shown(row)


def _place(row: Row) -> tuple[int, int, int]:
    """Rows of different tables may have the same position: texts, articles, the agenda."""
    if isinstance(row, Issue):
        return row.agenda_position, 2, 0
    return row.position, int(isinstance(row, IssueEntry)), row.pk


def _lead_first(rows: list[Row], lead: IssueEntry | None, kept: list[IssueEntry]) -> list[Row]:
    if lead is None:
        return rows
    first = next(place for place, row in enumerate(rows) if row in kept)
    rest = [row for row in rows if row != lead]
    return [*rest[:first], lead, *rest[first:]]


def _piece(row: Row, order: Order) -> Piece:
    if isinstance(row, IssueText):
        return row
    if isinstance(row, IssueEntry):
        return row.entry
    news, again = ([item.entry for item in part if is_shown(item)] for part in (order.agenda, order.again))
    return Agenda(news, again)


def _section(piece: Piece, lead: Entry | None) -> Section | None:
    if isinstance(piece, IssueText):
        return Section("text", piece.heading, html=intro.html(piece.words), text=intro.text(piece.words))
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
