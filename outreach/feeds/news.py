"""Which entries are news. Whether one is posted on a network is another question."""

from django.db.models import QuerySet

from outreach.feeds.asking import NOT_NEW, THE_SAME
from outreach.feeds.choosing import BY_STAFF
from outreach.feeds.filling import OLDER
from outreach.feeds.holding import OLD
from outreach.feeds.models import Entry
from outreach.feeds.rules import NOWHERE
from outreach.feeds.storing import ALREADY_THERE

# Set aside for any of these, an entry goes nowhere by itself. Every other reason concerns the networks only:
# that no account is connected keeps nothing out of a newsletter.
_NOT_NEWS = [ALREADY_THERE, OLDER, OLD, BY_STAFF, THE_SAME, NOT_NEW, NOWHERE]


def of(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Those of `entries` that readers have not had, and should."""
    return entries.exclude(state=Entry.State.IGNORED, reason__text__in=_NOT_NEWS)
