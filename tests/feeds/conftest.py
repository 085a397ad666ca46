"""What the tests of this room share."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.feeds import child, parsing, polling
from outreach.feeds.models import Source
from outreach.feeds.sources import add_source
from tests.fakes.website import Website

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Website]:
    """A website with three articles."""
    with Website() as website:
        for title in ("Spelen met taal", "Rekenen in de kleuterklas", "Samen lezen"):
            website.add_article(title)
        yield website


@pytest.fixture
def source(site: Website, db: None) -> Source:
    """It is watched since noon."""
    with clock.frozen(NOON):
        return add_source(site.feed_url, mode="automatic")


@pytest.fixture
def parsed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parser's process does, in this one: a start of Python for each of many looks takes minutes."""
    monkeypatch.setattr(parsing, "_answer_to", lambda *asked: json.loads(json.dumps(child.answer_to(*asked))))


def poll(source: Source, hours: float = 1) -> Source:
    """Let the next due look happen, `hours` after noon."""
    now = NOON + timedelta(hours=hours)
    with clock.frozen(now):
        assert polling.poll_one(now)
    source.refresh_from_db()
    return source
