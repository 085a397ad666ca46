"""The order of a draft: articles, texts and agenda go up and down, and one article leads."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds import events
from outreach.newsletters import links
from outreach.newsletters.content import composing, placing
from outreach.newsletters.content.composing import Order, Row
from outreach.newsletters.models import Issue, IssueEntry, IssueText


def hold(issue: Issue) -> Issue:
    """The row, locked until the transaction ends: nobody approves meanwhile. Raises OutreachError."""
    row = Issue.objects.select_for_update().select_related("newsletter").get(pk=issue.pk)
    if row.state != Issue.State.DRAFT:
        raise OutreachError(say(N_("This issue is not a draft any more, so it stays as it is.")))
    links.look_again(row, clock.now())
    return row


def move_up(row: Row, by: Any = None) -> None:
    """Let `row` change places with what readers see above it; an event only with events.

    The issue itself stands for its agenda.
    """
    _move(row, -1)


def move_down(row: Row, by: Any = None) -> None:
    """The same with what they see below it."""
    _move(row, 1)


def can_move(order: Order, row: Row, step: int) -> bool:
    """Whether `row` can go up (-1) or down (1): no article goes above the lead story."""
    return _beyond(order, row, step) is not None


def lead_with(item: IssueEntry, by: Any = None) -> None:
    """Begin the articles of its issue with `item`, larger than the others."""
    with transaction.atomic():
        issue = hold(item.issue)
        if item.left_out or events.event_of(item.entry):
            raise OutreachError(say(N_("Only an article that stands in the issue can be the lead story.")))
        Issue.objects.filter(pk=issue.pk).update(lead_by=Issue.Lead.CHOSEN, lead=item.entry)
        record(issue, say(N_("“%(title)s” is the lead story."), title=str(item.entry)), actor=by)


def lead_with_none(issue: Issue, by: Any = None) -> None:
    """All articles are shown alike."""
    _lead_by(issue, Issue.Lead.NONE, N_("It has no lead story."), by)


def lead_with_newest(issue: Issue, by: Any = None) -> None:
    """The newest article that has a picture leads: as every issue begins."""
    _lead_by(issue, Issue.Lead.NEWEST, N_("The newest article with a picture is the lead story."), by)


def _lead_by(issue: Issue, how: str, words: str, by: Any) -> None:
    with transaction.atomic():
        hold(issue)
        Issue.objects.filter(pk=issue.pk).update(lead_by=how, lead=None)
        record(issue, say(words), actor=by)


def _move(row: Row, step: int) -> None:
    with transaction.atomic():
        issue = hold(row if isinstance(row, Issue) else row.issue)
        order = composing.order_of(issue)
        neighbour = _beyond(order, row, step)
        if neighbour is None:
            return
        rest = [one for one in _alike(order, row) if one != row]
        place = rest.index(neighbour) + max(step, 0)
        placing.number([*rest[:place], row, *rest[place:]])


def _beyond(order: Order, row: Row, step: int) -> Row | None:
    """What `row` would change places with; None where readers would see no difference."""
    alike = [one for one in _alike(order, row) if one == row or _is_seen(order, one)]
    place = alike.index(row) + step if row in alike else -1
    if not 0 <= place < len(alike):
        return None
    pair = (row, alike[place])
    if order.lead in pair and all(isinstance(one, IssueEntry) for one in pair):
        return None
    return alike[place]


def _alike(order: Order, row: Row) -> Sequence[Row]:
    """The list that `row` stands in: events, events of an earlier issue, or all the rest."""
    for part in (order.agenda, order.again):
        if row in part:
            return part
    return order.rows


def _is_seen(order: Order, row: Row) -> bool:
    if isinstance(row, Issue):
        return any(composing.is_shown(item) for item in (*order.agenda, *order.again))
    return not row.left_out if isinstance(row, IssueText) else composing.is_shown(row)
