"""What an attempt to post came to, as rows: one function per answer of `networks.errors`.

Each writes the publication, its account and the log in one transaction, and only while the claim is still
ours: after a lost lease the row belongs to whoever took over.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from outreach.core.leases import settle
from outreach.core.models import record
from outreach.core.pace import paced
from outreach.core.sentences import N_, Sentence, say
from outreach.networks.base import Network, Receipt
from outreach.networks.errors import AuthBroken, Budget, Duplicate, NotSent, Rejected, Throttled
from outreach.posts.accounts.pausing import pause_account
from outreach.posts.history import INFO, TROUBLE, WARNING, tell
from outreach.posts.models import Account, Publication
from outreach.posts.reasons import FINE, because, raw_of, sentence_of, why_not

State = Publication.State

# Outlasts the slowest send (image upload and post, each 30 s at most) more than three times: a look-up that
# starts while the request is still in flight would find nothing, and the post would be sent twice.
LEASE = timedelta(minutes=5)

# Waiting times when the network names none. The first doubles with each attempt, up to the second.
THROTTLED = (timedelta(minutes=15), timedelta(hours=6))
NOT_REACHED = (timedelta(minutes=1), timedelta(hours=1))
NO_CREDIT = timedelta(hours=6)
AFTER_DOUBT = timedelta(minutes=1)
NOT_BILLED: dict[str, Any] = {"cost": None, "charged_at": None}
"""The columns of a publication that is not there."""
# A reset header is believed within these: an account must neither hammer nor sleep for ever.
_NOT_AGAIN = N_("It is not on %(account)s. It was cancelled meanwhile, so it is not posted again.")
_SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=24)


@dataclass(frozen=True)
class Attempt:
    """One try: the rows as they were claimed, the claims to settle with, and when the answer came."""

    publication: Publication
    account: Account
    network: Network
    claim: str
    hold: str
    at: datetime


def published(attempt: Attempt, receipt: Receipt) -> None:
    """The network took it."""
    rest = _within_reason(receipt.not_before - attempt.at) if receipt.not_before else None
    with transaction.atomic():
        let_go(attempt, wait=rest, last_post_at=attempt.at)
        _set_reason(attempt.account, FINE)
        if not _settle(attempt, **there(receipt, attempt.at)) and not _claimed_too_late(attempt, receipt):
            return
        _tell(attempt, say(N_("Posted on %(account)s."), account=attempt.account.name))


def failed(attempt: Attempt, error: Exception) -> None:
    """The network did not say yes. What is not proven otherwise is in doubt."""
    for kind, handle in _HANDLERS.items():
        if isinstance(error, kind):
            with transaction.atomic():
                handle(attempt, error)
            return
    with transaction.atomic():
        _in_doubt(attempt, error)


def let_go(attempt: Attempt, *, wait: timedelta | None = None, **changes: Any) -> None:
    """Give the account back; the next post waits for the network's spacing, or for a longer `wait`."""
    pause = max(paced(attempt.network.spacing), wait or timedelta())
    changes["not_before"] = attempt.at + pause
    settle(Account.objects.filter(pk=attempt.account.pk), attempt.hold, **changes)


def backoff(attempts: int, bounds: tuple[timedelta, timedelta]) -> timedelta:
    """Doubles with each attempt from the first bound to the second, spread so that accounts do not march."""
    first, most = bounds
    doublings = min(max(attempts - 1, 0), 16)
    spread: float = random.uniform(0.85, 1.15)  # noqa: S311 (spreading load, no secret)
    return paced(min(first * (1 << doublings), most) * spread)


def _set_reason(account: Account, columns: Mapping[str, Any]) -> bool:
    """What is the matter with an active account; whoever paused it has given the reason already."""
    if account.reason == columns["reason"]:
        return False
    rows = Account.objects.filter(pk=account.pk, state=Account.State.ACTIVE)
    return bool(rows.update(**columns))


def there(receipt: Receipt, at: datetime) -> dict[str, Any]:
    """The columns of a publication that the network has."""
    return {
        "state": State.PUBLISHED,
        **FINE,
        "remote_id": receipt.remote_id[:200],
        "remote_url": receipt.url[:1000],
        "published_at": at,
        "look_at": None,
        "says_duplicate": False,
        "unwanted": False,
    }


def queue_again(publication: Publication, token: str, **changes: Any) -> bool:
    """What is proven not to be there is sent once more, unless a person cancelled it meanwhile.

    True when it is queued. False as well when the lease was lost.
    """
    rows = Publication.objects.filter(pk=publication.pk)
    if settle(rows.filter(unwanted=False), token, **changes, state=State.QUEUED, look_at=None):
        return True
    said = say(_NOT_AGAIN, account=publication.account.name)
    if settle(rows, token, **changes | because(said), state=State.CANCELLED, look_at=None):
        tell(publication, said)
    return False


def _claimed_too_late(attempt: Attempt, receipt: Receipt) -> bool:
    """Our lease ran out, yet the post is there: say so before whoever took over sends it again.

    Also when somebody cancelled it since: what is there is there.
    """
    rows = Publication.objects.filter(pk=attempt.publication.pk)
    rows = rows.exclude(state__in=(State.PUBLISHED, State.SENDING))
    return bool(rows.update(claim="", lease_until=None, **there(receipt, attempt.at)))


