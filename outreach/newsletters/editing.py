"""What staff change in a draft: its words, and which articles in which order."""

from typing import Any

from django.db import transaction

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds import events
from outreach.newsletters import links
from outreach.newsletters.checking import one_line
from outreach.newsletters.models import Issue, IssueEntry

_LONGEST_INTRO = 5_000


def change(issue: Issue, *, subject: str, intro: str, by: Any = None) -> None:
    """Give `issue` a subject and an introduction (Markdown). Raises BadInput that names the field."""
    line = one_line(subject, "subject", 200)
    if not line:
        raise BadInput(say(N_("Give the issue a subject: it is what readers see first.")), "subject")
    text = intro.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > _LONGEST_INTRO:
        words = N_("The introduction is too long: at most %(most)s characters.")
        raise BadInput(say(words, most=_LONGEST_INTRO), "intro")
    with transaction.atomic():
        _hold(issue)
        Issue.objects.filter(pk=issue.pk).update(subject=line, intro=text)
        record(issue, say(N_("Subject and introduction were changed.")), actor=by)
    issue.refresh_from_db()


def move_up(item: IssueEntry, by: Any = None) -> None:
    """Let `item` change places with the one above it, among the articles or in the agenda."""
    _move(item, -1)


def move_down(item: IssueEntry, by: Any = None) -> None:
    """The same with the one below it."""
    _move(item, 1)


def leave_out(item: IssueEntry, by: Any = None) -> None:
    """Not in this issue; what is news in it will not be in a later one either."""
    _set_left_out(item, True, N_("Left out of the newsletter “%(name)s” by staff."), by)


def put_back(item: IssueEntry, by: Any = None) -> None:
    """In this issue after all."""
    _set_left_out(item, False, N_("Put back into the newsletter “%(name)s” by staff."), by)


def _set_left_out(item: IssueEntry, value: bool, words: str, by: Any) -> None:
    with transaction.atomic():
        issue = _hold(item.issue)
        if IssueEntry.objects.filter(pk=item.pk, left_out=not value).update(left_out=value):
            record(item.entry, say(words, name=issue.newsletter.name), actor=by)


def _move(item: IssueEntry, step: int) -> None:
    with transaction.atomic():
        issue = _hold(item.issue)
        items = list(issue.items.select_related("entry__event"))
        alike = [one for one in items if _kind(one) == _kind(item)]
        place = next(i for i, one in enumerate(alike) if one.pk == item.pk) + step
        if not 0 <= place < len(alike):
            return
        here, there = alike[place - step], alike[place]
        IssueEntry.objects.filter(pk=here.pk).update(position=there.position)
        IssueEntry.objects.filter(pk=there.pk).update(position=here.position)


def _kind(item: IssueEntry) -> tuple[bool, bool]:
    """Articles, events, and events of an earlier issue stand in three lists."""
    return item.repeated, events.event_of(item.entry) is not None


def _hold(issue: Issue) -> Issue:
    """The row, locked until the transaction ends: nobody approves meanwhile. Raises OutreachError."""
    row = Issue.objects.select_for_update().select_related("newsletter").get(pk=issue.pk)
    if row.state != Issue.State.DRAFT:
        raise OutreachError(say(N_("This issue is not a draft any more, so it stays as it is.")))
    links.look_again(row, clock.now())
    return row
