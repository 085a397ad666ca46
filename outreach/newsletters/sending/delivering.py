"""Mailing an issue: a round at a time, and what the whole keeps to.

A chunk of rows is claimed and committed under a lease before anything leaves; the claim's journal (a locked
file of this machine) says of each message when it is about to leave and what was answered, before anybody
else hears of it; results are committed in small batches; the journal goes after the commit. So at any instant
a mail is in one of three places, and each is found again:

- killed after the claim: the journal, with nobody's lock on it, does not name the row: it is queued again;
- killed after the handing over: the journal names it without an answer: it is `unknown`;
- killed after the answer, or after the commit and before the journal went: the journal gives the answer, and
  where the row has moved on already its claim is another, so nothing is changed.

Without the journal (another machine, another boot, a full disk) every row of a claim may have left, and is
`unknown` when the lease ends. A worker that hung records nothing (its claim is not in the rows any more), and
begins nothing: the journal refuses in the last quarter of a lease. What is unknown is sent once more with the
same Message-ID and marked as repeated, or left so (`Newsletter.on_unknown`); never a third time.
"""

import random
from datetime import datetime, timedelta

import structlog

from outreach.core.models import record
from outreach.core.sentences import NOTHING, Sentence
from outreach.newsletters.models import Issue
from outreach.newsletters.sending import claiming
from outreach.newsletters.sending.finishing import finish_one
from outreach.newsletters.sending.recovering import recover
from outreach.newsletters.sending.rounds import End, Round
from outreach.relays.using import relay_or_none

log = structlog.get_logger(__name__)

_AWAY = timedelta(minutes=1)


def deliver_some(now: datetime) -> bool:
    """Settle what dead workers left, close an issue that is through, or mail for some seconds.

    False when there is nothing to do now: nothing is due, or the mail server is away.
    """
    recover(now)
    if finish_one(now):
        return True
    relay = relay_or_none()
    issue = _one_that_is_due(now) if relay else None
    if relay is None or issue is None:
        return False
    courier = relay.courier()
    end = Round(issue, courier).run()
    if end is End.TROUBLE and courier.trouble:
        _wait_for_the_server(issue, courier.trouble)
        return False
    _server_is_there(issue)
    return True


def _one_that_is_due(now: datetime) -> Issue | None:
    """Of several that go out at once any, so that a small one does not wait for a large one."""
    issues = list(Issue.objects.filter(state=Issue.State.SENDING).select_related("newsletter"))
    random.shuffle(issues)
    return next((issue for issue in issues if claiming.due(issue, now).exists()), None)


def _wait_for_the_server(issue: Issue, why: Sentence) -> None:
    """Nothing left: nobody's attempt, no row's fault. It goes on for as long as it takes."""
    if issue.reason != why:
        Issue.objects.filter(pk=issue.pk, state=Issue.State.SENDING).update(reason=why)
        record(issue, why, "warning")
    log.warning("mail-server-away", why=str(why))


def _server_is_there(issue: Issue) -> None:
    Issue.objects.filter(pk=issue.pk, state=Issue.State.SENDING).exclude(reason={}).update(reason=NOTHING)
