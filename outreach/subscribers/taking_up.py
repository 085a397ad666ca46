"""What was typed in a sign-up form is written down, and taken up by the next tick.

The page so does the same work for every address. The tick alone looks who it is.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from outreach.core import clock, leases
from outreach.core.errors import BadInput
from outreach.subscribers import joining
from outreach.subscribers.addresses import clean_name, normalise
from outreach.subscribers.models import SignUp

log = structlog.get_logger(__name__)

_LEASE = timedelta(minutes=1)


def write_down(
    topic: str, address: str, *, title: str, name: str, language: str, how: str, wording: str, page: str
) -> None:
    """Somebody typed `address` in a form that showed `wording`. Raises BadInput (address, name).

    `title` names what was asked for in the mail that asks for confirmation.
    """
    SignUp.objects.create(
        topic=topic,
        address=normalise(address).address,
        name=clean_name(name),
        title=title[:200],
        language=language,
        how=how,
        wording=wording,
        page=page.replace("\0", "")[:500],
        at=clock.now(),
    )


def take_up_one(now: datetime) -> bool:
    """Take up the sign-up that waits longest: at most one mail is queued by it. False when none waits."""
    row = SignUp.objects.filter(leases.free(now)).order_by("at", "pk").first()
    if row is None:
        return False
    claim = leases.claim(SignUp.objects.filter(leases.free(now), pk=row.pk), now, _LEASE)
    if claim:  # else somebody else was first; there may be more
        with transaction.atomic():
            _ask(row)
            SignUp.objects.filter(pk=row.pk, claim=claim).delete()
    return True


def _ask(row: SignUp) -> None:
    try:
        joining.ask(
            row.topic,
            row.address,
            name=row.name,
            language=row.language,
            wording=row.wording,
            page=row.page,
            how=row.how,
            title=row.title,
            at=row.at,
        )
    except BadInput as error:  # what is an address was decided otherwise since: an upgrade
        log.warning("sign-up-dropped", why=str(error))
