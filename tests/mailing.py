"""An issue that goes out to very many readers, for tests and benchmarks of the sending.

A program: reads what is wanted as JSON on standard input, writes what was made as JSON.
"""

import json
import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

_AT_ONCE = 5_000


def address(number: int) -> str:
    """That of reader `number`."""
    return f"lezer{number}@{number % 50}.example.org"


def prepare(*, readers: int, articles: int = 0) -> dict[str, Any]:
    """A newsletter with `readers`, and its first issue, which is going out."""
    from outreach.feeds.models import Source
    from outreach.newsletters import making

    source = Source.objects.create(name="Nieuws", url="https://a.example/feed", site="a.example")
    newsletter = making.create("Nieuwsbrief", sources=[source], language="nl")
    _join(newsletter.topic, readers)
    return another(articles=articles)


def another(*, articles: int = 0) -> dict[str, Any]:
    """The next issue of it: each of its readers gets it too."""
    from outreach.core import clock
    from outreach.newsletters import issues, sending
    from outreach.newsletters.models import Delivery, Newsletter

    newsletter = Newsletter.objects.get()
    _write(newsletter.sources.get(), max(articles, 1))
    Newsletter.objects.update(starts_at=clock.now() - timedelta(days=1))
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    while sending.start_one(clock.now()):
        pass
    return {"issue": issue.pk, "deliveries": Delivery.objects.filter(issue=issue).count()}


def _write(source: Any, articles: int) -> None:
    from outreach.feeds.models import Entry

    first = Entry.objects.count()
    for number in range(first, first + articles):
        Entry.objects.create(
            source=source,
            title=f"Voorlezen in twee talen, deel {number}",
            summary="Zo begin je eraan met kleuters. " * 8,
            link=f"https://a.example/{number}",
            language="nl",
            content_hash=str(number),
        )


def _join(topic: str, readers: int) -> None:
    from outreach.core import clock
    from outreach.subscribers.models import Subscriber, Subscription

    now = clock.now()
    people = (
        Subscriber(address=address(one), address_key=address(one), state="confirmed", confirmed_at=now)
        for one in range(readers)
    )
    for some in _batches(people):
        made = Subscriber.objects.bulk_create(some)
        Subscription.objects.bulk_create(
            Subscription(subscriber=one, topic=topic, asked_at=now, confirmed_at=now) for one in made
        )


def _batches(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    wanted = json.load(sys.stdin)
    print(json.dumps(prepare(**wanted) if "readers" in wanted else another(**wanted)))
