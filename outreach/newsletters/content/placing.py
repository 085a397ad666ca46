"""Where what comes into an issue stands, beside what is there already."""

from collections.abc import Sequence

from outreach.feeds import events
from outreach.newsletters.content import composing
from outreach.newsletters.content.composing import Row
from outreach.newsletters.models import Issue, IssueEntry


def number(rows: Sequence[Row]) -> None:
    """Give `rows` their places: 0, 1, 2 …"""
    for place, row in enumerate(rows):
        if isinstance(row, Issue):
            Issue.objects.filter(pk=row.pk).update(agenda_position=place)
        else:
            type(row).objects.filter(pk=row.pk).update(position=place)


def settle(issue: Issue, new: Sequence[int]) -> None:
    """Put the rows of the entries `new` in their places: articles behind articles, events by their start."""
    issue.refresh_from_db(fields=["agenda_position", "lead_by", "lead"])  # staff may have moved them since
    order = composing.order_of(issue)
    come = [row for row in order.rows if isinstance(row, IssueEntry) and row.entry_id in new]
    if come:
        kept = [row for row in order.rows if row not in come]
        articles = [place for place, row in enumerate(kept) if isinstance(row, IssueEntry)]
        place = articles[-1] + 1 if articles else kept.index(issue)
        number([*kept[:place], *come, *kept[place:]])
    for part in (order.agenda, order.again):
        if any(item.entry_id in new for item in part):
            number(_by_start(part, new))


def _by_start(part: list[IssueEntry], new: Sequence[int]) -> list[IssueEntry]:
    """Each new one before the first that begins later: the order that staff gave the others stays."""
    found = [item for item in part if item.entry_id not in new]
    for item in sorted(set(part) - set(found), key=_start):
        later = [place for place, other in enumerate(found) if _start(other) > _start(item)]
        found.insert(later[0] if later else len(found), item)
    return found


def _start(item: IssueEntry) -> tuple[float, int]:
    event = events.event_of(item.entry)
    assert event is not None  # it stands in the agenda
    return event.starts_at.timestamp(), item.entry_id
