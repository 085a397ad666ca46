"""A newsletter over one source, with readers, and a real mail server."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.core import clock
from outreach.feeds.models import Entry, Event, Source
from outreach.newsletters import making
from outreach.newsletters.models import Newsletter
from outreach.newsletters.sending import objecting
from outreach.subscribers import joining
from tests.fakes.mail_server import MailServer

# A Tuesday at nine in the morning in Brussels.
NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_was_answered(settings: Any, tmp_path: Path) -> None:
    """Each test has its own journals; what the servers of others answered is not remembered."""
    settings.DATA_DIR = tmp_path
    objecting.forget()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def source(db: None) -> Source:
    return Source.objects.create(
        name="Nieuws", url="https://school.example/feed", site="school.example", language="nl"
    )


@pytest.fixture
def newsletter(source: Source) -> Newsletter:
    """Each Tuesday at nine; it was made a week ago."""
    with clock.frozen(NOW - timedelta(days=6)):
        return making.create("Nieuwsbrief", sources=[source], mode="automatic", language="nl")


@pytest.fixture
def write(source: Source) -> Callable[..., Entry]:
    """Publish an article, or with `starts_at` an event, an hour ago."""

    def write(title: str, starts_at: datetime | None = None, **values: Any) -> Entry:
        known = {
            "source": source,
            "title": title,
            "summary": f"Over {title}.",
            "link": f"https://school.example/{Entry.objects.count()}",
            "language": "nl",
            "content_hash": title,
            "first_seen_at": clock.now() - timedelta(hours=1),
        }
        entry = Entry.objects.create(**{**known, **values})
        if starts_at:
            Event.objects.create(entry=entry, starts_at=starts_at, place="De Warande")
        return entry

    return write


@pytest.fixture
def readers(newsletter: Newsletter) -> Callable[[int], list[str]]:
    """That many people who receive it."""

    def join(number: int) -> list[str]:
        addresses = [f"lezer{one}@example.org" for one in range(number)]
        for address in addresses:
            joining.add(newsletter.topic, address, how="test", wording="Ja.", language="nl")
        return addresses

    return join


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.MAIL_URL, settings.MAIL_FROM = server.url, "nieuws@school.example"
        yield server


@pytest.fixture
def ahead(newsletter: Newsletter) -> Newsletter:
    """Its draft is made two days before, for somebody to approve. Today is the day before that."""
    making.change(newsletter, mode="approval", draft_ahead_hours=48)
    Newsletter.objects.update(next_slot=NOW)
    newsletter.refresh_from_db()
    return newsletter


@pytest.fixture
def automatic(ahead: Newsletter) -> Newsletter:
    Newsletter.objects.update(mode="automatic")
    ahead.refresh_from_db()
    return ahead
