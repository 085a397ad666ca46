"""A held source: too much looked new at once, and staff decide what it is."""

from typing import Any

from django.db import transaction

from outreach.core.errors import OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, Sentence, say, say_many
from outreach.feeds import merging
from outreach.feeds.models import Entry, Source

OLD = N_("It was on the website before; the website moved.")
_KEPT_AS_OLD = N_("They are kept as old articles; none is posted.")
_POSTED = N_("They are new articles. They are posted, unless a rule says otherwise.")
_TO_REVIEW = N_("They are new articles. They wait for approval, unless a rule says otherwise.")


def waiting(source: Source) -> list[Entry]:
    """What came since the source is held, newest first."""
    if not source.held_at:
        return []
    return list(source.entries.filter(state=Entry.State.NEW, first_seen_at__gte=source.held_at))


def release_as_old(source: Source, by: Any = None, upto: int | None = None) -> Sentence:
    """They are old articles: none is posted. Staff may still pick some.

    `upto` is the highest number of those that were shown: what came later was not judged, and stays held.
    Says what becomes of them. Raises OutreachError when nothing is held.
    """
    with transaction.atomic():
        judged, later = _sorted_out(source, upto)
        for entry in judged:
            if Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW).update(
                state=Entry.State.IGNORED, reason=say(OLD), question=""
            ):
                record(entry, say(OLD), actor=by)
        return _release(source, later, say(_KEPT_AS_OLD), by)


def release_to_post(source: Source, by: Any = None, upto: int | None = None) -> Sentence:
    """They are new articles: all go on, as the source's mode and its rules say. `upto` as with the old."""
    with transaction.atomic():
        judged, later = _sorted_out(source, upto)
        for entry in judged:
            record(entry, say(N_("Not held any more: it is a new article.")), actor=by)
            if entry.question == Entry.Question.DUPLICATE:
                merging.close(entry)  # that it is new was just said
                merging.ask_what_is_left(entry)
        done = _POSTED if source.mode == Source.Mode.AUTOMATIC else _TO_REVIEW
        return _release(source, later, say(done), by)


def _sorted_out(source: Source, upto: int | None) -> tuple[list[Entry], list[Entry]]:
    """What was judged, and what came later. Locks the source: no look brings more before this ends."""
    source.held_at = Source.objects.select_for_update().get(pk=source.pk).held_at
    if not source.held_at:
        raise OutreachError(say(N_("Nothing of this source is held back any more.")))
    found = waiting(source)
    later = [entry for entry in found if upto is not None and entry.pk > upto]
    return [entry for entry in found if entry not in later], later


def _release(source: Source, later: list[Entry], done: Sentence, by: Any) -> Sentence:
    source.held_at = min((entry.first_seen_at for entry in later), default=None)
    Source.objects.filter(pk=source.pk).update(held_at=source.held_at)
    if not later:
        record(source, say(N_("The source is not held any more.")), actor=by)
        return done
    more = say_many(
        "%(done)s %(count)s more came since that page was shown: say what it is, too.",
        "%(done)s %(count)s more came since that page was shown: say what they are, too.",
        len(later),
        done=done,
    )
    record(source, more, actor=by)
    return more
