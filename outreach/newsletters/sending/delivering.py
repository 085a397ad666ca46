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
from datetime import datetime

from outreach.newsletters.models import Issue
from outreach.newsletters.sending import claiming, waiting
from outreach.newsletters.sending.finishing import finish_one
from outreach.newsletters.sending.recovering import recover
from outreach.newsletters.sending.rounds import End, Round
from outreach.relays import health
from outreach.relays.using import Way, ways_or_none


def deliver_some(now: datetime) -> bool:
    """Settle what dead workers left, close an issue that is through, or mail for some seconds.

    False when there is nothing to do now: nothing is due, no mail server can be reached, or each was given as
    much as it may be.
    """
    recover(now)
    if finish_one(now):
        return True
    ways = ways_or_none()
    issue = _one_that_is_due(now) if ways else None
    return issue is not None and _mail(issue, ways, now)


def _one_that_is_due(now: datetime) -> Issue | None:
    """Of several that go out at once any, so that a small one does not wait for a large one."""
    issues = list(Issue.objects.filter(state=Issue.State.SENDING).select_related("newsletter"))
    random.shuffle(issues)
    return next((issue for issue in issues if claiming.due(issue, now).exists()), None)


def _mail(issue: Issue, ways: list[Way], now: datetime) -> bool:
    """By the first server that takes it, within this step."""
    for number, way in enumerate(ways, 1):
        if not health.may_try(way.key, now):
            continue
        this = Round(issue, way)
        end = this.run()
        if this.answered and health.note_up(way.key):
            waiting.is_back(issue, way)
        if end is not End.TROUBLE:
            return _went_on(issue, way, this, end)
        news = way.down(this.trouble)
        is_last = all(health.is_resting(other.key, now) for other in ways[number:])
        waiting.for_the_server(issue, this.trouble, is_last=is_last, news=news)
    return False


def _went_on(issue: Issue, way: Way, this: Round, end: End) -> bool:
    if end is End.LIMIT:
        waiting.for_the_limit(issue, way)
        return False
    if end is End.DISK:
        waiting.until_mended(issue, this.trouble)
        return False
    if this.held:
        waiting.for_a_domain(issue, *this.held)
    elif not (end is End.THROUGH and waiting.waits_for_a_domain(issue)):
        waiting.no_more(issue)
    return True
