"""How far an issue is, how fast it goes, and how long it takes still."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.core import amounts, clock
from outreach.core.sentences import Sentence
from outreach.newsletters.models import Delivery, Issue

_State = Delivery.State
_LATELY = timedelta(minutes=1)


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
    per_minute: int = 0  # sent in the last minute
    seconds_left: int | None = None  # for those that wait for nothing but their turn; None: nobody knows

    @property
    def done(self) -> int:
        """Nothing more happens to these."""
        return self.sent + self.bounced + self.suppressed


def progress(issue: Issue, now: datetime | None = None) -> Progress:
    """One query, whatever the number of readers."""
    now = now or clock.now()
    since = max(now - _LATELY, issue.started_at or now)
    by_state: Counter[str] = Counter()
    repeated = lately = 0
    for state, count, twice, new in _counted(issue, since):
        # What is being sent at this moment waits, for who looks on.
        by_state[_State.QUEUED if state == _State.CLAIMED else state] += count
        repeated += twice
        lately += new if state == _State.SENT else 0
    rate = _per_second(lately, now - since) if issue.state == Issue.State.SENDING else 0.0
    return Progress(
        total=by_state.total(),
        **{state.value: by_state[state] for state in _State if state != _State.CLAIMED},
        repeated=repeated,
        waiting_for=issue.reason,
        per_minute=round(rate * 60),
        seconds_left=round(by_state[_State.QUEUED] / rate) if rate else None,
    )


def _counted(issue: Issue, since: datetime) -> Iterable[tuple[str, int, int, int]]:
    """For each state: how many, how many of them repeated, and how many of them sent after `since`."""
    return (
        issue.deliveries.order_by()
        .values_list("state")
        .annotate(
            count=Count("pk"),
            twice=Count("pk", filter=Q(repeated=True)),
            new=Count("pk", filter=Q(sent_at__gt=since)),
        )
    )


def in_words(found: Progress) -> str:
    """ "1.240 of 3.000 readers", in the active language: those to whom nothing more happens."""
    numbers = {"done": amounts.whole(found.done), "count": amounts.whole(found.total)}
    words = ngettext("%(done)s of %(count)s reader", "%(done)s of %(count)s readers", found.total)
    return words % numbers


def pace_in_words(found: Progress) -> str:
    """How fast, and how long still; "" when it stands still."""
    if not found.per_minute or found.seconds_left is None:
        return ""
    numbers = {"rate": amounts.whole(found.per_minute)}
    if found.seconds_left < 60:
        return _("%(rate)s a minute; less than a minute left.") % numbers
    minutes = -(-found.seconds_left // 60)
    if minutes < 90:
        words = ngettext(
            "%(rate)s a minute; about %(left)s minute left.",
            "%(rate)s a minute; about %(left)s minutes left.",
            minutes,
        )
        return words % (numbers | {"left": minutes})
    hours = round(minutes / 60)
    words = ngettext(
        "%(rate)s a minute; about %(left)s hour left.", "%(rate)s a minute; about %(left)s hours left.", hours
    )
    return words % (numbers | {"left": hours})


def _per_second(count: int, within: timedelta) -> float:
    """An issue that began this very second has no pace yet that is more than a guess."""
    return count / max(within.total_seconds(), 1)
