"""Posting, exactly once: claim, commit, send, record; and asking the network when the outcome is unknown.

No transaction and no lock is held around a request. A process that is killed anywhere leaves a row in state
`sending` whose lease runs out; such a row is never sent again before the network was asked.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.db import transaction
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from outreach import networks
from outreach.core.errors import OutreachError
from outreach.core.leases import among, claim, free, settle
from outreach.core.pace import paced
from outreach.core.sentences import N_, Sentence, say
from outreach.networks.base import Connection, Payload
from outreach.networks.errors import NotSent
from outreach.posts import holding, payloads, preflight, stating
from outreach.posts.accounts import costs, timing
from outreach.posts.accounts.reaching import connection_of, readable
from outreach.posts.history import TROUBLE, tell
from outreach.posts.models import Account, Post, Publication
from outreach.posts.reasons import because
from outreach.posts.sending import outcomes
from outreach.posts.sending.outcomes import LEASE, Attempt
from outreach.posts.sending.settling import resolve, settle_one

__all__ = ["LEASE", "publish_one", "resolve", "settle_one"]

# Nothing is sent when less than this is left of a claim: it outlasts the slowest request.
_LAST_MINUTE = timedelta(minutes=1)
# While the outcome of a post is open its account rests, at most this long: so a post that is sent again is
# the next one there, and a network that refuses the repetition of its latest post sees it.
_REST = timedelta(minutes=15)

log = structlog.get_logger(__name__)

State = Publication.State


@dataclass(frozen=True)
class _Ready:
    """All that a request needs, read before the publication is claimed."""

    publication: Publication
    account: Account
    connection: Connection
    payload: Payload
    cost: Decimal


def publish_one(now: datetime) -> bool:
    """Send the oldest due publication whose account is free, and at its hours. False when there is none."""
    busy: list[int] = []
    last_posts: dict[int, datetime | None] = {}
    held, resting = Q(), _resting(now)
    while found := _next_due(now, resting, busy, held):
        publication_id, account_id = found
        if account_id not in last_posts:  # its hours are read only when something is due on it
            account = Account.objects.defer("credentials").get(pk=account_id)
            last_posts[account_id] = account.last_post_at
            if rests := timing.held(account, now):
                held |= rests
                continue
        # The last post is that which the hours were read with: no other came between.
        free_now = _ready(now, resting).filter(pk=account_id, last_post_at=last_posts[account_id])
        if hold := claim(free_now, now, paced(LEASE)):
            _publish(publication_id, account_id, hold, now)
            return True
        busy.append(account_id)  # another worker was first: an account never keeps the others waiting
    return False


def _resting(now: datetime) -> list[int]:
    """The accounts with a post whose outcome is open: few."""
    rows = Publication.objects.filter(
        among("state", (State.SENDING, State.UNKNOWN)),
        look_at__isnull=False,
        sent_at__gt=now - paced(_REST),
    )
    return list(rows.order_by("look_at").values_list("account_id", flat=True))


def _ready(now: datetime, resting: list[int]) -> QuerySet[Account]:
    may = Q(not_before__isnull=True) | Q(not_before__lte=now)
    may |= Q(not_before__gt=now + 2 * outcomes.LONGEST_WAIT)  # so it was while a clock was wrong
    # A token about to end is renewed first (`accounts.renewing`): it must outlast the request.
    works = Q(token_ends_at__isnull=True) | Q(token_ends_at__gt=now + LEASE)
    ready = Account.objects.filter(free(now), may, works, state=Account.State.ACTIVE)
    return ready.exclude(pk__in=resting)


def _next_due(now: datetime, resting: list[int], busy: list[int], held: Q) -> tuple[int, int] | None:
    # Excluded, not asked for: else SQLite would go through all that was ever posted on the accounts.
    others = Account.objects.exclude(pk__in=_ready(now, resting).values("pk"))
    rows = _sendable().filter(due_at__lte=now, post__state=Post.State.APPROVED)
    return (
        rows.exclude(account__in=others)
        .exclude(account__in=busy)
        .exclude(held)
        .order_by("due_at", "id")
        .values_list("pk", "account_id")
        .first()
    )


def _sendable() -> QuerySet[Publication]:
    """What is queued. An old date is never sent: it follows first (`following`), or staff are asked."""
    # No join: PostgreSQL would not look at the state again when two claim the same row.
    rows = Publication.objects.filter(state=State.QUEUED, held="").exclude(page_state__in=preflight.HELD)
    return rows.exclude(pk__in=stating.held_back().values("pk"))


def _publish(publication_id: int, account_id: int, hold: str, now: datetime) -> None:
    """With the account in hand: prepare, claim the publication, send it. The account is always let go."""
    ready = _prepared(publication_id, account_id, now)
    if ready is None or not (mine := _claimed(publication_id, ready.cost, now)):
        settle(Account.objects.filter(pk=account_id), hold)
        return
    ready.publication.attempts += 1
    _send(ready, mine, hold, now)


def _claimed(publication_id: int, cost: Decimal, now: datetime) -> str:
    """The claim, committed before the request; "" when it was cancelled or moved a moment ago.

    What is about to be sent counts as spent: what is in doubt may have been billed.
    """
    return claim(
        _sendable().filter(pk=publication_id, due_at__lte=now),
        now,
        paced(LEASE),
        state=State.SENDING,
        sent_at=Coalesce("sent_at", Value(now, output_field=DateTimeField())),
        look_at=now + paced(LEASE),
        cost=cost,
        charged_at=now,
        attempts=F("attempts") + 1,
    )


def _send(ready: _Ready, mine: str, hold: str, now: datetime) -> None:
    account, started = ready.account, time.monotonic()
    network = networks.get(account.network)

    def attempt() -> Attempt:
        answered = now + timedelta(seconds=time.monotonic() - started)
        return Attempt(ready.publication, account, network, mine, hold, answered)

    try:
        until = now + paced(LEASE - _LAST_MINUTE)
        receipt = network.publish(replace(ready.connection, until=until), ready.payload)
    except Exception as error:  # noqa: BLE001 (whatever it is, the post may be there)
        log.warning("not published", publication=ready.publication.pk, error=type(error).__name__)
        outcomes.failed(attempt(), error)
    else:
        log.info("published", publication=ready.publication.pk, remote_id=receipt.remote_id)
        outcomes.published(attempt(), receipt)


def _prepared(publication_id: int, account_id: int, now: datetime) -> _Ready | None:
    """What is sent, and where to; None when it cannot be sent, which is then written down."""
    account = readable(account_id)
    publication = Publication.objects.select_related("post__entry").get(pk=publication_id)
    if account is None:
        return None
    publication.account = account
    if holding.is_held(publication, now):
        return None
    if (too_late := payloads.why_too_late(publication.post, now)) and not holding.is_fine(publication, now):
        _set_aside(publication, State.SKIPPED, too_late)
        return None
    try:
        cost = costs.price(account, publication.payload["text"])
        payload = payloads.thawed(publication.payload)
        return _Ready(publication, account, connection_of(account), payload, cost)
    except NotSent:  # the token ended while this was read: it waits for the next one
        return None
    except OutreachError as error:
        _set_aside(publication, State.REFUSED, error.sentence)
        return None


def _set_aside(publication: Publication, state: str, reason: Sentence) -> None:
    with transaction.atomic():
        rows = Publication.objects.filter(pk=publication.pk, state=State.QUEUED)
        if rows.update(state=state, **because(reason)):
            said = say(
                N_("Not posted on %(account)s: %(reason)s"),
                account=publication.account.name,
                reason=reason,
            )
            tell(publication, said, TROUBLE)
