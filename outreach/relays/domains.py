"""Limits of recipients' domains: those that are set, and those of domains that said we are too fast.

A domain that answers 421, 450 or 451 gets half of what it got, and a tenth more each minute from then on.
"""

from datetime import datetime, timedelta

from django.conf import settings

from outreach.mail.base import Outcome, Verdict
from outreach.mail.replies import enhanced_code
from outreach.relays import limits
from outreach.relays.limits import Limit
from outreach.relays.models import SlowDomain

_FORGOTTEN_AFTER = timedelta(hours=2)
"""By then it gets ninety thousand times as much."""
_ONE_SIGNAL = timedelta(seconds=30)
"""What comes within it is the same complaint: a chunk of mails was on its way."""


def of(server: str, now: datetime) -> dict[str, tuple[Limit, ...]]:
    """The limits that hold at this moment, by domain."""
    found = dict(limits.of_domains(settings.MAIL_DOMAIN_LIMITS))
    for row in SlowDomain.objects.filter(server=server, changed_at__gt=now - _FORGOTTEN_AFTER):
        slowed = Limit(max(1, int(_rate(row, now))), 60)
        found[row.domain] = limits.strictest([slowed, *found.get(row.domain, ())])
    return found


def asks_for_patience(outcome: Outcome) -> bool:
    """Whether the server says that we are too fast or too new for it; a full mailbox is about one reader."""
    if outcome.verdict is not Verdict.DEFERRED or outcome.reply[:3] not in ("421", "450", "451"):
        return False
    return not enhanced_code(outcome.reply).startswith(("4.1.", "4.2."))


def slow_down(server: str, domain: str, per_minute: float, now: datetime) -> None:
    """Half of the present rate; `per_minute` is what it got just now, where nothing was known of it."""
    row = SlowDomain.objects.filter(server=server, domain=domain).first()
    if row and abs(now - row.changed_at) < _ONE_SIGNAL:
        return
    if row and now - row.changed_at < _FORGOTTEN_AFTER:
        per_minute = min(per_minute, _rate(row, now)) if per_minute else _rate(row, now)
    changes = {"per_minute": max(1.0, per_minute / 2), "changed_at": now}
    SlowDomain.objects.update_or_create(server=server, domain=domain, defaults=changes)


def _rate(row: SlowDomain, now: datetime) -> float:
    minutes = max(0.0, (now - row.changed_at).total_seconds() / 60)
    return float(row.per_minute * 1.1**minutes)
