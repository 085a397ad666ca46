"""Another time for what is queued: a person moves it, gives it the next free time, or lets it go now.

The row is locked and changed only while it is queued: what is on its way cannot be moved any more.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, Sentence, say
from outreach.posts import history, holding, payloads, preflight
from outreach.posts.accounts import timing
from outreach.posts.accounts.timing import Place
from outreach.posts.models import Publication
from outreach.posts.reasons import FINE

_Timing = Publication.Timing
_MOVED = N_("Moved on %(account)s: it goes out %(time)s.")


def move(publication: Publication, at: datetime, by: Any = None, *, anyway: bool = False) -> Sentence:
    """Let `publication` go out at `at`, whatever the hours of its account.

    Raises BadInput for a time in the past or after its event begins, `timing.Inconvenient` for one that the
    hours speak against unless `anyway`, OutreachError when it is not queued any more.
    """
    if at <= clock.now():
        raise BadInput(say(N_("That moment is in the past. Choose a later one, or post now.")), "planned_at")
    if payloads.has_begun(publication.post, at):
        raise BadInput(say(payloads.BEGUN_BY_THEN), "planned_at")
    with transaction.atomic():
        _hold(publication)
        if not anyway:
            timing.refuse_inconvenient(publication.post, at, [timing.hold(publication.account_id)])
        return _put(publication, Place(at, _Timing.FIXED), by)


def to_next_free(publication: Publication, by: Any = None) -> Sentence:
    """Give it the next free time of its account. Raises OutreachError when it is not queued any more."""
    with transaction.atomic():
        _hold(publication)
        post = publication.post
        post.planned_at = None  # only here: what the post was planned for stays written down
        return _put(publication, timing.place(post, timing.hold(publication.account_id), clock.now()), by)


def post_now(publication: Publication, by: Any = None) -> Sentence:
    """Let it go now: slots, quiet hours and our own distance do not hold it, the network's limits do.

    Raises OutreachError when it is not queued any more.
    """
    with transaction.atomic():
        _hold(publication)
        return _put(publication, Place(clock.now(), _Timing.FIXED), by)


def _hold(publication: Publication) -> None:
    rows = Publication.objects.filter(pk=publication.pk, state=Publication.State.QUEUED)
    # An UPDATE that changes nothing: it takes the row's lock on every database.
    if not rows.update(state=F("state")):
        raise OutreachError(
            say(N_("It cannot be moved any more: it is on its way or out already, or stopped."))
        )
    publication.refresh_from_db(fields=["page_state"])


def _put(publication: Publication, place: Place, by: Any) -> Sentence:
    # What was held as too late is so no more; what there is no money for is held again when its time comes.
    fresh = {"due_at": place.at, "timing": place.timing, **holding.FREE, **FINE}
    if place.at > clock.now():
        fresh |= preflight.anew(publication)
    Publication.objects.filter(pk=publication.pk).update(**fresh)
    publication.refresh_from_db(fields=list(fresh))
    said = say(_MOVED, account=publication.account.name, time=place.at)
    history.tell(publication, said, actor=by)
    return said
