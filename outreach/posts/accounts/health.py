"""How an account is: the network is asked, daily and by hand, and what it says is kept.

Said once when a trouble comes, and once when it is mended. What the network did not tell is no trouble of the
account: it stays as it was, and is asked again soon.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from outreach import networks
from outreach.core import clock
from outreach.core.leases import claim, free, settle
from outreach.core.models import record
from outreach.core.pace import paced
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.networks.base import Health, Problem, Severity
from outreach.networks.errors import AuthBroken, Budget, NetworkError, Rejected, Throttled
from outreach.posts.accounts import troubles, warning
from outreach.posts.accounts.pausing import pause_account
from outreach.posts.accounts.reaching import connection_of, readable
from outreach.posts.accounts.troubles import Trouble
from outreach.posts.history import INFO, TROUBLE, WARNING
from outreach.posts.models import Account

log = structlog.get_logger(__name__)

# Longer than the few requests of a look may take.
_LEASE = timedelta(minutes=5)
_NO_ANSWER = timedelta(hours=1)
# Not to the minute: the accounts spread over the day by themselves.
_DAILY = (22.0, 25.0)  # hours


def check_one(now: datetime) -> bool:
    """Look at the account that has waited longest for it. False when none is due.

    It takes the account's lease: never two looks at once, and none while something is posted.
    """
    due = _due(now).order_by(F("check_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)
    for pk in list(due[:5]):
        if mine := claim(_due(now).filter(pk=pk), now, paced(_LEASE), check_at=now + _NO_ANSWER):
            try:
                if account := readable(pk):
                    check(account, by_hand=False)
            finally:
                settle(Account.objects.filter(pk=pk), mine)
            return True
    return False


def check(account: Account, *, by_hand: bool = True) -> Health:
    """Ask the network whether the account can post; what presses is in the answer and on the account.

    `by_hand`: somebody waits for the answer, so that all is well is written down too.
    """
    health, error = _asked(account)
    health = replace(health, problems=(*health.problems, *_another(account, health)))
    now = clock.now()
    if any(one.severity is Severity.UNTOLD for one in health.problems):
        Account.objects.filter(pk=account.pk).update(check_at=now + paced(_NO_ANSWER))
    else:
        _keep(account, health, error, now, by_hand=by_hand)
    account.refresh_from_db()
    pressing = tuple(one for one in health.problems if troubles.pressing(one, now))
    return replace(health, problems=pressing)


def problems_of(account: Account) -> list[Problem]:
    """What the last look found and a person should know of now."""
    now = clock.now()
    found = [one.problem for one in troubles.read(account.problems)]
    return [one for one in found if troubles.pressing(one, now)]


def _due(now: datetime) -> QuerySet[Account]:
    return Account.objects.filter(Q(check_at__isnull=True) | Q(check_at__lte=now), free(now))


def _asked(account: Account) -> tuple[Health, NetworkError | None]:
    """What the network says, and how it refused where it did."""
    try:
        return networks.get(account.network).check(connection_of(account)), None
    except NetworkError as error:
        return Health(problems=(_problem(error),)), error
    except Exception as error:  # noqa: BLE001 (whatever it is, it says nothing of the account)
        log.warning("check failed", account=account.pk, error=type(error).__name__)
        words = say(N_("The network gave no clear answer."))
        return Health(problems=(Problem.of("unreachable", words, Severity.UNTOLD),)), None


def _problem(error: NetworkError) -> Problem:
    kinds: dict[type[NetworkError], tuple[str, Severity]] = {
        AuthBroken: ("access", Severity.BROKEN),
        Budget: ("credits", Severity.WARNING),
        Rejected: ("refused", Severity.WARNING),
        Throttled: ("pace", Severity.UNTOLD),
    }
    kind, severity = kinds.get(type(error), ("unreachable", Severity.UNTOLD))
    return Problem.of(kind, error.sentence, severity, advice=error.advice)


def _another(account: Account, health: Health) -> list[Problem]:
    """The keys may be good, and somebody else's: then posts would appear in the wrong place."""
    known = {account.remote_id, *map(str, account.credentials.values())}
    if not account.remote_id or not health.remote_id or health.remote_id in known or _names_owner(health):
        return []
    words = N_(
        "The keys are those of %(name)s, not of the account that was connected before. "
        "Connect that one again, or add a new account for %(name)s."
    )
    return [Problem.of("owner", say(words, name=health.name or health.remote_id), Severity.BROKEN)]


def _names_owner(health: Health) -> bool:
    return any(one.kind == "owner" for one in health.problems)


def _keep(
    account: Account, health: Health, error: NetworkError | None, now: datetime, *, by_hand: bool
) -> None:
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        if row.credentials != account.credentials:
            return  # connected again, or renewed, meanwhile: this says nothing of the new keys
        before = [one for one in troubles.read(row.problems) if one.told]
        present = [Trouble(one, troubles.pressing(one, now)) for one in health.problems]
        _store(row, health, present, now)
        _tell(row, before, present, error)
        if by_hand and not any(one.told for one in present):
            record(row, say(N_("Checked: it can be posted on.")), INFO)


def _store(row: Account, health: Health, present: list[Trouble], now: datetime) -> None:
    changes: dict[str, Any] = {
        "checked_at": now,
        "check_at": now + paced(timedelta(hours=random.uniform(*_DAILY))),  # noqa: S311 (spreading, no secret)
        "problems": [one.to_json() for one in present],
        "ends_at": troubles.first_end([one.problem for one in present]),
    }
    if health.remote_id and not _names_owner(health):
        changes["remote_id"] = health.remote_id[:100]
    Account.objects.filter(pk=row.pk).update(**changes)


def _tell(row: Account, before: list[Trouble], present: list[Trouble], error: NetworkError | None) -> None:
    """What is new, and what is mended."""
    known, still = {one.same for one in before}, {one.same for one in present}
    worst = troubles.broken([one.problem for one in present])
    raw, cause = (error.raw, error.cause) if error else ("", NOTHING)
    paused_now = worst is not None and pause_account(row.pk, worst, raw, cause=cause, advice=worst.advice)
    for one in present:
        if one.told and one.same not in known and not (paused_now and one.problem is worst):
            warning.of_trouble(row, one.problem, record(row, one.problem, _level(one.problem), raw=raw).pk)
    mended = [one.problem for one in before if one.same not in still]
    for problem in mended:
        record(row, say(N_("Mended: %(what)s"), what=_plain(problem)), INFO)
    if not worst and (was := troubles.broken(mended)):
        _can_go_on(row, was)


def _level(problem: Problem) -> str:
    return TROUBLE if problem.severity is Severity.BROKEN else WARNING


def _can_go_on(row: Account, was: Problem) -> None:
    """Paused by the machine, and well again without a reconnect: a person decides when it goes on."""
    reason = say(N_("It is paused, but it can be posted on again. Resume it."))
    rows = Account.objects.filter(pk=row.pk, state=Account.State.PAUSED, reason=_plain(was))
    if rows.update(reason=reason):
        record(row, reason, WARNING)


def _plain(problem: Problem) -> Sentence:
    return Sentence(problem.text, problem.values, problem.plural)
