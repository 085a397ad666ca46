"""What tests of publishing do again and again."""

from datetime import datetime, timedelta

from outreach.posts import approving, publishing, writing
from outreach.posts.models import Account, Publication
from tests.posts.fakes import Fake, Fault, error

MINUTE = timedelta(minutes=1)


def queued(account: Account, text: str = "Welkom") -> Publication:
    post = writing.write(text=text, link="https://a.example", accounts=[account], language="nl")
    approving.approve(post)
    return post.publications.get()


def after(row: Publication) -> Publication:
    row.refresh_from_db()
    return row


def answer(network: Fake, kind: type, *, accepted: bool = False, **values: object) -> None:
    network.faults.append(Fault(error(kind, **values), accepted))


def settle_until_quiet(now: datetime, hours: int = 2) -> None:
    """Let time pass, settling and publishing as the ticks do, from one moment that matters to the next."""
    at: datetime | None = now
    while at is not None and at <= now + timedelta(hours=hours):
        while publishing.settle_one(at) or publishing.publish_one(at):
            pass
        at = next_moment(at)


def next_moment(at: datetime) -> datetime | None:
    rows = Publication.objects.filter(state__in=["queued", "sending", "unknown"])
    moments = rows.values_list(
        "due_at", "look_at", "lease_until", "account__not_before", "account__lease_until"
    )
    later = [moment for row in moments for moment in row if moment and moment >= at]
    return min(later) + timedelta(microseconds=1) if later else None
