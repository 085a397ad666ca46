"""What is queued and is not sent for now: beyond the month's budget, or too late to send without asking.

Nothing of it is lost: it stays queued, with the reason. What waits for money goes on by itself; what is late
is a question to staff.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from outreach.core import clock, dates
from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, Sentence, say
from outreach.notices.telling import tell as tell_staff
from outreach.posts import payloads, preflight, stating
from outreach.posts.accounts import costs
from outreach.posts.history import INFO, WARNING, tell
from outreach.posts.models import Account, Post, Publication
from outreach.posts.reasons import FINE, because

State, Held = Publication.State, Publication.Held

FREE: dict[str, Any] = {
    "held": Held.NOT,
    "waits_since": None,
    "late_is_fine": False,
    "says_duplicate": False,
    "unwanted": False,
}
"""The columns of a publication that is queued anew: what was before holds it no more."""

_ASKED_ABOUT = (Post.Kind.ENTRY, Post.Kind.STAFF)
_MOST = 50


def questions() -> QuerySet[Publication]:
    """What is too late to send without asking, and waits for the answer."""
    rows = Publication.objects.filter(held=Held.LATE, state__in=(State.QUEUED, State.SKIPPED))
    return rows.filter(post__state=Post.State.APPROVED)


def is_held(publication: Publication, now: datetime) -> bool:
    """Hold `publication`, about to be sent, where it is too late or beyond the budget. True when it is held.

    Called with its account in hand, so that no other post of it is sent meanwhile.
    """
    account = publication.account
    if is_late(publication, now):
        return _hold(publication, Held.LATE, _too_old(publication))
    if payloads.has_begun(publication.post, now) and _may_be_asked(publication):
        return _hold(publication, Held.LATE, say(N_("The event has begun.")), state=State.SKIPPED)
    if not costs.is_covered(account, publication.payload["text"], now):
        return _hold(publication, Held.BUDGET, _beyond(publication, now))
    return False


def is_fine(publication: Publication, now: datetime) -> bool:
    """Whether a person let it go out although its event has begun."""
    return publication.late_is_fine and payloads.has_begun(publication.post, now)


def is_late(publication: Publication, now: datetime) -> bool:
    """Whether it is news that waited too long. What tells of an event is in time until that begins."""
    if publication.event_start is not None:
        return False
    waits_since = publication.waits_since or publication.due_at
    return not publication.late_is_fine and now - waits_since > timedelta(days=settings.TOO_LATE_DAYS)


def hold_beyond_budget(publication_id: int, now: datetime) -> None:
    """At its approval: hold it when the month in which it is due has no room left for it."""
    found = Publication.objects.select_related("post__entry", "account").defer("account__credentials")
    publication = found.get(pk=publication_id)
    account = publication.account
    if publication.state == State.QUEUED and not costs.fits(publication, account, now):
        _hold(publication, Held.BUDGET, _beyond(publication, max(publication.due_at, now)))


def release_one(now: datetime) -> bool:
    """Let the oldest go for which there is money again: a new month, or another budget. False without one."""
    held = Publication.objects.filter(held=Held.BUDGET, state=State.QUEUED)
    accounts = held.order_by().values_list("account", flat=True).distinct()
    return any(_went_on(row, now) for pk in accounts for row in _first_of(held.filter(account=pk)))


def _first_of(held: QuerySet[Publication]) -> QuerySet[Publication]:
    rows = held.select_related("post__entry", "account").defer("account__credentials")
    return rows.order_by("due_at", "id")[:_MOST]


def _went_on(row: Publication, now: datetime) -> bool:
    """Let it go, or, where the month that it waited for has come in vain, say until when it waits now."""
    if costs.fits(row, row.account, now):
        return _release(row)
    until = row.reason.values.get("time")
    if until is None or until > now:
        return False
    return _hold(row, Held.BUDGET, _beyond(row, max(row.due_at, now)))


def send_anyway(publication: Publication, by: Any = None) -> None:
    """A person says that it still goes out. Raises OutreachError when it is no question (any more)."""
    with transaction.atomic():
        stating.hold(publication.post.entry_id)
        if stating.is_untrue(publication):
            raise OutreachError(say(N_("It says something of the event that is not so any more.")))
        fresh = {"state": State.QUEUED, "held": Held.NOT, "late_is_fine": True, **FINE}
        fresh |= preflight.anew(publication)
        _answer(publication, fresh | {"due_at": clock.now(), "approved_at": clock.now()})
        said = say(N_("It is late, and still goes out on %(account)s."), account=publication.account.name)
        tell(publication, said, actor=by)


def leave(publication: Publication, by: Any = None) -> None:
    """A person says that it comes too late. Raises OutreachError when it is no question (any more)."""
    reason = say(N_("It came too late, so it was left."))
    with transaction.atomic():
        _answer(publication, {"state": State.SKIPPED, "held": Held.NOT, **because(reason)})
        tell(publication, reason, actor=by)


def _answer(publication: Publication, changes: dict[str, Any]) -> None:
    if not questions().filter(pk=publication.pk).update(**changes):
        raise OutreachError(say(N_("This has been answered already, or is on its way.")))
    publication.refresh_from_db()


def _may_be_asked(publication: Publication) -> bool:
    """Nobody is reminded of what has begun; but that something is new may be worth telling late."""
    return publication.post.kind in _ASKED_ABOUT and not publication.late_is_fine


def _hold(publication: Publication, kind: str, reason: Sentence, state: str = State.QUEUED) -> bool:
    with transaction.atomic():
        rows = Publication.objects.filter(pk=publication.pk, state=State.QUEUED)
        if rows.update(held=kind, state=state, **because(reason)):
            account = publication.account
            said = say(N_("Not posted on %(account)s: %(reason)s"), account=account.name, reason=reason)
            tell(publication, said, WARNING)
            _tell_staff(account, kind, reason)
    return True


def _tell_staff(account: Account, kind: str, reason: Sentence) -> None:
    today = dates.local(clock.now())
    if kind == Held.BUDGET:
        title = say(N_("The budget of %(account)s is used up"), account=account.name)
        tell_staff(account, f"budget:{today:%Y-%m}:{account.budget}", title, reason)
    else:
        title = say(N_("Posts for %(account)s come late: do they still go out?"), account=account.name)
        tell_staff(account, f"late:{today:%Y-%m-%d}", title, reason)


def _release(publication: Publication) -> bool:
    with transaction.atomic():
        rows = Publication.objects.filter(pk=publication.pk, state=State.QUEUED, held=Held.BUDGET)
        if not rows.update(held=Held.NOT, **FINE, **preflight.anew(publication)):
            return False
        said = say(N_("There is money for it again on %(account)s."), account=publication.account.name)
        tell(publication, said, INFO)
    return True


def _too_old(publication: Publication) -> Sentence:
    since = publication.waits_since or publication.due_at
    return say(N_("It should have gone out on %(time)s. Say whether it still does."), time=since)


def _beyond(publication: Publication, at: datetime) -> Sentence:
    account = publication.account
    price = costs.price(account, publication.payload["text"])
    if account.budget is not None and price > account.budget:
        alone = N_(
            "This post alone costs %(price)s dollars, and the budget is %(budget)s dollars a month. "
            "It waits until somebody raises the budget."
        )
        return say(alone, price=price, budget=account.budget)
    words = N_(
        "The budget of %(budget)s dollars for the month is used up. It waits until %(time)s, "
        "or until somebody raises the budget."
    )
    return say(words, budget=account.budget, time=costs.month_of(at).end)
