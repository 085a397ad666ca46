"""What becomes of one entry: its state changes here, also when the rooms above decide it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from outreach.core.models import Activity, record
from outreach.core.sentences import N_, NOTHING, Sentence
from outreach.feeds.models import Entry, Source

BY_STAFF = N_("Staff decided not to post it.")


def take(entry: Entry, *, again: bool = False) -> bool:
    """A post is made of this new entry, in the transaction that holds this call.

    The UPDATE decides between two who would make it: False when another was first, or when it is held, asked
    about or withdrawn since it was looked at. With `again` a person picked it: none of that counts,
    and what was asked about it needs no answer.
    """
    rows = Entry.objects.filter(pk=entry.pk)
    if not again:
        # The source by a subquery: with a join PostgreSQL would not look at the state again after waiting
        # for somebody who decides at this moment.
        held = Source.objects.filter(pk=OuterRef("source_id"), held_at__isnull=False)
        rows = rows.filter(~Exists(held), state=Entry.State.NEW, question="", withdrawn_at=None)
    return bool(rows.update(state=Entry.State.PLANNED, reason=NOTHING, question=""))


def ignore(entry: Entry, reason: Sentence, by: Any = None) -> bool:
    """Do not post this new entry. False when it was decided otherwise meanwhile."""
    return _change(entry, reason, Activity.Level.INFO, by, state=Entry.State.IGNORED)


def revive(entry: Entry, reason: str, now_true: Sentence) -> bool:
    """It was ignored for `reason`, which is not true any more: decide again. False when it was not."""
    with transaction.atomic():
        rows = Entry.objects.filter(pk=entry.pk, state=Entry.State.IGNORED, reason__text=reason)
        revived = rows.update(state=Entry.State.NEW, reason=NOTHING)
        if revived:
            record(entry, now_true)
    return bool(revived)


def decide_later(entry: Entry, at: datetime) -> None:
    """It stays new, and is looked at again at `at`; nothing when it was decided meanwhile."""
    Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW).update(decide_at=at)


def keep_waiting(entry: Entry, reason: Sentence, level: str = Activity.Level.WARNING) -> bool:
    """It stays new, and says why. False when it says so already, or was decided meanwhile."""
    return entry.reason != reason and _change(entry, reason, level, None)


def _change(entry: Entry, reason: Sentence, level: str, by: Any, **changes: Any) -> bool:
    with transaction.atomic():
        rows = Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW)
        changed = rows.update(reason=reason, **changes)
        if changed:
            record(entry, reason, level, actor=by)
    return bool(changed)
