"""How far an issue is."""

from dataclasses import dataclass

from django.db.models import Count, Q

from outreach.core.sentences import Sentence
from outreach.newsletters.models import Delivery, Issue

_State = Delivery.State


@dataclass(frozen=True)
class Progress:
    """Numbers of deliveries."""

    total: int
    queued: int  # waiting, or being sent at this moment
    sent: int
    deferred: int
    bounced: int
    suppressed: int  # left meanwhile, or the issue was cancelled
    unknown: int
    repeated: int  # may have arrived twice
    waiting_for: Sentence

    @property
    def done(self) -> int:
        """Nothing more happens to these."""
        return self.sent + self.bounced + self.suppressed


def progress(issue: Issue) -> Progress:
    """One query, whatever the number of readers."""
    alike = (_State.SENT, _State.DEFERRED, _State.BOUNCED, _State.SUPPRESSED, _State.UNKNOWN)
    found = issue.deliveries.aggregate(
        total=Count("pk"),
        queued=Count("pk", filter=Q(state__in=[_State.QUEUED, _State.CLAIMED])),
        repeated=Count("pk", filter=Q(repeated=True)),
        **{state.value: Count("pk", filter=Q(state=state)) for state in alike},
    )
    return Progress(**found, waiting_for=issue.reason)
