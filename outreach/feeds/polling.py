"""One poll: claim a due source, fetch it, store what it shows, settle.

No transaction is open while the website is asked. What came of it is written in one transaction together
with the validators: a crash in between means another full look, never a lost article.
"""

import hashlib
import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from outreach.core import clock, dates, http, leases
from outreach.core.errors import OutreachError
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import freshness, moving, politeness, remembering, silence, storing, troubles
from outreach.feeds.looking import agenda_of
from outreach.feeds.models import Entry, Source
from outreach.feeds.parsing import Feed, parse

log = structlog.get_logger(__name__)

# Longer than the fetch (30 s) and the parse (30 s) together may take.
_LEASE = timedelta(minutes=3)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=15), timedelta(hours=6)
_JITTER = 0.05
_KEPT = (
    "etag",
    "last_modified",
    "body_hash",
    "baseline_at",
    "home",
    "last_success_at",
    "last_poll_at",
    "next_poll_at",
    "failures",
    "problem",
    "silent_at",
    *moving.COLUMNS,
)


class _LeaseLost(Exception):
    """Another worker has the source by now; what this one found is not written."""


def poll_one(now: datetime) -> bool:
    """Look at one source that is due. False when none is."""
    due = Source.objects.filter(leases.free(now), active=True, next_poll_at__lte=now)
    for source in due.exclude(site__in=politeness.asked_now(now)).order_by("next_poll_at")[:5]:
        rows = due.filter(pk=source.pk)
        if token := leases.claim(rows, now, _LEASE):
            _poll(source, token, now)
            return True
    return False


def poll_now(source: Source) -> bool:
    """Look at `source` now, due or not. False when another worker is looking at it at this moment."""
    now = clock.now()
    token = leases.claim(Source.objects.filter(leases.free(now), pk=source.pk), now, _LEASE)
    if token:
        _poll(source, token, now)
    source.refresh_from_db()
    return bool(token)


def look_anew(source: Source) -> None:
    """Read the whole feed at the next look, soon, though it may not have changed: what it means has."""
    answer = {"etag": "", "last_modified": "", "body_hash": ""}
    Source.objects.filter(pk=source.pk).update(**answer, next_poll_at=clock.now())


def remember(source: Source, answer: http.Fetched, feed: Feed | None, now: datetime) -> None:
    """Note on `source` what makes the next look cheap, and when that is. Not saved here.

    After a feed that breaks off nothing is kept: the next look must bring the rest.
    """
    whole = feed is None or not feed.cut
    source.etag = answer.headers.get("etag", "")[:500] if whole else ""
    source.last_modified = answer.headers.get("last-modified", "")[:100] if whole else ""
    source.body_hash = _hash(answer.body) if whole else ""
    source.last_poll_at = source.last_success_at = now
    source.next_poll_at = now + _jittered(freshness.wait(source, answer, feed))
    source.failures, source.problem = 0, NOTHING


def _poll(source: Source, token: str, now: datetime) -> None:
    # Read again under the claim: the row was read before it was ours.
    fresh = Source.objects.filter(pk=source.pk, claim=token).first()
    if fresh is None:
        return  # deleted at this moment
    source = fresh
    try:
        _look(source, token, now)
    except OutreachError as error:
        _failed(source, token, now, error.sentence, getattr(error, "retry_at", None))
    except _LeaseLost:
        log.warning("poll_lease_lost", source=source.pk)
    except Exception:  # one bad source must not stop the others
        log.exception("poll_failed", source=source.pk)
        sentence = say(N_("Outreach could not handle this feed; the log of the server tells more."))
        _failed(source, token, now, sentence, None)


