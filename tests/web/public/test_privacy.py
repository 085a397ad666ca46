"""What is kept, why and how long; the text around it; a reader's own copy and its end."""

import html
import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from outreach.core.models import Organisation, PrivacyText
from outreach.newsletters.models import Newsletter
from outreach.newsletters.personal import texts
from outreach.newsletters.personal.register import REGISTER
from outreach.subscribers import joining, lists, tokens
from outreach.subscribers.models import Subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def person() -> Subscriber:
    Newsletter.objects.create(name="Nieuws", slug="nieuws", topic="news-1", language="en")
    return joining.add("news-1", "an@example.org", language="en", how="test", wording="Yes.").subscriber


@pytest.fixture
def desk() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(get_user_model().objects.create_user("els", "els@example.org", "x"))
    return client


def shown(response: Any) -> str:
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_everybody_may_read_what_is_kept_of_every_kind(client: Client, language: str) -> None:
    Organisation.objects.update_or_create(
        pk=1, defaults={"name": "Academy & co", "postal_address": "Dorp 1", "contact": "wij@academy.example"}
    )
    page = client.get(f"/privacy/?lang={language}")
    assert (page.status_code, page.cookies) == (200, {})
    assert f'<html lang="{language}">' in shown(page)
    assert page.content.decode().count('class="record"') == len(REGISTER)
    assert "Academy & co, Dorp 1" in shown(page)
    assert "mailto:wij@academy.example" in shown(page)
    assert page.content.decode().count("<h2>") >= 5
    assert "{{" not in shown(page)


def test_how_long_is_what_the_settings_say(client: Client, settings: Any) -> None:
    settings.KEEP = {**settings.KEEP, "bounces": timedelta(days=77)}
    assert "77 days." in shown(client.get("/privacy/?lang=en"))


def test_staff_write_their_own_text_and_take_it_back(client: Client, desk: Client) -> None:
    form = desk.get("/settings/privacy/?of=fr")
    assert texts.standard("fr").splitlines()[0] in shown(form)
    own = "## Chez nous\n\nTout est **clair** : [voir](https://a.example)."
    assert desk.post("/settings/privacy/?of=fr", {"text": own}).status_code == 302
    page = client.get("/privacy/?lang=fr").content.decode()
    assert "<h2>Chez nous</h2>" in page
    assert 'href="https://a.example"' in page
    assert "Chez nous" not in shown(client.get("/privacy/?lang=nl"))
    desk.post("/settings/privacy/?of=fr", {"text": own, "standard": "yes"})
    assert not PrivacyText.objects.exists()


def test_saving_the_standard_text_keeps_nothing_so_that_it_follows_the_organisation(desk: Client) -> None:
    desk.post("/settings/privacy/?of=nl", {"text": texts.standard("nl").replace("\n", "\r\n")})
    assert not PrivacyText.objects.exists()
    Organisation.objects.update_or_create(pk=1, defaults={"name": "Andere naam"})
    assert "Andere naam" in texts.of("nl")


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<a href="https://x.example" onclick="alert(1)">x</a>',
        "![x](https://spy.example/pixel.gif)",
        "{{ 7 * 7 }}",
    ],
)
def test_a_text_of_staff_is_only_words_headings_lists_and_links(evil: str) -> None:
    found = texts.html(evil)
    for part in ("<script", 'href="javascript', "<img", '<a href="https://x.example" on', "49"):
        assert part not in found


def test_a_text_that_is_too_long_is_refused_in_words_and_stays_in_the_field(desk: Client) -> None:
    answer = desk.post("/settings/privacy/?of=nl", {"text": "x" * 20_001})
    assert answer.status_code == 422
    assert "20000 characters at most" in shown(answer).replace(",", "").replace("\xa0", "")
    assert "x" * 20_001 in shown(answer)


def test_a_reader_downloads_all_that_is_kept_about_them(client: Client, person: Subscriber) -> None:
    path = f"/preferences/{tokens.preferences_token(person)}/"
    file = client.get(path + "my-data.json")
    assert file["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert file["Cache-Control"] == "no-store"
    found = json.loads(file.content)
    assert found["about"] == "an@example.org"
    assert {kept["kind"] for kept in found["kept"]} >= {"subscriber", "subscription", "consent"}
    assert client.post(path + "my-data.json").status_code in (403, 405)


def test_erasing_asks_once_and_then_nothing_is_left(client: Client, person: Subscriber) -> None:
    path = f"/preferences/{tokens.preferences_token(person)}/erase/"
    for _ in range(2):
        asked = client.get(path)
        assert asked.status_code == 200
        assert "an@example.org" not in shown(asked)
    assert Subscriber.objects.count() == 1
    assert "You are forgotten" in shown(client.post(path + "?lang=en"))
    assert not Subscriber.objects.exists()
    assert lists.suppressed(["an@example.org"])
    assert client.post(path).status_code == 404
    joining.ask("news-1", "an@example.org", wording="Yes.")
    assert Subscriber.objects.get().state == "pending"


@pytest.mark.parametrize("ending", ["my-data.json", "erase/"])
def test_a_forged_link_shows_and_erases_nothing(client: Client, person: Subscriber, ending: str) -> None:
    leave = tokens.unsubscribe_token(person, "news-1")
    for token in ("x", leave, tokens.preferences_token(person)[:-1]):
        assert client.get(f"/preferences/{token}/{ending}").status_code == 404
        assert client.post(f"/preferences/{token}/{ending}").status_code in (403, 404)
    assert Subscriber.objects.count() == 1