def _refused(attempt: Attempt, error: Exception) -> None:
    let_go(attempt)
    reason = sentence_of(error)
    if _settle(attempt, state=State.REFUSED, look_at=None, **why_not(error), **_not_billed(attempt)):
        said = say(N_("%(account)s did not take it: %(reason)s"), account=attempt.account.name, reason=reason)
        _tell(attempt, said, TROUBLE, raw=raw_of(error))


def _not_allowed(attempt: Attempt, error: Exception) -> None:
    let_go(attempt)
    pause_account(attempt.account.pk, **why_not(error), keys=attempt.account.credentials)
    _back_to_queue(attempt, error)


def _wait(attempt: Attempt, error: Exception) -> None:
    until = error.until if isinstance(error, Throttled) else None
    if until is None:
        wait = backoff(attempt.publication.attempts, THROTTLED)
    else:
        wait = _within_reason(until - attempt.at)
    let_go(attempt, wait=wait)
    _back_to_queue(attempt, error, tries_at=attempt.at + wait)


def _within_reason(wait: timedelta) -> timedelta:
    return min(max(wait, _SHORTEST_WAIT), LONGEST_WAIT)


def _no_credit(attempt: Attempt, error: Exception) -> None:
    wait = backoff(1, (NO_CREDIT, NO_CREDIT))
    let_go(attempt, wait=wait)
    if _set_reason(attempt.account, why_not(error)):
        record(attempt.account, sentence_of(error), TROUBLE, raw=raw_of(error))
    _back_to_queue(attempt, error, tries_at=attempt.at + wait)


def _not_reached(attempt: Attempt, error: Exception) -> None:
    """Only this post waits longer: what kept it from leaving may be its own (an image upload)."""
    let_go(attempt)
    again = attempt.at + backoff(attempt.publication.attempts, NOT_REACHED)
    since = attempt.publication.waits_since or attempt.publication.due_at
    _back_to_queue(attempt, error, tries_at=again, due_at=again, waits_since=since)


def _back_to_queue(
    attempt: Attempt, error: Exception, *, tries_at: datetime | None = None, **changes: Any
) -> None:
    """Proven not to have arrived, so it may be sent again; an older attempt may still be in doubt."""
    if not attempt.publication.absences:
        changes["sent_at"] = None
    changes |= _not_billed(attempt)
    reason = sentence_of(error)
    if not queue_again(attempt.publication, attempt.claim, **why_not(error), **changes):
        return
    text = (
        N_("Not posted on %(account)s yet: %(reason)s It is tried again %(when)s.")
        if tries_at
        else (N_("Not posted on %(account)s yet: %(reason)s"))
    )
    _tell(
        attempt,
        say(text, account=attempt.account.name, reason=reason, when=tries_at),
        WARNING,
        raw=raw_of(error),
    )


def _not_billed(attempt: Attempt) -> dict[str, Any]:
    """What is proven not to be there costs nothing, unless an attempt before this one is in doubt."""
    return {} if attempt.publication.absences else NOT_BILLED


def _copy(attempt: Attempt, error: Exception) -> None:
    """The network has it already: adopt it where it is named, else look for it at once."""
    if isinstance(error, Duplicate) and error.remote_id:
        published(attempt, Receipt(error.remote_id))
    else:
        _in_doubt(attempt, error, look_at=attempt.at, says_duplicate=True)


def _in_doubt(attempt: Attempt, error: Exception, **changes: Any) -> None:
    """It may be there: the network is asked before anything is sent again."""
    let_go(attempt, wait=paced(AFTER_DOUBT), last_post_at=attempt.at)
    asks = attempt.network.can_be_asked and bool(attempt.network.look_after)
    values = {"look_at": attempt.at + paced(attempt.network.look_after[0]) if asks else None, **changes}
    if not asks:
        values["look_at"] = None
    if not _settle(attempt, state=State.UNKNOWN, absences=0, **why_not(error), **values):
        return
    text = (
        N_("It is not certain that it was posted on %(account)s: %(reason)s It is asked there %(when)s.")
        if asks
        else N_("It is not certain that it was posted on %(account)s: %(reason)s Look there, and say so.")
    )
    level, when = (WARNING, values["look_at"]) if asks else (TROUBLE, None)
    said = say(text, account=attempt.account.name, reason=sentence_of(error), when=when)
    _tell(attempt, said, level, raw=raw_of(error))


def _settle(attempt: Attempt, **changes: Any) -> bool:
    return settle(Publication.objects.filter(pk=attempt.publication.pk), attempt.claim, **changes)


def _tell(attempt: Attempt, sentence: Sentence, level: str = INFO, *, raw: str = "") -> None:
    tell(attempt.publication, sentence, level, raw=raw)


_HANDLERS: dict[type[Exception], Callable[[Attempt, Exception], None]] = {
    Rejected: _refused,
    AuthBroken: _not_allowed,
    Throttled: _wait,
    Budget: _no_credit,
    NotSent: _not_reached,
    Duplicate: _copy,
}
