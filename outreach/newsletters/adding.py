"""Putting an entry into a draft by hand, whatever kept it out."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from outreach.core.errors import OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, Sentence, say
from outreach.feeds.models import Entry
from outreach.newsletters import arranging
from outreach.newsletters.content import composing, placing
from outreach.newsletters.models import Issue, IssueEntry, Newsletter

_PUT_IN = N_("Put into the newsletter “%(name)s” by staff.")
_DONE = N_("It stands in this issue now.")
_AGAIN = N_("It stands in this issue now. Note: readers had it before, in the issue of %(date)s.")
_MENTIONED = N_("It stands in this letter now. It comes in an issue for all readers as it would without it.")
_IN_A_LETTER = N_("Put into a letter to readers of the newsletter “%(name)s” by staff.")
_MOVED = N_("It stands in this issue now, and not in the other draft any more.")


def found(issue: Issue, search: str = "", source: int | None = None) -> QuerySet[Entry]:
    """What can be put into `issue`: every entry that is not in it, newest first, also old ones.

    Of `source`, when that is given, with all words of `search` in its title, summary or address.
    """
    inside = issue.items.filter(left_out=False).values("entry")
    rows = Entry.objects.exclude(pk__in=inside).select_related("source", "event")
    if source is not None:
        rows = rows.filter(source=source)
    for word in search.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word) | Q(link__icontains=word))
    return rows


def put_in(issue: Issue, entry: Entry, by: Any = None) -> Sentence:
    """Let `entry` stand in the draft `issue`, at the end of its articles or events. Says how it is now.

    It is news of this issue, and of no later one; a letter only mentions it. Where an earlier issue had it,
    it is repeated: that is said. Out of another draft it is taken. Raises OutreachError for what readers
    would not see.
    """
    _refuse_what_is_hidden(issue, entry)
    with transaction.atomic():
        # As who opens an issue does: two at once would make the same entry news of two.
        Newsletter.objects.select_for_update().get(pk=issue.newsletter_id)
        held = arranging.hold(issue)
        said = _put(held, entry)
        record(entry, say(_IN_A_LETTER if held.letter else _PUT_IN, name=held.newsletter.name), actor=by)
        return said


def _put(issue: Issue, entry: Entry) -> Sentence:
    if own := issue.items.filter(entry=entry).first():
        IssueEntry.objects.filter(pk=own.pk).update(left_out=False)
        return say(_MENTIONED if issue.letter else _DONE)
    if issue.letter:
        _stand(issue, entry, repeated=True)
        return say(_MENTIONED)
    items = IssueEntry.objects.filter(newsletter=issue.newsletter_id, entry=entry, repeated=False)
    other = items.select_related("issue").first()
    if other is not None and other.left_out and other.issue.state != Issue.State.DRAFT:
        # Readers never had it there: it is news of this issue. Its row stays, for who asks what became of it.
        IssueEntry.objects.filter(pk=other.pk).update(repeated=True)
        other = None
    moved = other is not None and _take_out_of_draft(other)
    repeated = other is not None and not moved
    _stand(issue, entry, repeated=repeated)
    if other is None:
        return say(_DONE)
    return say(_MOVED) if moved else say(_AGAIN, date=other.issue.slot)


def _stand(issue: Issue, entry: Entry, *, repeated: bool) -> None:
    IssueEntry.objects.create(
        newsletter=issue.newsletter, issue=issue, entry=entry, position=0, repeated=repeated
    )
    placing.settle(issue, [entry.pk])


def _take_out_of_draft(item: IssueEntry) -> bool:
    """A draft is nobody's yet. Approved meanwhile it keeps the entry: then the other issue repeats it."""
    drafts = Issue.objects.select_for_update().filter(pk=item.issue_id, state=Issue.State.DRAFT)
    return bool(drafts.first()) and bool(item.delete()[0])


def _refuse_what_is_hidden(issue: Issue, entry: Entry) -> None:
    if composing.is_away(entry):
        raise OutreachError(say(N_("It is not on the website any more: readers would not see it.")))
    if composing.has_begun(entry, issue.slot):
        raise OutreachError(say(N_("This event has begun or is over: readers would not see it.")))
    if composing.is_off(entry):
        raise OutreachError(say(N_("This event is cancelled or postponed: readers would not see it.")))
