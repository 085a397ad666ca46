"""Throwing away what nobody will read again. Entries and their keys stay: they are how old news is known."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet

from outreach.core.models import Activity, Heartbeat
from outreach.newsletters.models import Delivery, Issue, Returned
from outreach.newsletters.personal.erasing import erase, forget
from outreach.posts.accounts import logging_in
from outreach.subscribers import forgetting, importing, marking
from outreach.subscribers.models import Subscriber

ACTIVITY_KEPT = timedelta(days=400)
"""A little over a year: "what did we do last year at this time?" can be answered."""
LOGINS_KEPT = timedelta(days=90)
"""Who logged in, and who tried to: long enough to look into it."""
HEARTBEAT_KEPT = timedelta(days=30)
BATCH = 500
"""Rows in one statement, so that a prune never holds the database for long."""
_FORGETTING, _BETWEEN = "forgetting", timedelta(hours=23)
PEOPLE = 50
"""Erased in one go: each is a transaction of its own."""


def prune_one(now: datetime) -> bool:
    """Do one batch; False when nothing is left to throw away."""
    return (
        any(_delete_some(rows) for rows in _old(now))
        or bool(_erase_some(forgetting.unconfirmed(now), forget))
        or _forget_some(now)
    )


def _forget_some(now: datetime) -> bool:
    """What is kept about people, once a day: to find it, all who ever left are looked through."""
    if Heartbeat.objects.filter(name=_FORGETTING, at__gt=now - _BETWEEN).exists():
        return False
    deleting = (lambda rows=rows: _delete_some(rows) for rows in forgetting.rows(now))
    steps: tuple[Callable[[], int], ...] = (
        *deleting,
        lambda: _erase_some(forgetting.gone(now)),
        lambda: _erase_some(forgetting.unreachable(now)),
        lambda: _erase_some(forgetting.complained(now)),
        lambda: _forget_some_readers(now),
    )
    if any(step() for step in steps):
        return True
    Heartbeat.beat(_FORGETTING)
    return False


def _old(now: datetime) -> tuple[QuerySet[Any], ...]:
    return (
        Activity.objects.filter(at__lt=now - ACTIVITY_KEPT, level=Activity.Level.INFO),
        Heartbeat.objects.filter(at__lt=now - HEARTBEAT_KEPT),
        logging_in.over(now),
        importing.over(now),
        marking.over(now),
        Returned.objects.filter(at__lt=now - settings.KEEP["returned"]),
        Session.objects.filter(expire_date__lt=now),
        # They hold network addresses; what locks somebody out is minutes old.
        AccessAttempt.objects.filter(attempt_time__lt=now - LOGINS_KEPT),
        AccessLog.objects.filter(attempt_time__lt=now - LOGINS_KEPT),
    )


def _delete_some(rows: QuerySet[Any]) -> int:
    some = [row.pk for row in rows.only("pk")[:BATCH]]
    return rows.filter(pk__in=some).delete()[0] if some else 0


def _erase_some(
    people: Sequence[Subscriber] | QuerySet[Subscriber], how: Callable[[Subscriber], None] = erase
) -> int:
    some = list(people[:PEOPLE])
    for person in some:
        how(person)
    return len(some)


def _forget_some_readers(now: datetime) -> int:
    """Who got an old issue is not told any more; that it went out to so many is."""
    theirs = Delivery.objects.filter(subscriber__isnull=False)
    over = (Issue.State.SENT, Issue.State.CANCELLED)
    old = Issue.objects.filter(state__in=over, slot__lt=now - settings.KEEP["deliveries"])
    issue = old.filter(Exists(theirs.filter(issue=OuterRef("pk")))).order_by("pk").first()
    if issue is None:
        return 0
    some = list(theirs.filter(issue=issue).values_list("pk", flat=True)[:BATCH])
    return Delivery.objects.filter(pk__in=some).update(subscriber=None, reply="")
