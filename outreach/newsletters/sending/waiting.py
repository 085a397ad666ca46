"""What an issue says while it cannot go on: its mail server is away, or was given as much as it may be."""

from datetime import datetime

from outreach.core import clock, leases
from outreach.core.models import record
from outreach.core.sentences import N_, NOTHING, Sentence, say, say_many
from outreach.newsletters.models import Issue
from outreach.newsletters.sending.picking import WAITING
from outreach.notices.telling import tell
from outreach.relays import quotas
from outreach.relays.limits import Limit
from outreach.relays.using import Way

_DOMAIN_WAITS = N_("Readers at %(domain)s wait for the limit of %(limit)s.")
_HOURS_FROM, _DAYS_FROM = 90, 48  # minutes, hours


def for_the_server(issue: Issue, why: Sentence, *, is_last: bool, news: bool) -> None:
    """Nothing left: nobody's attempt, no row's fault. By another server, or later, it goes on by itself."""
    if not is_last and news:
        _by_the_spare(issue, why)
    elif is_last:
        until_mended(issue, why)


def until_mended(issue: Issue, why: Sentence) -> None:
    """It goes on by itself, once somebody has mended what stops it."""
    if issue.reason != why and _say(issue, why):
        record(issue, why, "warning")


def for_the_limit(issue: Issue, way: Way) -> None:
    """It goes on as fast as the limits of `way` let it; the one that holds it up for longest is named."""
    left, now = issue.deliveries.filter(leases.among("state", WAITING)).count(), clock.now()
    seconds, limit = max((_seconds(way, limit, left, now), limit) for limit in way.limits)
    why = _waits(limit.words, seconds // 60)
    if issue.reason != why:
        _say(issue, why)


def _seconds(way: Way, limit: Limit, left: int, now: datetime) -> int:
    """How long `left` mails take by one limit alone, with what may go out of it at once."""
    return -(-max(0, left - quotas.room(way.key, limit, now)) * limit.seconds // limit.most)


def for_a_domain(issue: Issue, domain: str, limit: Limit) -> None:
    """Other readers have it; those of `domain` get it little by little."""
    why = say(_DOMAIN_WAITS, domain=domain, limit=limit.words)
    if issue.reason != why:
        _say(issue, why)


def waits_for_a_domain(issue: Issue) -> bool:
    """Whether it says so, and some readers were put off who have not been tried so far."""
    if issue.reason.text != _DOMAIN_WAITS:
        return False
    put_off = issue.deliveries.filter(leases.among("state", WAITING), state="queued")
    return put_off.filter(due_at__gt=clock.now()).exists()


def _by_the_spare(issue: Issue, why: Sentence) -> None:
    """The first server is away, the other carries on: staff are told once for each time that it is away."""
    words = N_("The first mail server is away; the second one carries on. %(why)s")
    activity = record(issue, say(words, why=why), "warning")
    title = say(N_("The first mail server is away"))
    advice = say(N_("The newsletter goes out. Ask whoever runs the server to look at the first one."))
    tell(issue, f"spare:{activity.pk}", title, why, advice)


def no_more(issue: Issue) -> None:
    """It goes on."""
    if issue.reason:
        _say(issue, NOTHING)


def is_back(issue: Issue, way: Way) -> None:
    """The server that was away takes mail."""
    if not way.alone:
        record(issue, say(N_("The mail server that was away takes mail again.")))


def _say(issue: Issue, why: Sentence) -> bool:
    rows = Issue.objects.filter(pk=issue.pk, state=Issue.State.SENDING)
    issue.reason = why
    return bool(rows.update(reason=why))


def _waits(limit: Sentence, minutes: int) -> Sentence:
    if minutes < _HOURS_FROM:
        return say_many(
            "Waits for the limit of %(limit)s; about %(count)s minute left.",
            "Waits for the limit of %(limit)s; about %(count)s minutes left.",
            max(1, minutes),
            limit=limit,
        )
    hours = round(minutes / 60)
    if hours < _DAYS_FROM:
        return say_many(
            "Waits for the limit of %(limit)s; about %(count)s hour left.",
            "Waits for the limit of %(limit)s; about %(count)s hours left.",
            hours,
            limit=limit,
        )
    return say_many(
        "Waits for the limit of %(limit)s; about %(count)s day left.",
        "Waits for the limit of %(limit)s; about %(count)s days left.",
        round(hours / 24),
        limit=limit,
    )
