"""Sources in the pages, against a website on a real socket."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.core.models import Activity
from outreach.feeds.models import Entry, Source
from tests.fakes.website import Website
from tests.web.staff import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def website() -> Iterator[Website]:
    with Website() as site:
        site.add_article("Studiedag co-teaching")
        yield site


def add(client: Client, url: str) -> Any:
    form = {"url": url, "mode": "review"}
    return client.post(reverse("source-add"), form, headers={"accept-language": "en"})


def test_a_pasted_feed_is_watched_and_its_articles_are_not_posted(staff: Client, website: Website) -> None:
    response = add(staff, website.feed_url)
    source = Source.objects.get()
    assert response.headers["Location"] == reverse("source", args=[source.pk])
    assert set(Entry.objects.values_list("state", flat=True)) == {"ignored"}


def test_a_pasted_web_page_offers_the_feeds_that_it_names(staff: Client, website: Website) -> None:
    response = add(staff, website.url)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="id_url_error"' not in page
    assert f'name="offered" value="{website.feed_url}"' in page
    assert not Source.objects.exists()


def test_what_is_chosen_beside_the_offered_feeds_counts(staff: Client, website: Website) -> None:
    form = {"url": website.url, "mode": "automatic", "offered": website.feed_url}
    staff.post(reverse("source-add"), form)
    source = Source.objects.get()
    assert (source.url, source.mode) == (website.feed_url, "automatic")
    page = add(staff, website.url).content.decode()
    assert 'name="offered"' not in page
    assert "is watched already" in page


@pytest.mark.parametrize("mode", ["404", "500", "html", "empty"])
def test_an_address_without_a_feed_gets_a_sentence_beside_the_field(
    staff: Client, website: Website, mode: str
) -> None:
    website.mode = mode
    response = add(staff, website.feed_url)
    assert response.status_code == 422
    assert 'id="id_url_error"' in response.content.decode()
    assert not Source.objects.exists()


def test_no_address_gets_a_sentence(staff: Client) -> None:
    assert 'id="id_url_error"' in add(staff, "").content.decode()


def test_looking_now_only_makes_it_due(staff: Client, website: Website) -> None:
    source = samples.source(url=website.feed_url, next_poll_at=clock.now() + timedelta(hours=1))
    staff.post(reverse("source-look", args=[source.pk]))
    source.refresh_from_db()
    assert source.next_poll_at <= clock.now()
    assert website.requests == []


def test_a_source_is_paused_and_resumed_and_both_are_written_down(staff: Client) -> None:
    source = samples.source()
    staff.post(reverse("source-pause", args=[source.pk]))
    staff.post(reverse("source-pause", args=[source.pk]))
    source.refresh_from_db()
    assert not source.active
    staff.post(reverse("source-resume", args=[source.pk]))
    source.refresh_from_db()
    assert source.active
    assert Activity.objects.filter(subject=f"source:{source.pk}", actor__username="els").count() == 2


@pytest.mark.parametrize(("answer", "state"), [("old", "ignored"), ("post", "new")])
def test_what_is_held_back_is_released_by_two_buttons(staff: Client, answer: str, state: str) -> None:
    source = samples.source(held_at=clock.now() - timedelta(hours=1))
    entry = samples.entry(source)
    page = staff.get(reverse("source", args=[source.pk]), headers={"accept-language": "en"}).content.decode()
    assert "1 article is held back" in page
    assert page.count(f'name="upto" value="{entry.pk}"') == 2
    staff.post(reverse("source-release", args=[source.pk]), {"answer": answer, "upto": entry.pk})
    source.refresh_from_db()
    assert source.held_at is None
    assert Entry.objects.get().state == state


@pytest.mark.parametrize(
    "sent", [{}, {"answer": "maybe", "upto": "1"}, {"answer": "old"}, {"answer": "old", "upto": "x"}]
)
def test_a_release_without_an_answer_changes_nothing(staff: Client, sent: dict[str, str]) -> None:
    source = samples.source(held_at=clock.now() - timedelta(hours=1))
    samples.entry(source)
    page = staff.post(
        reverse("source-release", args=[source.pk]), sent, follow=True, headers={"accept-language": "en"}
    )
    assert "Say whether the articles are old" in page.content.decode()
    source.refresh_from_db()
    assert source.held_at
    assert Entry.objects.get().state == "new"


def test_changing_a_source_leaves_what_a_look_is_writing(staff: Client) -> None:
    source = samples.source(etag="een", claim="bezet")
    form = {
        "name": "Nieuws",
        "mode": "automatic",
        "language": "fr",
        "cooling_minutes": 0,
        "interval_minutes": 30,
        "doubtful_dates": "ask",
    }
    response = staff.post(reverse("source-edit", args=[source.pk]), form)
    assert response.status_code == 302
    source.refresh_from_db()
    assert (source.mode, source.language, source.etag, source.claim) == ("automatic", "fr", "een", "bezet")


def test_when_other_categories_hold_the_events_the_feed_is_read_anew(staff: Client) -> None:
    later = clock.now() + timedelta(hours=1)
    source = samples.source(etag="een", body_hash="twee", next_poll_at=later)
    form = {
        "name": "Nieuws",
        "mode": "automatic",
        "language": "nl",
        "cooling_minutes": 0,
        "interval_minutes": 0,
        "doubtful_dates": "ask",
        "agenda_categories": "Agenda, Studiedagen,Agenda",
    }
    staff.post(reverse("source-edit", args=[source.pk]), form)
    source.refresh_from_db()
    assert source.agenda_categories == ["Agenda", "Studiedagen"]
    assert (source.etag, source.body_hash) == ("", "")
    assert source.next_poll_at < later


def test_a_wrong_number_is_named_and_nothing_is_changed(staff: Client) -> None:
    source = samples.source()
    form = {
        "name": "Anders",
        "mode": "review",
        "language": "nl",
        "cooling_minutes": -1,
        "interval_minutes": "x",
    }
    response = staff.post(reverse("source-edit", args=[source.pk]), form)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_cooling_minutes_error"' in page
    assert 'id="id_interval_minutes_error"' in page
    source.refresh_from_db()
    assert source.name == "Nieuws"
