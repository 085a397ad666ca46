"""Throwing away what nobody will read again. Entries and their keys stay: they are how old news is known."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from outreach.core.models import Activity, Heartbeat
from outreach.newsletters.models import Returned
from outreach.posts.accounts import logging_in
from outreach.subscribers import importing
from outreach.subscribers.forgetting import unconfirmed

ACTIVITY_KEPT = timedelta(days=400)
"""A little over a year: "what did we do last year at this time?" can be answered."""
RETURNED_KEPT = timedelta(days=180)
"""What a mail that came back said. What it changed for its reader stays with the reader."""
HEARTBEAT_KEPT = timedelta(days=30)
BATCH = 500
"""Rows in one statement, so that a prune never holds the database for long."""


def prune_one(now: datetime) -> bool:
    """Delete one batch; False when nothing is left to delete."""
    return any(_delete_some(rows) for rows in _old(now))


def _old(now: datetime) -> tuple[QuerySet[Any], ...]:
    return (
        unconfirmed(now),
        Activity.objects.filter(at__lt=now - ACTIVITY_KEPT, level=Activity.Level.INFO),
        Heartbeat.objects.filter(at__lt=now - HEARTBEAT_KEPT),
        logging_in.over(now),
        importing.over(now),
        Returned.objects.filter(at__lt=now - RETURNED_KEPT),
        Session.objects.filter(expire_date__lt=now),
    )


def _delete_some(rows: QuerySet[Any]) -> int:
    some = [row.pk for row in rows.only("pk")[:BATCH]]
    return rows.filter(pk__in=some).delete()[0] if some else 0
