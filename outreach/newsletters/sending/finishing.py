"""An issue of which nothing is open any more is sent."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from outreach.core import leases
from outreach.core.models import Activity, record, subject_of
from outreach.core.sentences import NOTHING, Sentence, say_many
from outreach.feeds.models import Entry
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.newsletters.sending.counting import progress
from outreach.newsletters.sending.picking import WAITING

_State = Delivery.State


def finish_one(now: datetime) -> bool:
    """Close one issue that is through. False when there is none. Looks at a few rows, whatever the size."""
    of_it = Delivery.objects.filter(issue=OuterRef("pk"))
    waiting = of_it.filter(leases.among("state", WAITING))
    # Where what is in doubt is left so, it holds up nothing.
    leaves = Q(newsletter__on_unknown=Newsletter.OnUnknown.LEAVE)
    through = Issue.objects.filter(
        ~Exists(waiting) | (leaves & ~Exists(waiting.exclude(state=_State.UNKNOWN))),
        ~Exists(of_it.filter(state=_State.CLAIMED)),
        state=Issue.State.SENDING,
    )
    issue = through.select_related("newsletter").first()
    if issue is None:
        return False
    with transaction.atomic():
        # Who queues something again holds this lock. What they did is seen by a statement that begins
        # after it: PostgreSQL's UPDATE would wait for them, and then go by what it had seen before.
        Issue.objects.select_for_update().get(pk=issue.pk)
        if through.filter(pk=issue.pk).update(state=Issue.State.SENT, finished_at=now, reason=NOTHING):
            _tell(issue)
    return True


def _tell(issue: Issue) -> None:
    """On the issue, and once on each entry that readers now have."""
    found = progress(issue)
    sentence = say_many(
        "Mailed to %(count)s reader; %(failed)s did not get it.",
        "Mailed to %(count)s readers; %(failed)s did not get it.",
        found.sent,
        failed=found.bounced + found.suppressed,
    )
    earlier = _lines(issue, sentence).first()
    record(issue, sentence)
    sentence = say_many(
        "Mailed in the newsletter “%(name)s” to %(count)s reader.",
        "Mailed in the newsletter “%(name)s” to %(count)s readers.",
        found.sent,
        name=issue.newsletter.name,
    )
    for item in issue.items.filter(left_out=False).select_related("entry"):
        if earlier is None or not _says_it_now(item.entry, sentence, earlier.at):
            record(item.entry, sentence, echo=True)


def _says_it_now(entry: Entry, sentence: Sentence, since: datetime) -> bool:
    """After a retry the line that stands there since then tells the new number."""
    line = _lines(entry, sentence).filter(at__gte=since).first()
    return line is not None and bool(Activity.objects.filter(pk=line.pk).update(sentence=sentence))


def _lines(row: Model, sentence: Sentence) -> QuerySet[Activity]:
    """Where `row` was told the same before, with whatever numbers; the oldest first."""
    told = Activity.objects.filter(subject=subject_of(row), sentence__text=sentence.text)
    return told.order_by("pk")
