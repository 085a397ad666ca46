"""A website misbehaves for a day and heals: nothing is posted twice, what it published meanwhile is posted.

Staff read once what is wrong, and once that it is over; the source recovers by itself.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from outreach.core import clock, http
from outreach.core.models import Activity, subject_of
from outreach.feeds import holding, parsing, polling
from outreach.feeds.models import Source
from outreach.feeds.sources import add_source
from outreach.posts import planning
from outreach.posts.models import Account, Post
from tests.fakes import misbehaving
from tests.fakes.misbehaving import FEED_TYPE, Way
from tests.fakes.website import Website
from tests.feeds.conftest import NOON
from tests.feeds.ledger import parsed_here

pytestmark = [pytest.mark.once, pytest.mark.django_db]

HOUR = timedelta(hours=1)
AGAIN = "The source can be read again."
WAYS = sorted(misbehaving.ways())


@pytest.fixture
def watched(site: Website, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """It is looked at each hour since noon; an article is posted an hour and a half after it was seen."""
    monkeypatch.setattr(parsing, "_answer_to", parsed_here)
    Account.objects.create(network="x", name="Leraren", credentials={"token": "t", "handle": "leraren"})
    with clock.frozen(NOON):
        source = add_source(site.feed_url, mode="automatic", cooling_minutes=90)
    Source.objects.update(interval_minutes=60, read_pages=False)
    return source


def live(source: Source, since: datetime, hours: int) -> datetime:
    """So many hours pass: the source is looked at when it is due, and what has cooled is planned."""
    for hour in range(1, hours + 1):
        now = since + hour * HOUR
        with clock.frozen(now):
            while planning.plan_one(now):
                pass
            polling.poll_one(now)
    source.refresh_from_db()
    return since + hours * HOUR


def publish(site: Website, title: str, now: datetime) -> None:
    site.add_article(title, f"{title}: een verhaal uit de klas.", published=now)


def posted() -> Counter[str]:
    return Counter(Post.objects.values_list("entry__title", flat=True))


def said(source: Source) -> list[str]:
    return [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(source)).order_by("pk")]


@pytest.mark.parametrize("name", WAYS)
def test_nothing_is_posted_twice_and_nothing_is_lost(
    name: str, site: Website, watched: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = misbehaving.ways()[name]
    publish(site, "Ervoor", NOON)
    now = live(watched, NOON, 4)
    before = len(said(watched))
    now = _trouble(site, watched, way, now, monkeypatch)
    site.misbehaving = None
    publish(site, "Erna", now)
    live(watched, now, 12)
    assert posted() == Counter(["Ervoor", "Bij het begin", "Midden erin", "Erna"])
    assert (watched.failures, bool(watched.problem), watched.held_at) == (0, False, None)
    _is_told(said(watched)[before:], way)


def _trouble(
    site: Website, source: Source, way: Way, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> datetime:
    site.misbehaving = way.answer
    with monkeypatch.context() as patch:
        if way.slow:
            patch.setitem(http.fetch.__kwdefaults__, "limits", http.Limits(10_000_000, 0.5))
        publish(site, "Bij het begin", now)
        now = live(source, now, 2 if way.slow else 13)
        publish(site, "Midden erin", now)
        return live(source, now, 2 if way.slow else 13)


def _is_told(lines: list[str], way: Way) -> None:
    if not way.told:
        assert lines == []
        return
    assert way.told in lines[0]
    # What comes and goes is told once a day, and this lasts a little longer.
    assert lines in ([lines[0], AGAIN], [lines[0], AGAIN] * 2)


def test_the_feed_of_another_website_is_held_and_the_own_one_goes_on(site: Website, watched: Source) -> None:
    """A machine that serves many websites mixes them up for some hours."""
    now = live(watched, NOON, 2)
    with Website(title="Een ander", flavour="atom") as other:
        for number in range(3):
            other.add_article(f"Van een ander {number}", published=now)
        body = other.feed()
    site.misbehaving = lambda h: h.answer(200, body, content_type=FEED_TYPE)
    now = live(watched, now, 6)
    assert watched.held_at is not None
    assert "look new at once" in said(watched)[-1]
    site.misbehaving = None
    holding.release_as_old(watched)
    publish(site, "Weer van ons", now)
    live(watched, now, 6)
    assert posted() == Counter(["Weer van ons"])
