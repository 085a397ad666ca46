"""The hours of an account as its row keeps them, and how they are changed."""

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from outreach import networks
from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.pace import paced
from outreach.core.sentences import N_, say
from outreach.posts.accounts.hours import Hours, check
from outreach.posts.models import Account, Slot


def zone() -> ZoneInfo:
    """The organisation's: the hours of every account are read on its wall clock."""
    return ZoneInfo(settings.LOCAL_TIME_ZONE)


def hours_of(account: Account) -> Hours:
    """The rules of `account`. Its slots are one query; prefetch them for a list."""
    return Hours(
        slots=tuple((slot.weekday, slot.at) for slot in account.slots.all()),
        quiet=_quiet(account),
        quiet_days=frozenset(map(int, account.quiet_days)),
        distance=distance_of(account),
    )


def distance_of(account: Account) -> timedelta:
    """The least time between two posts that staff asked for; nothing when they did not."""
    return paced(timedelta(minutes=account.distance_minutes))


def change(account: Account, hours: Hours, by: Any = None) -> None:
    """From now on `account` is posted on by `hours`. What is queued keeps its time. Raises BadInput."""
    _refuse_too_near(account, check(hours))
    with transaction.atomic():
        begin, end = hours.quiet or (None, None)
        Account.objects.filter(pk=account.pk).update(
            quiet_from=begin,
            quiet_until=end,
            quiet_days="".join(map(str, sorted(hours.quiet_days))),
            distance_minutes=hours.distance // timedelta(minutes=1),
        )
        account.slots.all().delete()
        Slot.objects.bulk_create(_slots(account, hours.slots))
        account.refresh_from_db(fields=["quiet_from", "quiet_until", "quiet_days", "distance_minutes"])
        record(account, say(N_("The hours at which posts go out were changed.")), actor=by)


def _quiet(account: Account) -> tuple[time, time] | None:
    if account.quiet_from is None or account.quiet_until is None:
        return None
    return account.quiet_from, account.quiet_until


def _slots(account: Account, slots: Iterable[tuple[int, time]]) -> list[Slot]:
    return [Slot(account=account, weekday=weekday, at=at) for weekday, at in sorted(set(slots))]


def _refuse_too_near(account: Account, hours: Hours) -> None:
    """The network asks for some distance itself; less of it would be promised in vain."""
    spacing = networks.get(account.network).spacing if account.network in networks.NAMES else timedelta()
    if timedelta() < hours.distance < spacing:
        least = -(-spacing // timedelta(minutes=1))
        words = N_("The network itself needs %(least)s minutes between two posts. Give that, or 0.")
        raise BadInput(say(words, least=least), "distance")
