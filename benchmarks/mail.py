"""Mailing a newsletter: our whole path (ledger, letter, server) beside the plainest loop to that server."""

import smtplib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from benchmarks import ground
from tests.fakes.postoffice import PostOffice

READERS = 400


def measure() -> Iterator[tuple[str, str]]:
    """Each message is one issue of eight articles, for one reader, on this machine's own mail server."""
    ground.prepare()
    from outreach.mail.building import build
    from outreach.newsletters.sending.letters import Letters
    from outreach.subscribers.models import Subscriber

    with PostOffice() as office:
        issue = _issue(office.url)
        message = build(Letters(issue).to(Subscriber.objects.all()[0]))
        port = int(office.url.partition("?")[0].rpartition(":")[2])
        ours = _seconds(_deliver)
        kept = _seconds(lambda: _plain(port, message, keep=True))
        fresh = _seconds(lambda: _plain(port, message, keep=False))
    yield "messages a second, with ledger and letter", f"{READERS / ours:.0f}"
    yield "time of a message: ours / the same bytes by smtplib, one connection", f"{ours / kept:.2f}"
    yield "time of a message: ours / the same bytes, a new connection each", f"{ours / fresh:.2f}"
    yield "size of a message", f"{len(message) / 1000:.0f} kB"


def _issue(url: str) -> Any:
    from django.conf import settings

    from outreach.core import clock
    from outreach.feeds.models import Entry, Source
    from outreach.newsletters import issues, making, sending
    from outreach.newsletters.models import Newsletter
    from outreach.subscribers.models import Subscriber, Subscription

    settings.MAIL_URL = url
    source = Source.objects.create(name="Nieuws", url="https://a.example/feed", site="a.example")
    newsletter = making.create("Nieuwsbrief", sources=[source])
    Newsletter.objects.update(starts_at=clock.now() - timedelta(days=1))
    for number in range(8):
        Entry.objects.create(
            source=source,
            title=f"Voorlezen in twee talen, deel {number}",
            summary="Zo begin je eraan met kleuters. " * 8,
            link=f"https://a.example/{number}",
            language="nl",
            content_hash=str(number),
        )
    addresses = [f"lezer{number}@example.org" for number in range(READERS)]
    now = clock.now()
    Subscriber.objects.bulk_create(
        Subscriber(address=one, address_key=one, state="confirmed", confirmed_at=now) for one in addresses
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber=one, topic=newsletter.topic, asked_at=now, confirmed_at=now)
        for one in Subscriber.objects.all()
    )
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    sending.start_one(clock.now())
    issue.refresh_from_db()
    return issue


def _deliver() -> None:
    from outreach.core import clock
    from outreach.newsletters import sending

    while sending.deliver_some(clock.now()):
        pass


def _plain(port: int, message: bytes, *, keep: bool) -> None:
    server = smtplib.SMTP("127.0.0.1", port) if keep else None
    for number in range(READERS):
        one = server or smtplib.SMTP("127.0.0.1", port)
        one.sendmail("nieuws@example.org", f"lezer{number}@example.org", message)
        if server is None:
            one.quit()


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
