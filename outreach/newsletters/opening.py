"""The slot of a newsletter comes, or the hours before it: its issue is opened, or skipped with the reason."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, Sentence, say
from outreach.newsletters import audience, reminding, schedule, waiting
from outreach.newsletters.content import composing, digest
from outreach.newsletters.content.digest import Digest
from outreach.newsletters.designs import rendering
from outreach.newsletters.models import Issue, Newsletter
from outreach.subscribers.models import Segment

NOTHING_NEW = N_("Nothing new since the last issue.")
LONGEST_AHEAD = timedelta(days=14)


def open_one(now: datetime) -> bool:
    """Open the issue of one newsletter whose slot has come, or is near enough for a draft. False: none."""
    for newsletter in _near(now):
        if newsletter.next_slot and newsletter.next_slot <= now:
            with transaction.atomic():
                if _move_on(newsletter, now):
                    _open(newsletter, now)
            return True
        if waiting.may_look(newsletter, now) and opens_at(newsletter) <= now:
            _open_ahead(newsletter, now)
            return True
    return False


def opens_at(newsletter: Newsletter) -> datetime:
    """When the draft for its next slot is made: never before the slot that precedes it."""
    assert newsletter.next_slot is not None
    ahead = newsletter.next_slot - timedelta(hours=newsletter.draft_ahead_hours)
    return max(ahead, schedule.previous_slot(schedule.of(newsletter), newsletter.next_slot))


def make_now(newsletter: Newsletter, by: Any = None, *, own_words: bool = False) -> Issue:
    """An issue outside the schedule, as a draft to look at.

    Raises OutreachError when nothing is new, unless staff want to write it themselves (`own_words`).
    """
    now = clock.now()
    with transaction.atomic():
        # Two at once, or one beside the schedule, would put the same entries into two issues.
        Newsletter.objects.select_for_update().get(pk=newsletter.pk)
        content = digest.gather(newsletter, now, fresh=True)
        if not content and not own_words:
            raise OutreachError(say(NOTHING_NEW))
        digest.pass_over(newsletter, content, now)
        issue = _draft(newsletter, now, content, reminded=len(reminding.STAGES))  # who made it knows
        record(issue, say(N_("An extra issue was made.")), actor=by)
    return issue


def write_letter(newsletter: Newsletter, segment: Segment | None = None, by: Any = None) -> Issue:
    """A letter of staff as an empty draft: to its readers in `segment`, or to all.

    No entry goes into it by itself, and none that is put in is used up: each comes in an issue for all.
    """
    now = clock.now()
    with transaction.atomic():
        issue = _draft(
            newsletter, now, Digest([], [], []), reminded=len(reminding.STAGES), letter=True, public=False
        )
        record(issue, say(N_("A letter was begun.")), actor=by)
        audience.choose(issue, segment, by=by)
    return issue


def _near(now: datetime) -> Iterator[Newsletter]:
    ahead = Q(draft_ahead_hours__gt=0, next_slot__lte=now + LONGEST_AHEAD)
    rows = Newsletter.objects.filter(Q(next_slot__lte=now) | ahead, active=True)
    yield from rows.order_by("next_slot", "pk")


def _move_on(newsletter: Newsletter, now: datetime) -> bool:
    """Set the next slot. The UPDATE decides between two who see the same slot come."""
    assert newsletter.next_slot is not None
    rows = Newsletter.objects.filter(pk=newsletter.pk, active=True, next_slot=newsletter.next_slot)
    following = schedule.next_slot(schedule.of(newsletter), max(now, newsletter.next_slot))
    return bool(rows.update(next_slot=following))


def _open(newsletter: Newsletter, now: datetime) -> None:
    """One issue, though several slots may have passed while the machine was off: the last of them."""
    assert newsletter.next_slot is not None
    slot = schedule.latest_slot(schedule.of(newsletter), newsletter.next_slot, now)
    if _is_open(newsletter, slot):
        return None
    if waiting.is_too_late(newsletter, slot, now):
        return _skip(newsletter, slot, say(waiting.TOO_LATE), Activity.Level.WARNING)
    content = digest.gather(newsletter, now)
    digest.pass_over(newsletter, content, now)
    if not content:
        return _skip(newsletter, slot, say(NOTHING_NEW), Activity.Level.INFO)
    if newsletter.mode == Newsletter.Mode.AUTOMATIC:
        waiting.let_out(_draft(newsletter, slot, content, by_itself=True))
    else:
        record(_draft(newsletter, slot, content), say(N_("The issue is ready and waits for approval.")))
    return None


def _open_ahead(newsletter: Newsletter, now: datetime) -> None:
    """Where nothing is new yet, something may come before the slot does: no issue is opened or skipped."""
    with transaction.atomic():
        if not waiting.look(newsletter, now):
            return
        content = digest.gather(newsletter, now, slot=newsletter.next_slot)
        if content and _move_on(newsletter, now):
            digest.pass_over(newsletter, content, now)
            _draft_ahead(newsletter, content)


def _draft_ahead(newsletter: Newsletter, content: Digest) -> None:
    slot = newsletter.next_slot
    assert slot is not None
    if _is_open(newsletter, slot):
        return
    by_itself = newsletter.mode == Newsletter.Mode.AUTOMATIC
    issue = _draft(newsletter, slot, content, by_itself=by_itself)
    words = N_("The draft is made. It goes out by itself %(when)s.")
    if not by_itself:
        words = N_("The draft is made and waits for approval. It goes out %(when)s.")
    record(issue, say(words, when=slot))


def _is_open(newsletter: Newsletter, slot: datetime) -> bool:
    return Issue.objects.filter(newsletter=newsletter, slot=slot).exists()


def _draft(newsletter: Newsletter, slot: datetime, content: Digest, **values: Any) -> Issue:
    issue = Issue(newsletter=newsletter, slot=slot, created_at=clock.now(), **values)
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
