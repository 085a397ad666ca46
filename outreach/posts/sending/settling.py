"""What became of a send whose outcome nobody knows: the network is asked before it is done again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from outreach import networks
from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.leases import among, claim, free, settle
from outreach.core.pace import paced
from outreach.core.sentences import N_, Sentence, say
from outreach.networks.base import Network, Receipt
from outreach.networks.errors import AuthBroken, Throttled
from outreach.posts import holding, payloads
from outreach.posts.accounts.pausing import pause_account
from outreach.posts.accounts.reaching import connection_of, readable
from outreach.posts.history import INFO, TROUBLE, WARNING, tell
from outreach.posts.models import Account, Publication
from outreach.posts.reasons import FINE, because, why_not
from outreach.posts.sending.outcomes import LEASE, NOT_BILLED, backoff, queue_again, there
from outreach.posts.text import links

log = structlog.get_logger(__name__)

State = Publication.State

# Clocks are wrong: ours may have been hours ahead when it was sent; the network dates the post by its own.
EARLIER = timedelta(hours=6)
# When the network cannot be asked now: soon while the attempt is fresh, then ever later.
_ASK_LATER = (timedelta(seconds=45), timedelta(minutes=5))
# In doubt so often for so long: repeating it is no help any more, a person looks.
_MOST_ATTEMPTS, _GIVE_UP_AFTER = 5, timedelta(hours=6)
# Nothing is put off for longer: what is to be looked at later than that was so while a clock was wrong.
_LATEST = timedelta(days=1)
_CANDIDATES = 5
_COPY_CAUSE = N_("The account has said the same before, by hand or in another post.")
_COPY_ADVICE = N_("Nothing is lost if the older post is good enough. Else make a new post with other words.")
_LOOK_YOURSELF = N_("Look on the account whether the post is there, and say so on the page of the post.")


def settle_one(now: datetime) -> bool:
    """Ask about the one publication that has waited longest for it. False when there is none."""
    due = _due(now).order_by("look_at", "id").values_list("pk", "state")[:_CANDIDATES]
    for pk, state in list(due):
        # A row still in `sending` is of a worker that died, or hangs: its outcome is unknown from now on.
        fresh = {"absences": 0} if state == State.SENDING else {}
        if mine := claim(
            _due(now).filter(pk=pk, state=state), now, paced(LEASE), state=State.UNKNOWN, **fresh
        ):
            _ask(Publication.objects.select_related("post__entry").get(pk=pk), mine, now)
            return True
    return False


def resolve(publication: Publication, answer: str, by: Any = None, url: str = "") -> None:
    """A person looked: it is `"there"` (at `url`), or it is not and is to be sent `"again"`.

    Raises OutreachError when the outcome is known meanwhile, or is being looked up at this moment.
    """
    now = clock.now()
    if answer not in {"there", "again"}:
        raise ValueError(answer)
    found = there(Receipt(publication.remote_id, links.clean(url, "url")), now)
    again = {
        "state": State.QUEUED,
        "due_at": now,
        "look_at": None,
        **FINE,
        **holding.FREE,
        "late_is_fine": True,  # who says so now is not asked once more
    }
    with transaction.atomic():
        rows = Publication.objects.filter(free(now), pk=publication.pk, state=State.UNKNOWN)
        if not rows.update(**(found if answer == "there" else again)):
            raise OutreachError(
                say(N_("This is settled already, or being looked up now. Look again in a minute."))
            )
        publication.refresh_from_db()
        tell(publication, _answered(publication, answer), actor=by)


def _answered(publication: Publication, answer: str) -> Sentence:
    name = publication.account.name
    if answer == "there":
        return say(N_("A person looked: it is on %(account)s."), account=name)
    return say(N_("A person looked: it is not on %(account)s. It is posted again."), account=name)


def _due(now: datetime) -> QuerySet[Publication]:
    unsettled = among("state", (State.SENDING, State.UNKNOWN))
    time_to_look = Q(look_at__lte=now) | Q(look_at__gt=now + 2 * _LATEST)
    return Publication.objects.filter(unsettled, free(now), time_to_look)


def _ask(publication: Publication, mine: str, now: datetime) -> None:
    """Look for it at the network; no transaction is open meanwhile."""
    account = readable(publication.account_id)
    if account is None:
        reason = say(N_("The account cannot be used, so the network could not be asked."))
        publication.account = Account.objects.defer("credentials").get(pk=publication.account_id)
        _later(publication, mine, now, because(reason))
        return
    publication.account = account
    network = networks.get(account.network)
    if not network.can_be_asked:
        _to_a_person(publication, mine)
        return
    try:
        found = network.find(
            connection_of(account),
            payloads.thawed(publication.payload),
            min(publication.sent_at or now, now) - EARLIER,
        )
    except Exception as error:  # noqa: BLE001 (no answer is not "absent")
        _no_answer(publication, mine, now, error)
        return
    log.info("asked", publication=publication.pk, found=found is not None)
    if found and _is_of_another(publication, found):
        _to_a_person(publication, mine)
    elif found:
        _found(publication, mine, now, found)
    else:
        _absent(publication, mine, now, network)


def _is_of_another(publication: Publication, found: Receipt) -> bool:
    """The same words were posted before, hours ago: it says nothing of this one."""
    others = Publication.objects.filter(account=publication.account_id).exclude(pk=publication.pk)
    return others.filter(remote_id=found.remote_id).exists()


def _found(publication: Publication, mine: str, now: datetime, receipt: Receipt) -> None:
    said = say(N_("Posted on %(account)s: the network has it."), account=publication.account.name)
    _settle_and_tell(publication, mine, said, INFO, **there(receipt, now))


def _absent(publication: Publication, mine: str, now: datetime, network: Network) -> None:
    """Once more absent. Read-back lags behind, so all steps must agree before it is believed.

    The accounts' other posts wait for these steps (`publishing`), so that a network that refuses only the
    repetition of its latest post still does.
    """
    steps, absences = network.look_after, publication.absences + 1
    if absences < len(steps):
        look_at = now + paced(steps[absences] - steps[absences - 1])
        said = say(
            N_("%(account)s was asked: it is not there, or not shown yet. It is asked again %(when)s."),
            account=publication.account.name,
            when=look_at,
        )
        _settle_and_tell(publication, mine, said, INFO, absences=absences, look_at=look_at)
    elif publication.says_duplicate:
        _is_copy(publication, mine, absences)
    elif _is_hopeless(publication, now) and not publication.unwanted:
        _to_a_person(publication, mine, absences=absences)
    else:
        _once_more(publication, mine, now, absences)


def _once_more(publication: Publication, mine: str, now: datetime, absences: int) -> None:
    said = say(N_("It is not on %(account)s, so it is posted again."), account=publication.account.name)
    # Its date stays: it goes before whatever came after it. It was due, whatever a wrong clock says.
    due_at = min(publication.due_at, now)
    with transaction.atomic():
        if queue_again(publication, mine, absences=absences, due_at=due_at, **NOT_BILLED, **FINE):
            tell(publication, said, WARNING)


def _is_copy(publication: Publication, mine: str, absences: int) -> None:
    said = say(
        N_("%(account)s says that it has the same post already, from before. It is not posted again."),
        account=publication.account.name,
    )
    changes = {"state": State.REFUSED, "absences": absences, "look_at": None}
    changes |= because(said, say(_COPY_CAUSE), say(_COPY_ADVICE), publication.raw)
    _settle_and_tell(publication, mine, said, TROUBLE, **changes)


def _is_hopeless(publication: Publication, now: datetime) -> bool:
    since = publication.sent_at or now
    return publication.attempts >= _MOST_ATTEMPTS and now - since > _GIVE_UP_AFTER


def _to_a_person(publication: Publication, mine: str, **changes: Any) -> None:
    """The machine is at its end: two buttons on a page."""
    said = say(
        N_("It is not certain that it was posted on %(account)s. Look there, and say whether it is."),
        account=publication.account.name,
    )
    columns = because(said, publication.cause, say(_LOOK_YOURSELF), publication.raw)
    _settle_and_tell(publication, mine, said, TROUBLE, look_at=None, **columns, **changes)


def _no_answer(publication: Publication, mine: str, now: datetime, error: Exception) -> None:
    log.warning("could not ask", publication=publication.pk, error=type(error).__name__)
    if isinstance(error, AuthBroken):
        keys = publication.account.credentials
        pause_account(publication.account_id, **why_not(error), keys=keys)
    until = error.until if isinstance(error, Throttled) else None
    _later(publication, mine, now, why_not(error), until)


def _later(
    publication: Publication,
    mine: str,
    now: datetime,
    columns: Mapping[str, Any],
    until: datetime | None = None,
) -> None:
    """Still unknown: no answer is never taken for "not there"."""
    first, most = _ASK_LATER
    age = now - (publication.sent_at or now)
    # A quarter of its age: a short hiccup must not keep anybody in doubt for more than ten minutes.
    wait = min(max(age / 4, first), most)
    look_at = min(max(until or now, now + backoff(1, (wait, most))), now + _LATEST)
    said = say(
        N_(
            "%(account)s could not be asked whether the post is there: %(reason)s It is asked again %(when)s."
        ),
        account=publication.account.name,
        reason=columns["reason"],
        when=look_at,
    )
    _settle_and_tell(publication, mine, said, WARNING, look_at=look_at, **columns)


def _settle_and_tell(publication: Publication, mine: str, said: Sentence, level: str, **changes: Any) -> None:
    with transaction.atomic():
        if _settled(publication, mine, **changes):
            tell(publication, said, level, raw=changes.get("raw", ""))


def _settled(publication: Publication, mine: str, **changes: Any) -> bool:
    return settle(Publication.objects.filter(pk=publication.pk), mine, **changes)
