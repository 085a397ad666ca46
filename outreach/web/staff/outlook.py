"""What goes out next, and what went out lately: posts and newsletters in one list."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from outreach.core import amounts, dates
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.posts.models import Publication
from outreach.web.staff.subjects import address

_SHOWN = 8
_DAYS = 28


@dataclass(frozen=True)
class Going:
    """One thing that goes or went out: what, where, when."""

    what: str
    where: str
    at: datetime | None
    state: str
    address: str
    reason: str = ""
    link: str = ""


def coming() -> list[Going]:
    """The next ones, soonest first."""
    rows = [*_queued_posts(), *_coming_issues(), *_planned_newsletters()]
    return sorted(rows, key=lambda row: (row.at is None, row.at))[:_SHOWN]


def lately() -> list[Going]:
    """The last ones, newest first; what was refused is among them, with the reason."""
    rows = [(row.at, row) for row in (*_done_posts(), *_done_issues()) if row.at]
    return [row for _at, row in sorted(rows, key=lambda pair: pair[0], reverse=True)[:_SHOWN]]


def per_day(now: datetime) -> list[int]:
    """How many posts went out on each of the last four weeks' days, today last."""
    today = dates.local(now).date()
    since = now - timedelta(days=_DAYS)
    moments = Publication.objects.filter(published_at__gt=since).values_list("published_at", flat=True)
    counted = Counter(dates.local(at).date() for at in moments if at)
    return [counted[today - timedelta(days=back)] for back in reversed(range(_DAYS))]


def _queued_posts() -> Iterable[Going]:
    """Those that a person must settle are among the needs, not here."""
    open_ones = (Publication.State.QUEUED, Publication.State.SENDING, Publication.State.UNKNOWN)
    rows = Publication.objects.filter(state__in=open_ones).order_by("due_at", "id")
    rows = rows.exclude(state=Publication.State.UNKNOWN, look_at__isnull=True)
    rows = rows.exclude(held=Publication.Held.LATE).exclude(page_state=Publication.Page.GONE)
    return _by_post(rows.select_related("post__entry", "account")[: 3 * _SHOWN])


def _done_posts() -> Iterable[Going]:
    rows = Publication.objects.select_related("post__entry", "account")
    published = rows.filter(state=Publication.State.PUBLISHED).order_by("-published_at", "-id")
    refused = rows.filter(state=Publication.State.REFUSED).order_by("-due_at", "-id")
    return [*_by_post(published[: 3 * _SHOWN]), *_by_post(refused[: 3 * _SHOWN])]


def _by_post(rows: Iterable[Publication]) -> list[Going]:
    """One line for a post that fares the same on all its accounts."""
    groups: dict[tuple[int, str], list[Publication]] = {}
    for row in rows:
        groups.setdefault((row.post_id, row.state), []).append(row)
    return [_of_post(group) for group in groups.values()]


def _of_post(rows: list[Publication]) -> Going:
    first = rows[0]
    reasons = dict.fromkeys(str(row.reason) for row in rows if row.reason)
    return Going(
        what=str(first.post),
        where=", ".join(row.account.name for row in rows),
        at=first.published_at or first.due_at,
        state=first.state,
        address=address("post", first.post_id),
        reason=" ".join(reasons),
        link=first.remote_url if len(rows) == 1 else "",
    )


def _coming_issues() -> Iterable[Going]:
    coming = Q(state__in=(Issue.State.APPROVED, Issue.State.SENDING))
    rows = Issue.objects.filter(coming | Q(state=Issue.State.DRAFT, by_itself=True))
    found = rows.select_related("newsletter").order_by("slot")[:_SHOWN]
    return [_of_issue(row, row.send_at or row.slot, _how_far(row)) for row in found]


def _how_far(issue: Issue) -> str:
    """Of an issue that goes out now: what it waits for, or how many had it. Counted from an index."""
    if issue.state != Issue.State.SENDING or issue.reason:
        return str(issue.reason)
    sent = issue.deliveries.filter(state=Delivery.State.SENT).count()
    numbers = {"sent": amounts.whole(sent), "total": amounts.whole(issue.deliveries.count())}
    return _("%(sent)s of %(total)s are sent.") % numbers


def _done_issues() -> Iterable[Going]:
    rows = Issue.objects.filter(state__in=(Issue.State.SENT, Issue.State.SKIPPED)).order_by("-slot")
    return [_of_issue(row, row.finished_at or row.slot) for row in rows.select_related("newsletter")[:_SHOWN]]


def _of_issue(row: Issue, at: datetime, reason: str = "") -> Going:
    subject = row.subject or row.newsletter.name
    return Going(
        what=subject,
        where=row.newsletter.name if row.subject else _("newsletter"),
        at=at,
        state=row.state,
        address=address("issue", row.pk),
        reason=reason or str(row.reason),
    )


def _planned_newsletters() -> Iterable[Going]:
    rows = Newsletter.objects.filter(active=True, next_slot__isnull=False)
    return [
        Going(row.name, _("newsletter"), row.next_slot, "planned", address("newsletter", row.pk))
        for row in rows[:_SHOWN]
    ]
