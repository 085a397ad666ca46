"""Entries in the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.core.models import Activity
from outreach.feeds.models import Entry
from outreach.posts.models import Post
from tests.web.staff import samples

pytestmark = pytest.mark.django_db


def listed(client: Client, **query: str) -> str:
    return client.get(reverse("entries"), query, headers={"accept-language": "en"}).content.decode()


def test_the_list_is_filtered_by_state_source_and_words(staff: Client) -> None:
    news, agenda = samples.source(), samples.source(name="Agenda", url="https://site.example/a")
    samples.entry(news, "Taal in de klas", summary="Een leidraad")
    samples.entry(agenda, "Infodag in Gent", state="ignored")
    assert "Taal in de klas" in listed(staff)
    assert "Infodag" not in listed(staff, state="new")
    assert "Taal in de klas" not in listed(staff, source=str(agenda.pk))
    assert "Taal in de klas" in listed(staff, search="leidraad klas")
    assert "Nothing found" in listed(staff, search="olifant")


@pytest.mark.parametrize(
    "odd", ["state=niets", "page=-3", "page=9999999999999999", "source=x", "source=²", "page=²"]
)
def test_odd_values_in_the_address_do_no_harm(staff: Client, odd: str) -> None:
    samples.entry(samples.source())
    assert staff.get(f"{reverse('entries')}?{odd}").status_code == 200


def test_words_of_the_search_are_shown_as_words(staff: Client) -> None:
    samples.entry(samples.source())
    assert "<script>x" not in listed(staff, search="<script>x")


def test_posting_about_an_entry_makes_its_post_once(staff: Client) -> None:
    samples.account()
    entry = samples.entry(samples.source(), state="ignored")
    for _ in range(2):
        response = staff.post(reverse("entry-post", args=[entry.pk]))
        assert response.headers["Location"] == reverse("post", args=[Post.objects.get().pk])
    assert Post.objects.get().state == Post.State.WAITING


def test_an_entry_is_ignored_with_the_reason_and_by_whom(staff: Client) -> None:
    entry = samples.entry(samples.source())
    staff.post(reverse("entry-ignore", args=[entry.pk]))
    entry.refresh_from_db()
    assert entry.state == Entry.State.IGNORED
    assert entry.reason
    assert Activity.objects.filter(subject=f"entry:{entry.pk}", actor__username="els").exists()


def test_an_entry_that_is_decided_already_is_not_ignored(staff: Client) -> None:
    entry = samples.entry(samples.source(), state="planned")
    address = reverse("entry-ignore", args=[entry.pk])
    page = staff.post(address, follow=True, headers={"accept-language": "en"}).content.decode()
    entry.refresh_from_db()
    assert entry.state == Entry.State.PLANNED
    assert "It is decided already" in page


def test_the_page_of_an_entry_tells_its_whole_story(staff: Client) -> None:
    entry = samples.entry(samples.source())
    samples.publication(entry, samples.account(), clock.now(), state="published", published_at=clock.now())
    page = staff.get(reverse("entry", args=[entry.pk]), headers={"accept-language": "en"}).content.decode()
    assert "Onze pagina" in page
    assert "published" in page
    assert "It was first seen." in page
    assert "Post about this" not in page


def test_a_link_from_a_feed_cannot_run_a_script(staff: Client) -> None:
    entry = samples.entry(samples.source(), '<img src=x onerror="alert(1)">')
    page = staff.get(reverse("entry", args=[entry.pk])).content.decode()
    assert "<img src=x" not in page


def test_deciding_takes_a_post(staff: Client) -> None:
    entry = samples.entry(samples.source())
    for name in ("entry-post", "entry-ignore"):
        assert staff.get(reverse(name, args=[entry.pk])).status_code == 405
