"""A held source: too much looked new at once, and staff decide what it is."""

from typing import Any

from django.db import transaction

from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds import merging
from outreach.feeds.models import Entry, Source

OLD = N_("It was on the website before; the website moved.")


def waiting(source: Source) -> list[Entry]:
    """What came since the source is held, newest first."""
    if not source.held_at:
        return []
    return list(source.entries.filter(state=Entry.State.NEW, first_seen_at__gte=source.held_at))


def release_as_old(source: Source, by: Any = None) -> None:
    """They are old articles: none is posted. Staff may still pick some."""
    with transaction.atomic():
        for entry in waiting(source):
            if Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW).update(
                state=Entry.State.IGNORED, reason=say(OLD), question=""
            ):
                record(entry, say(OLD), actor=by)
        _release(source, by)


def release_to_post(source: Source, by: Any = None) -> None:
    """They are new articles: all are posted, as the source's mode says."""
    with transaction.atomic():
        for entry in waiting(source):
            record(entry, say(N_("Not held any more: it is a new article.")), actor=by)
            if entry.question == Entry.Question.DUPLICATE:
                merging.close(entry)  # that it is new was just said
        _release(source, by)


def _release(source: Source, by: Any) -> None:
    Source.objects.filter(pk=source.pk).update(held_at=None)
    source.held_at = None
    record(source, say(N_("The source is not held any more.")), actor=by)
