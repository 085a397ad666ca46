"""Staff are told of a draft: when it is made, when its slot comes near, and when that has passed."""

from datetime import datetime, timedelta

from django.db import transaction

from outreach.core.sentences import N_, Sentence, say
from outreach.newsletters.models import Issue
from outreach.notices.telling import tell

STAGES = ("made", "soon", "late")
_SOON = timedelta(hours=4)
_LONG_AHEAD = timedelta(hours=12)
"""Who got the draft less long before its slot is not told twice before it."""
_DAY = timedelta(days=1)
_FORGOTTEN = timedelta(days=7)
"""Of what waits for longer only Home speaks: a mail about it would come out of the blue."""


def remind_one(now: datetime) -> bool:
    """Tell staff of one draft. False when all is told. After a night off only the last of STAGES is told."""
    drafts = Issue.objects.filter(
        state=Issue.State.DRAFT, reminded__lt=len(STAGES), slot__gt=now - _FORGOTTEN
    )
    return any(_reminded(issue, now) for issue in drafts.select_related("newsletter").order_by("slot"))


def stage(issue: Issue, now: datetime) -> int:
    """How many of STAGES `issue` has come to."""
    ahead = issue.slot - issue.created_at
    if issue.by_itself:
        return 1
    if now >= issue.slot + (_DAY if ahead <= timedelta(0) else timedelta(0)):
        return 3
    return 2 if ahead >= _LONG_AHEAD and now >= issue.slot - _SOON else 1


def _reminded(issue: Issue, now: datetime) -> bool:
    come = stage(issue, now)
    with transaction.atomic():
        mine = Issue.objects.filter(pk=issue.pk, state=Issue.State.DRAFT, reminded=issue.reminded)
        if come <= issue.reminded or not mine.update(reminded=come):
            return False
        title, text, advice = _words(issue, come, now)
        tell(issue, f"waits:{STAGES[come - 1]}", title, text, advice)
    return True


def _words(issue: Issue, come: int, now: datetime) -> tuple[Sentence, Sentence, Sentence]:
    name, when = issue.newsletter.name, issue.slot
    ready = say(N_("The draft of “%(name)s” is ready"), name=name)
    approve = say(N_("Look at it, then approve it."))
    if issue.by_itself:
        text = say(N_("It goes out by itself %(when)s."), when=when)
        return ready, text, say(N_("Until then you can change it, or hold it."))
    if come == 1:
        text = say(N_("Its time is %(when)s. It does not go out before somebody approves it."), when=when)
        return ready, text if when > now else say(N_("It goes out as soon as somebody approves it.")), approve
    waits = say(N_("“%(name)s” waits for approval"), name=name)
    if come == 2:
        return (
            waits,
            say(N_("Its time is %(when)s. It does not go out before somebody approves it."), when=when),
            approve,
        )
    return (
        waits,
        say(N_("Its time was %(when)s. It goes out as soon as somebody approves it."), when=when),
        approve,
    )
