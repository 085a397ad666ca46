"""An issue of which nothing is open any more is sent."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from outreach.core.models import record
from outreach.core.sentences import NOTHING, say_many
from outreach.newsletters.models import Delivery, Issue
from outreach.newsletters.sending.counting import progress

_State = Delivery.State
# In the order of the index `delivery_open`.
OPEN = (_State.QUEUED, _State.DEFERRED, _State.CLAIMED, _State.UNKNOWN)
"""Deliveries to which something is still to happen."""


def finish_one(now: datetime) -> bool:
    """Close one issue that is through. False when there is none."""
    waiting = Delivery.objects.filter(issue=OuterRef("pk"), state__in=OPEN)
    through = Issue.objects.filter(~Exists(waiting), state=Issue.State.SENDING)
    issue = through.select_related("newsletter").first()
    if issue is None:
        return False
    with transaction.atomic():
        if through.filter(pk=issue.pk).update(state=Issue.State.SENT, finished_at=now, reason=NOTHING):
            _tell(issue)
    return True


def _tell(issue: Issue) -> None:
    """On the issue, and on each entry that readers now have."""
    found = progress(issue)
    sentence = say_many(
        "Mailed to %(count)s reader; %(failed)s did not get it.",
        "Mailed to %(count)s readers; %(failed)s did not get it.",
        found.sent,
        failed=found.bounced + found.suppressed,
    )
    record(issue, sentence)
    sentence = say_many(
        "Mailed in the newsletter “%(name)s” to %(count)s reader.",
        "Mailed in the newsletter “%(name)s” to %(count)s readers.",
        found.sent,
        name=issue.newsletter.name,
    )
    for item in issue.items.filter(left_out=False).select_related("entry"):
        record(item.entry, sentence, echo=True)
