"""Claims whose worker is gone: what was answered is recorded, what may have left is in doubt, the rest waits.

A journal whose owner is dead is replayed at once. A lease that ends tells that a worker hangs, or that its
machine is gone; where its journal is not on this machine, every row of the claim may have arrived.
"""

from collections import defaultdict
from datetime import datetime

import structlog

from outreach.mail.base import Verdict
from outreach.newsletters.models import Issue
from outreach.newsletters.sending import claiming, journal
from outreach.newsletters.sending.journal import Found
from outreach.newsletters.sending.picking import Row
from outreach.newsletters.sending.recording import Result, batched, put_in_doubt, record

log = structlog.get_logger(__name__)

_COLUMNS = ("issue_id", "pk", "subscriber_id", "handed_at", "repeated", "attempts")


def recover(now: datetime) -> int:
    """Settle the claims of dead workers; how many there were. Harmless to repeat, or twice at once."""
    done = 0
    with journal.dead() as paths:
        for path in paths:
            if _is_settled(journal.read(path), now):
                path.unlink(missing_ok=True)
                done += 1
    for token in claiming.ended(now):
        done += _is_settled(journal.of(token) or Found(token), now)
    return done


def _is_settled(found: Found, now: datetime) -> bool:
    """One that cannot be settled holds up no other: it is tried again by the next tick."""
    try:
        settle(found, now)
    except Exception:
        log.exception("claim-not-recovered", claim=found.token)
        return False
    return True


def settle(found: Found, now: datetime) -> None:
    """Each row that the claim still holds, as the journal tells it."""
    by_issue: dict[int, list[Row]] = defaultdict(list)
    rows = claiming.claimed(found.token)
    for issue, pk, person, handed_at, repeated, attempts in rows.values_list(*_COLUMNS):
        by_issue[issue].append(Row(pk, person, None, None, True, handed_at, repeated, attempts, ""))
    for key, some in by_issue.items():
        issue = Issue.objects.select_related("newsletter").get(pk=key)
        _settle(found, issue, some, now)


def _settle(found: Found, issue: Issue, rows: list[Row], now: datetime) -> None:
    answered = [Result(found.token, row, found.answers[row.pk]) for row in rows if row.pk in found.answers]
    # An objection to us is no answer for a reader: the next attempt meets it again, and stops the issue.
    final = [one for one in answered if one.outcome.verdict is not Verdict.ABOUT_US]
    for some in batched(final):
        record(issue, some)
    open_rows = [row for row in rows if row.pk not in found.answers]
    doubtful = [row for row in open_rows if row.pk in found.handed or not found.whole]
    put_in_doubt(found.token, doubtful, now)
    claiming.give_back(found.token, {row.pk for row in rows}, issue.pk)
    log.warning("claim-recovered", issue=issue.pk, answered=len(answered), unknown=len(doubtful))
