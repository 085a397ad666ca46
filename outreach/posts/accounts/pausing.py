"""Nothing is sent on a paused account; what is queued waits."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from outreach.core import clock
from outreach.core.models import record
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.notices.telling import tell
from outreach.posts.history import TROUBLE
from outreach.posts.models import Account
from outreach.posts.reasons import FINE, because

_MEANT = (N_("Paused."), N_("Paused: %(why)s"))


def pause(account: Account, by: Any = None, why: str = "") -> None:
    """Send nothing on this account until somebody resumes it. Doing it twice is harmless."""
    reason = say(_MEANT[1], why=why) if why else say(_MEANT[0])
    _change(account, Account.State.ACTIVE, reason, by, state=Account.State.PAUSED, **because(reason))


def resume(account: Account, by: Any = None) -> None:
    """Go on with what is queued, now: a waiting time that the network asked for ends too."""
    fresh: dict[str, Any] = {"state": Account.State.ACTIVE, "not_before": None, **FINE}
    overdue = {"resumed_at": clock.now()}  # what is due before goes out spread
    if not _change(account, Account.State.PAUSED, say(N_("Resumed.")), by, **fresh, **overdue):
        Account.objects.filter(pk=account.pk).update(**fresh)
        account.refresh_from_db()


def awake(account: Account) -> dict[str, Any]:
    """The columns of an account that has new keys. What a person paused, a person resumes."""
    # What was wrong with the old keys says nothing of the new ones: they are looked at soon.
    unseen: dict[str, Any] = {"problems": [], "ends_at": None, "check_at": None}
    if account.state != Account.State.PAUSED:
        return {**unseen, **FINE}
    if account.reason.text in _MEANT:
        return unseen
    # What is overdue goes out spread.
    return {**unseen, **FINE, "state": Account.State.ACTIVE, "resumed_at": clock.now()}


def pause_account(
    account_id: int,
    reason: Sentence,
    raw: str = "",
    *,
    cause: Sentence = NOTHING,
    advice: Sentence = NOTHING,
    keys: Mapping[str, str] | None = None,
) -> bool:
    """Only a person can mend this account: nothing is sent on it until then. Said once; True: just now.

    `keys`: those that were refused. When it was connected again meanwhile, that says nothing of the new ones.
    """
    with transaction.atomic():
        if keys is not None and Account.objects.select_for_update().get(pk=account_id).credentials != keys:
            return False
        changed = Account.objects.filter(pk=account_id, state=Account.State.ACTIVE).update(
            state=Account.State.PAUSED, **because(reason, cause, advice, raw[:4000])
        )
        if changed:
            # Without its credentials: they may be the very thing that cannot be read.
            account = Account.objects.defer("credentials").get(pk=account_id)
            written = record(account, reason, TROUBLE, raw=raw)
            title = say(N_("%(account)s is paused: nothing is posted there"), account=account.name)
            tell(account, f"paused:{written.pk}", title, reason, advice)
    return bool(changed)


def _change(account: Account, from_state: str, sentence: Sentence, by: Any, **changes: Any) -> bool:
    with transaction.atomic():
        changed = Account.objects.filter(pk=account.pk, state=from_state).update(**changes)
        account.refresh_from_db()
        if changed:
            record(account, sentence, actor=by)
    return bool(changed)
