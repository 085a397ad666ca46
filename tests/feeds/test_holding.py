"""Too much that looks new at once: the source is held until staff say what it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from outreach.core import http
from outreach.core.errors import OutreachError
from outreach.core.models import Activity
from outreach.core.sentences import Sentence
from outreach.feeds import holding
from outreach.feeds.models import Entry, Source
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
