"""The slot of a newsletter comes: its issue is opened, or skipped with the reason."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, Sentence, say
from outreach.newsletters import approving, schedule
from outreach.newsletters.content import composing, digest
from outreach.newsletters.content.digest import Digest
from outreach.newsletters.designs import rendering
from outreach.newsletters.models import Issue, Newsletter

NOTHING_NEW = N_("Nothing new since the last issue.")


def open_one(now: datetime) -> bool:
    """Open the issue of one newsletter whose slot has come. False when there is none."""
    due = Newsletter.objects.filter(active=True, next_slot__lte=now).order_by("next_slot", "pk").first()
    if due is None:
        return False
    with transaction.atomic():
        if _move_on(due, now):
            _open(due, now)
    return True


def make_now(newsletter: Newsletter, by: Any = None) -> Issue:
    """An issue outside the schedule, as a draft to look at. Raises OutreachError when nothing is new."""
    now = clock.now()
    with transaction.atomic():
        # Two at once, or one beside the schedule, would put the same entries into two issues.
        Newsletter.objects.select_for_update().get(pk=newsletter.pk)
        content = digest.gather(newsletter, now, fresh=True)
        if not content:
            raise OutreachError(say(NOTHING_NEW))
        digest.pass_over(newsletter, content, now)
        issue = _draft(newsletter, now, content)
        record(issue, say(N_("An extra issue was made.")), actor=by)
    return issue


def _move_on(newsletter: Newsletter, now: datetime) -> bool:
    """Set the next slot. The UPDATE decides between two who see the same slot come."""
    rows = Newsletter.objects.filter(pk=newsletter.pk, active=True, next_slot=newsletter.next_slot)
    return bool(rows.update(next_slot=schedule.next_slot(newsletter, now)))


def _open(newsletter: Newsletter, now: datetime) -> None:
    """One issue, though several slots may have passed while the machine was off: the last of them."""
    assert newsletter.next_slot is not None
    slot = schedule.latest_slot(newsletter, newsletter.next_slot, now)
    if Issue.objects.filter(newsletter=newsletter, slot=slot).exists():
        return None
    if now - slot > timedelta(hours=newsletter.make_up_hours):
        words = N_("The machine was off at the time, and it is too late to make up for it.")
        return _skip(newsletter, slot, say(words), Activity.Level.WARNING)
    content = digest.gather(newsletter, now)
    digest.pass_over(newsletter, content, now)
    if not content:
        return _skip(newsletter, slot, say(NOTHING_NEW), Activity.Level.INFO)
    issue = _draft(newsletter, slot, content)
    if newsletter.mode == Newsletter.Mode.AUTOMATIC:
        approving.approve(issue)
    else:
        record(issue, say(N_("The issue is ready and waits for approval.")))
    return None


def _draft(newsletter: Newsletter, slot: datetime, content: Digest) -> Issue:
    issue = Issue(newsletter=newsletter, slot=slot, created_at=clock.now())
    news = [*content.articles, *content.agenda]
    lead = composing.lead_of(issue, content.articles)
    issue.subject = rendering.subject_for(newsletter.name, [lead, *news] if lead else news)
    issue.save()
    digest.put(issue, content)
    return issue


def _skip(newsletter: Newsletter, slot: datetime, why: Sentence, level: str) -> None:
    issue = Issue.objects.create(
        newsletter=newsletter, slot=slot, state=Issue.State.SKIPPED, reason=why, created_at=clock.now()
    )
    record(issue, why, level)
