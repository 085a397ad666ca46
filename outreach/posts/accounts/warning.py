"""Telling staff by mail how an account is: what is wrong, and what ends, 14, 7 and 1 days ahead."""

from datetime import datetime, timedelta

from outreach.core.sentences import N_, say, say_many
from outreach.networks.base import Problem
from outreach.notices.telling import tell
from outreach.posts.accounts import troubles
from outreach.posts.accounts.troubles import AHEAD
from outreach.posts.models import Account

_STAGES = (1, 7, AHEAD.days)
_DAY = timedelta(days=1)


def warn_one(now: datetime) -> bool:
    """Tell of one thing that comes to its end and was not told at this stage. False when all were.

    A machine that was off tells the stage of today only. A new end date, as after a reconnect, starts anew.
    """
    near = Account.objects.defer("credentials").filter(ends_at__gt=now, ends_at__lte=now + AHEAD)
    return any(
        _warned(account, one.problem, now) for account in near for one in troubles.read(account.problems)
    )


def of_trouble(account: Account, problem: Problem, number: int) -> None:
    """Tell what a look found; `number` is that of the line in the history. What ends has its own days."""
    if problem.ends_at is None:
        title = say(N_("%(account)s needs a look"), account=account.name)
        tell(account, f"trouble:{number}", title, problem, problem.advice)


def _warned(account: Account, problem: Problem, now: datetime) -> bool:
    ends_at = problem.ends_at
    if ends_at is None or not now < ends_at <= now + AHEAD:
        return False
    days = -((now - ends_at) // _DAY)
    stage = min(stage for stage in _STAGES if days <= stage)
    title = say_many(
        "%(account)s works for %(count)s more day",
        "%(account)s works for %(count)s more days",
        days,
        account=account.name,
    )
    return tell(account, f"{problem.kind}:{ends_at:%Y-%m-%d}:{stage}", title, problem, problem.advice)
