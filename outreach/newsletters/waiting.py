"""A draft between its making and its slot: it takes in what is new, and may go out by itself.

A draft that a person is to approve never goes out without that. Its slot may pass: it waits, staff are told
(`reminding`), and it goes out once it is approved. It does not lapse: what staff wrote in it would be lost.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q

from outreach.core.errors import OutreachError
from outreach.core.models import Activity, record
from outreach.core.sentences import N_, NOTHING, Sentence, say, say_many
from outreach.newsletters import approving
from outreach.newsletters.content import digest
from outreach.newsletters.models import Issue, Newsletter
from outreach.notices.telling import tell

log = structlog.get_logger(__name__)

TOO_LATE = N_("The machine was off at the time, and it is too late to make up for it.")
_FAILED = N_("The mail could not be put together. Tell who looks after the machine: its log says why.")
_LOOK_EVERY = timedelta(minutes=1)
_State = Issue.State


def follow_one(now: datetime) -> bool:
    """Let one draft out whose slot has come, or look at what is new for one that waits. False: neither."""
    issue = _rows(now).order_by("slot", "pk").first()
    if issue is None:
        return False
    _take_in(issue, now)
    if issue.slot <= now:
        _let_out_in_time(issue, now)
    return True


def hold(issue: Issue, by: Any = None) -> None:
    """It does not go out by itself: it waits until somebody approves it. Raises OutreachError."""
    _switch(issue, False, N_("Held: it does not go out by itself."), by)


def release(issue: Issue, by: Any = None) -> None:
    """It goes out by itself at its slot (at once when that has passed), after all. Raises OutreachError."""
    if issue.newsletter.mode != Newsletter.Mode.AUTOMATIC:
        raise OutreachError(
            say(N_("This newsletter goes out once somebody has approved it: approve the issue."))
        )
    _switch(issue, True, N_("Let go: it goes out by itself at its time."), by)


def let_out(issue: Issue) -> None:
    """Approve `issue` on behalf of nobody. Where that is refused, or fails, a person has to look."""
    try:
        approving.approve(issue, by_itself=True)
    except OutreachError as error:
        _leave_it_to_a_person(issue, error.sentence)
    except DatabaseError:  # the next tick tries again
        raise
    except Exception:  # for ever, and in front of all other newsletters
        log.exception("issue_not_made", issue=issue.pk)
        _leave_it_to_a_person(issue, say(_FAILED))


def may_look(newsletter: Newsletter, now: datetime) -> bool:
    """Whether the last look for what is new was long enough ago."""
    return newsletter.looked_at is None or newsletter.looked_at <= now - _LOOK_EVERY


def look(newsletter: Newsletter, now: datetime) -> bool:
    """Take the look of this minute; it also locks the newsletter, so that no entry goes into two issues."""
    rows = Newsletter.objects.filter(_not_looked_at("", now), pk=newsletter.pk)
    return bool(rows.update(looked_at=now))


def is_too_late(newsletter: Newsletter, slot: datetime, now: datetime) -> bool:
    """Whether the time within which a missed slot is made up for is over."""
    return now - slot > timedelta(hours=newsletter.make_up_hours)


def _rows(now: datetime) -> Any:
    waits = Q(slot__gt=now) & _not_looked_at("newsletter__", now)
    due = Q(slot__lte=now, by_itself=True)
    return Issue.objects.filter(waits | due, state=_State.DRAFT).select_related("newsletter")


def _not_looked_at(path: str, now: datetime) -> Q:
    return Q(**{f"{path}looked_at": None}) | Q(**{f"{path}looked_at__lte": now - _LOOK_EVERY})


def _take_in(issue: Issue, now: datetime) -> None:
    """What is new stands behind what is there; what staff left out stays out."""
    with transaction.atomic():
        # The newsletter first, like everybody who opens an issue: no two wait for each other.
        mine = look(issue.newsletter, now) or issue.slot <= now
        if mine and Issue.objects.select_for_update().filter(pk=issue.pk, state=_State.DRAFT).exists():
            content = digest.gather(issue.newsletter, now, slot=issue.slot)
            digest.pass_over(issue.newsletter, content, now)
            if content:
                digest.put(issue, content)
                record(issue, _came(len(content.articles) + len(content.agenda)))


def _came(count: int) -> Sentence:
    return say_many(
        "%(count)s article appeared meanwhile and was added.",
        "%(count)s articles appeared meanwhile and were added.",
        count,
    )


def _let_out_in_time(issue: Issue, now: datetime) -> None:
    if is_too_late(issue.newsletter, issue.slot, now):
        _leave_it_to_a_person(issue, say(TOO_LATE))
    else:
        let_out(issue)


def _leave_it_to_a_person(issue: Issue, why: Sentence) -> None:
    with transaction.atomic():
        mine = Issue.objects.filter(pk=issue.pk, state=_State.DRAFT, by_itself=True)
        if mine.update(by_itself=False, reason=why):
            record(issue, why, Activity.Level.WARNING)
            title = say(N_("“%(name)s” did not go out by itself"), name=issue.newsletter.name)
            tell(issue, "stays", title, why, say(N_("Look at it, then approve it or cancel it.")))
    issue.refresh_from_db()


def _switch(issue: Issue, by_itself: bool, words: str, by: Any) -> None:
    with transaction.atomic():
        rows = Issue.objects.filter(pk=issue.pk, state=_State.DRAFT)
        changed = rows.exclude(by_itself=by_itself).update(by_itself=by_itself, reason=NOTHING)
        issue.refresh_from_db()
        if changed:
            record(issue, say(words), actor=by)
        elif issue.state != _State.DRAFT:
            raise OutreachError(say(N_("This is not possible any more: look at the state of the issue.")))