def _look(source: Source, token: str, now: datetime) -> None:
    is_later = _is_later(source, now)
    answer = _fetch(source, now, whole=is_later)
    if answer.not_modified or (_hash(answer.body) == source.body_hash and not is_later):
        _settle_unchanged(source, token, answer, now)
        return
    try:
        # The same bytes say another day by now: they must not be left out for being known.
        memory = remembering.NO_MEMORY if is_later else remembering.memory_of(source, now)
        _take_in(source, token, answer, now, memory)
    except remembering.Forgotten:
        _take_in(source, token, answer, now, remembering.NO_MEMORY)


def _take_in(
    source: Source, token: str, answer: http.Fetched, now: datetime, memory: remembering.Memory
) -> None:
    feed = parse(answer.body, answer.headers, answer.url, memory.known, agenda_of(source))
    with transaction.atomic():
        recovered = troubles.were_told(source)
        outcome = storing.store(source, feed, now, memory)
        remember(source, answer, feed, now)
        _settle(source, token, answer, now, recovered=recovered)
    log.info("polled", source=source.pk, shown=len(outcome.seen), new=len(outcome.new))


def _fetch(source: Source, now: datetime, *, whole: bool) -> http.Fetched:
    """Conditional, but if `whole` and for the first look of a day: a stuck ETag would hide news for ever."""
    last = source.last_success_at
    if last is None or dates.local(last).date() != dates.local(now).date() or whole:
        return http.fetch(source.url)
    return http.fetch(source.url, etag=source.etag, last_modified=source.last_modified)


def _is_later(source: Source, now: datetime) -> bool:
    """Whether a day of a series went by since the last look: the same bytes tell of its next day."""
    last, day = source.last_success_at or now, timedelta(days=1)
    timed = Q(event__all_day=False, event__starts_at__gt=last, event__starts_at__lte=now)
    whole = Q(event__all_day=True, event__starts_at__gt=last - day, event__starts_at__lte=now - day)
    return Entry.objects.filter(timed | whole, source__site=source.site, event__repeats=True).exists()


def _settle_unchanged(source: Source, token: str, answer: http.Fetched, now: datetime) -> None:
    recovered, body_hash = troubles.were_told(source), source.body_hash
    kept = source.etag, source.last_modified
    remember(source, answer, None, now)
    source.body_hash = body_hash
    if answer.not_modified:
        source.etag, source.last_modified = kept
    with transaction.atomic():
        _settle(source, token, answer, now, recovered=recovered)


def _settle(source: Source, token: str, answer: http.Fetched, now: datetime, *, recovered: bool) -> None:
    moving.follow(source, answer, now)
    silence.notice(source, now)
    if not leases.settle(Source.objects.filter(pk=source.pk), token, **_changes(source)):
        raise _LeaseLost
    if recovered:
        record(source, say(troubles.OVER))


def _changes(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in _KEPT}


def _failed(source: Source, token: str, now: datetime, sentence: Sentence, retry_at: datetime | None) -> None:
    """Note the problem and come back later."""
    fresh = Source.objects.filter(pk=source.pk, claim=token).first()
    if fresh is None:
        return
    source, told = fresh, troubles.is_to_be_told(fresh, now)
    changes = {
        "problem": sentence,
        "failures": source.failures + 1,
        "last_poll_at": now,
        "next_poll_at": _next_try(source.failures, now, retry_at),
    }
    with transaction.atomic():
        settled = leases.settle(Source.objects.filter(pk=source.pk), token, **changes)
        if settled and told:
            record(source, sentence, Activity.Level.WARNING)
    log.info("poll_refused", source=source.pk, failures=source.failures + 1, why=sentence.text)


def _next_try(failures: int, now: datetime, retry_at: datetime | None) -> datetime:
    """15 min · 2^n, at most 6 h; later if the server asks for it, within the same bound."""
    wait = min(_FIRST_WAIT * 2 ** min(failures, 10), _LONGEST_WAIT)
    asked = min(retry_at, now + _LONGEST_WAIT) if retry_at else now
    return max(now + _jittered(wait), asked)


def _jittered(wait: timedelta) -> timedelta:
    """A little sooner or later, so that many sources do not ask at the same second."""
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
