"""What holds for every page of the desk."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from outreach.core import clock
from outreach.core.colours import DAY, NIGHT, best_on, contrast, parse, readable, worst
from outreach.core.models import Organisation
from outreach.feeds.models import Entry, Source
from outreach.web import failures
from tests.web.staff import samples

pytestmark = pytest.mark.django_db

PAGES = [
    "home",
    "entries",
    "sources",
    "source-add",
    "activity",
    "settings",
    "settings-person-add",
    "settings-password",
]
STATIC = Path(__file__).resolve().parents[3] / "outreach" / "web" / "static"


def addresses() -> list[str]:
    samples.everything(clock.now())
    of_rows = [("entry", Entry.objects.first()), ("source", Source.objects.first())]
    of_rows += [("source", Source.objects.get(name="Agenda")), ("source-edit", Source.objects.first())]
    return [*map(reverse, PAGES), *(reverse(name, args=[row.pk]) for name, row in of_rows if row)]


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_page_opens_in_every_language(staff: Client, language: str) -> None:
    for address in addresses():
        response = staff.get(address, headers={"accept-language": language})
        assert response.status_code == 200, address
        assert f'<html lang="{language}">' in response.content.decode()


def test_every_page_has_one_heading_a_skip_link_and_a_place_in_the_navigation(staff: Client) -> None:
    for address in addresses():
        page = staff.get(address).content.decode()
        assert page.count("<h1>") == 1, address
        assert 'href="#content"' in page
        assert page.count('aria-current="page"') >= 1, address


def test_every_page_of_the_desk_asks_for_a_log_in_first(client: Client) -> None:
    for address in addresses():
        assert client.get(address).headers["Location"].startswith(reverse("log-in")), address


def test_every_view_is_closed_unless_it_is_public() -> None:
    patterns = [
        p for included in get_resolver().url_patterns for p in getattr(included, "url_patterns", [included])
    ]
    open_ones = {
        p.name
        for p in patterns
        if not getattr(p.callback, "login_required", True)
        and not p.callback.__module__.startswith("outreach.web.public")
    }
    assert open_ones == {"look", "language", "log-in", "log-in-demo", "set-up"}


def test_a_part_that_refreshes_itself_after_log_out_reloads_the_page(client: Client) -> None:
    response = client.get(reverse("home-live"), headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Refresh"]) == (204, "true")


def test_pages_load_nothing_from_another_host_and_hold_no_style_or_script(staff: Client) -> None:
    loads = re.compile(
        r"""<(?:link|script|img|iframe|use|form)\b[^>]*(?:src|href|action)=["'](?:https?:)?//"""
    )
    for address in addresses():
        response = staff.get(address)
        page = response.content.decode()
        assert not loads.search(page), address
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)|\son\w+=", page), address
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_the_stylesheet_and_the_icons_ask_no_other_host() -> None:
    for path in (STATIC / "outreach").iterdir():
        text = path.read_text(encoding="latin-1").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text.replace("https:", "http:"), path


def test_the_colours_follow_the_organisation(client: Client) -> None:
    Organisation.get()
    Organisation.objects.update(accent="#7a1f5c")
    response = client.get(reverse("look"))
    assert response.headers["Content-Type"] == "text/css"
    assert "--accent:#7a1f5c" in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize("accent", ["#ffff00", "#ffffff", "#000000", "#0b6e69", "#ff0000", "#808080", "none"])
def test_any_accent_can_be_read_by_day_and_by_night(accent: str) -> None:
    for grounds in (DAY, NIGHT):
        colour = readable(parse(accent), grounds)
        assert worst(colour, grounds) >= 4.5
        assert contrast(best_on(colour), colour) >= 4.5


def test_a_page_that_is_not_there_says_so(staff: Client) -> None:
    response = staff.get("/nergens/", headers={"accept-language": "en"})
    assert response.status_code == 404
    assert "This page is not here" in response.content.decode()


def test_a_form_without_its_token_changes_nothing_and_says_what_to_do(officer: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    response = client.post(reverse("settings"), {"name": "Kwaad"}, headers={"accept-language": "en"})
    assert response.status_code == 403
    assert "open for too long" in response.content.decode()
    assert Organisation.get().name != "Kwaad"


def test_the_page_for_a_failure_asks_the_database_nothing(rf: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        response = failures.broken(rf.get("/"))
    assert response.status_code == 500
    assert "<h1>" in response.content.decode()


def test_the_language_is_chosen_at_the_foot_of_the_page(staff: Client) -> None:
    staff.post(reverse("language"), {"language": "fr", "next": reverse("home")})
    assert '<html lang="fr">' in staff.get(reverse("home")).content.decode()


def test_the_demo_inbox_is_not_linked_without_it(staff: Client) -> None:
    assert settings.MAIL_URL == ""
    assert 'href="/inbox/"' not in staff.get(reverse("home")).content.decode()


def test_a_nul_in_what_is_sent_is_refused_in_words(staff: Client, client: Client) -> None:
    english = {"accept-language": "en"}
    source = samples.source()
    for response in (
        staff.get(reverse("entries"), {"search": "a\0b"}, headers=english),
        staff.post(reverse("source-edit", args=[source.pk]), {"name": "a\0"}, headers=english),
        staff.post(
            reverse("rule-new", args=[source.pk]), {"field": "title", "value": "a\0"}, headers=english
        ),
        client.get("/confirm/a%00b/", headers=english),
        client.get("/", headers=english | {"cookie": 'outreach_session="abcdefgh\\000"'}),
    ):
        assert response.status_code == 400
        assert "This could not be understood" in response.content.decode()
