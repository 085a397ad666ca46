"""Too much that looks new at once: the source is held until staff say what it is."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from outreach.core import clock, http
from outreach.core.errors import OutreachError
from outreach.core.models import Activity
from outreach.core.sentences import Sentence
from outreach.feeds import changing, holding, storing
from outreach.feeds.models import Entry, Source
from outreach.feeds.parsing import Feed, parse
from outreach.feeds.sources import add_source
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = pytest.mark.django_db


def new_titles() -> list[str]:
    return list(Entry.objects.filter(state="new").order_by("pk").values_list("title", flat=True))


def test_too_much_news_at_once_holds_the_source(site: Website, source: Source) -> None:
    for number in range(4):
        site.add_article(f"Verhuisd {number}")
    poll(source)
    assert source.held_at == NOON + timedelta(hours=1)
    assert len(holding.waiting(source)) == 4
    assert Activity.objects.filter(level="trouble").count() == 1
    holding.release_as_old(source)
    source.refresh_from_db()
    assert source.held_at is None
    assert not new_titles()
    site.add_article("Echt nieuw")
    poll(source, 2)
    assert new_titles() == ["Echt nieuw"]


def test_a_held_source_can_be_released_to_post(site: Website, source: Source) -> None:
    for number in range(4):
        site.add_article(f"Nieuw {number}")
    poll(source)
    holding.release_to_post(source)
    assert source.held_at is None
    assert new_titles() == [f"Nieuw {number}" for number in range(4)]


@pytest.mark.parametrize("release", [holding.release_as_old, holding.release_to_post])
def test_what_came_after_the_page_was_shown_stays_held(
    site: Website, source: Source, release: Callable[..., Sentence]
) -> None:
    for number in range(4):
        site.add_article(f"Verhuisd {number}")
    poll(source)
    shown = max(entry.pk for entry in holding.waiting(source))
    site.add_article("Na het scherm")
    poll(source, 3)
    assert "1 more came" in str(release(source, upto=shown))
    source.refresh_from_db()
    assert [str(entry) for entry in holding.waiting(source)] == ["Na het scherm"]
    release(source)
    source.refresh_from_db()
    assert source.held_at is None
    with pytest.raises(OutreachError):
        release(source)


def test_a_source_released_during_a_look_stays_released(
    site: Website, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        site.add_article(f"Verhuisd {number}")
    poll(source)
    fetch = http.fetch

    def fetch_meanwhile(*asked: Any, **more: Any) -> http.Fetched:
        holding.release_to_post(Source.objects.get(pk=source.pk))
        return fetch(*asked, **more)

    monkeypatch.setattr(http, "fetch", fetch_meanwhile)
    poll(source, 3)
    assert source.held_at is None


@pytest.mark.django_db(transaction=True)
def test_a_release_waits_for_a_look_that_is_under_way(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another order of locks PostgreSQL would end one of them."""
    with clock.frozen(NOON):
        source = add_source(site.feed_url)
        Source.objects.update(held_at=NOON)
    inside, see = threading.Event(), changing.see

    def slow(*asked: Any) -> None:
        see(*asked)
        Entry.objects.filter(pk=asked[1].pk).update(changed_at=NOON)
        inside.set()
        time.sleep(0.1)

    monkeypatch.setattr(changing, "see", slow)
    with ThreadPoolExecutor(1) as pool:
        look = pool.submit(_look, source, parse(site.feed(), {}, site.feed_url))
        inside.wait(5)
        holding.release_as_old(source)
        look.result()
    source.refresh_from_db()
    assert source.held_at is None


def _look(source: Source, feed: Feed) -> None:
    try:
        with transaction.atomic():
            storing.store(source, feed, NOON + timedelta(hours=1))
            Source.objects.filter(pk=source.pk).update(last_poll_at=NOON)
    finally:
        connections.close_all()
