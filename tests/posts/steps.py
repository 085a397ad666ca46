"""What tests of publishing do again and again."""

from datetime import datetime, timedelta

from outreach.core import clock
from outreach.feeds.models import Event
from outreach.posts import approving, following, planning, reminding, writing
from outreach.posts.models import Account, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, Fault, error

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


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


def work(now: datetime) -> None:
    """What the ticks do at this moment."""
    with clock.frozen(now):
        while (
            following.follow_one(now)
            or planning.plan_one(now)
            or reminding.remind_one(now)
            or publishing.publish_one(now)
        ):
            pass


def plan(now: datetime) -> Publication:
    """Planned and approved, not yet sent."""
    assert planning.plan_one(now)
    return Publication.objects.get()


def change(event: Event, **columns: object) -> None:
    if "starts_at" in columns:
        columns["dated"] = event.version + 1
    Event.objects.filter(pk=event.pk).update(version=event.version + 1, **columns)
    event.refresh_from_db()


def texts(net: dict[str, Fake]) -> list[str]:
    return [post.text for post in net["x"].posts]
