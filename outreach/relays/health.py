"""Which mail servers take mail now. One in trouble rests, and is looked at again by one worker at a time."""

from datetime import datetime, timedelta

from django.db.models import F

from outreach.core.pace import paced
from outreach.core.sentences import Sentence
from outreach.relays.models import MailServer

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))


def is_resting(server: str, now: datetime) -> bool:
    """Whether it is in trouble, and it is not yet time to look again.

    A time that is too far ahead was written by a clock that was wrong.
    """
    row = MailServer.objects.filter(pk=server).first()
    return row is not None and now < row.look_at <= now + _wait(len(_WAITS))


def may_try(server: str, now: datetime) -> bool:
    """Whether to try it now: it is well, or it is time to look again and this caller is the first."""
    row = MailServer.objects.filter(pk=server).first()
    if row is None:
        return True
    if is_resting(server, now):
        return False
    mine = MailServer.objects.filter(pk=server, look_at=row.look_at)
    return bool(mine.update(look_at=now + _wait(0)))


def note_down(server: str, why: Sentence, now: datetime, *, alone: bool) -> bool:
    """It cannot be reached, or refuses us altogether. Without another it is looked at each minute.

    True when nobody knew.
    """
    known = {"down_since": now, "look_at": now, "why": why}
    row, is_new = MailServer.objects.get_or_create(pk=server, defaults=known)
    again = now + _wait(0 if alone else row.looks)
    MailServer.objects.filter(pk=server).update(look_at=again, looks=F("looks") + 1, why=why)
    return is_new


def note_up(server: str) -> bool:
    """It takes mail. True when it was in trouble."""
    return bool(MailServer.objects.filter(pk=server).delete()[0])


def _wait(looks: int) -> timedelta:
    return paced(_WAITS[min(looks, len(_WAITS) - 1)])
