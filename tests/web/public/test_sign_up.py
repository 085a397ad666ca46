"""Signing up, as visitors and their browsers do it."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.newsletters.models import Newsletter
from outreach.subscribers import joining, lists, taking_up, tokens, wordings
from outreach.subscribers.models import Confirmation, Consent, SignUp, Subscriber, Subscription, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsletter() -> Newsletter:
    Organisation.objects.update_or_create(pk=1, defaults={"name": "Academy"})
    return Newsletter.objects.create(name="Nieuws & meer", slug="nieuws", topic="news-1", language="en")


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def sign_up(client: Client, address: str = "an@example.org", **more: Any) -> Any:
    return client.post("/newsletter/nieuws/?lang=en", {"address": address, "name": "", "website": "", **more})


def ticked() -> None:
    while taking_up.take_up_one(clock.now()):
        pass


def shown(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_signing_up_ends_in_the_mailbox(client: Client, newsletter: Newsletter) -> None:
    page = client.get("/newsletter/nieuws/")
    assert page.status_code == 200
    answer = sign_up(client)
    assert (answer.status_code, answer["Location"]) == (303, "/newsletter/nieuws/mailbox/?lang=en")
    assert "Look in your mailbox" in shown(client.get(answer["Location"]))
    ticked()
    assert Confirmation.objects.get().title == "Nieuws & meer"
    proof = Consent.objects.get()
    assert proof.wording in shown(page)
    assert (proof.how, proof.page) == ("sign-up page", "http://127.0.0.1:8000/newsletter/nieuws/")
    assert "Academy" in proof.wording


def test_no_public_page_sets_a_cookie_or_asks_for_one(client: Client, newsletter: Newsletter) -> None:
    sign_up(client)
    ticked()
    subscription = Subscription.objects.get()
    confirm = f"/confirm/{tokens.confirm_token(subscription)}/"
    leave = f"/unsubscribe/{tokens.unsubscribe_token(subscription.subscriber, 'news-1')}/"
    pages = [
        "/newsletter/nieuws/",
        "/newsletter/nieuws/mailbox/",
        "/newsletter/nieuws/form/",
        "/newsletter/x/",
    ]
    for path in [*pages, confirm, leave, "/confirm/x/", "/read/1/"]:
        answer = client.get(path)
        assert not answer.cookies, path
        assert "Cookie" not in answer.get("Vary", ""), path
    for path in [confirm, leave]:
        assert not client.post(path).cookies


def test_the_answer_is_the_same_for_known_unknown_suppressed_and_caught(
    client: Client, newsletter: Newsletter
) -> None:
    joining.add("news-1", "known@example.org", how="command", wording="Yes.")
    lists.suppress("complained@example.org", Suppression.Why.COMPLAINT)
    answers = {
        (answer.status_code, answer["Location"], answer.content)
        for answer in (
            sign_up(client, "new@example.org"),
            sign_up(client, "known@example.org"),
            sign_up(client, "complained@example.org"),
            sign_up(client, "robot@example.org", website="https://spam.example"),
        )
    }
    assert len(answers) == 1
    ticked()
    assert not Subscriber.objects.filter(address="robot@example.org").exists()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"address": "an"}, "has an @ in it"),
        ({"address": ""}, "has an @ in it"),
        ({"address": "an@example.org", "name": "An\r\nBcc: all@example.org"}, "cannot hold line breaks"),
        ({"address": "an@example.org", "name": "www.buy.example"}, "cannot hold a web address"),
    ],
)
def test_a_mistake_is_shown_at_its_field(
    client: Client, newsletter: Newsletter, fields: dict[str, str], says: str
) -> None:
    answer = sign_up(client, **fields)
    assert answer.status_code == 422
    assert says in shown(answer)
    assert 'aria-invalid="true"' in shown(answer)
    assert not SignUp.objects.exists()


def test_a_mistyped_address_is_asked_about_and_the_visitor_decides(
    client: Client, newsletter: Newsletter
) -> None:
    asked = sign_up(client, "jan@gmail.con")
    assert "Did you mean jan@gmail.com?" in shown(asked)
    assert not SignUp.objects.exists()
    assert sign_up(client, "jan@gmail.con", use="jan@gmail.com").status_code == 303
    assert sign_up(client, "jan@gmail.con", use="as-typed").status_code == 303
    ticked()
    assert set(Subscriber.objects.values_list("address", flat=True)) == {"jan@gmail.com", "jan@gmail.con"}


def test_the_form_on_another_website_works_as_copied(client: Client, newsletter: Newsletter) -> None:
    page = client.get("/newsletter/nieuws/form/?lang=en").content.decode()
    area = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert area
    form = html.unescape(area[1])
    assert 'action="http://127.0.0.1:8000/newsletter/nieuws/?lang=en"' in form
    names = re.findall(r'name="(\w+)"', form)
    assert names == ["via", "words", "address", "name", "website"]
    assert "novalidate" in form  # a browser's own check refuses zoë@…
    answer = client.post(
        "/newsletter/nieuws/?lang=en",
        {"via": "website", "address": "an@example.org", "name": "", "website": ""},
        headers={"Origin": "https://www.school.example", "Referer": "https://www.school.example/contact"},
    )
    assert answer.status_code == 303
    ticked()
    proof = Consent.objects.get()
    assert (proof.how, proof.page) == ("form on a website", "https://www.school.example/contact")
    assert proof.wording in html.unescape(form)


def test_the_proof_holds_the_words_that_the_form_showed_whatever_was_renamed_since(
    client: Client, newsletter: Newsletter
) -> None:
    page = html.unescape(client.get("/newsletter/nieuws/form/?lang=en").content.decode())
    [words] = re.findall(r'name="words" value="([^"]+)"', html.unescape(page))
    Organisation.objects.update(name="Another name")
    for visitor, given in enumerate([words, words[:-1] + "~", "", "\0", "W10.x"]):
        fields = {"via": "website", "address": f"a{visitor}@example.org", "words": given}
        assert client.post("/newsletter/nieuws/?lang=en", fields).status_code == 303
    ticked()
    first, *others = Consent.objects.values_list("wording", flat=True)
    assert "of Academy by e-mail" in first
    assert first in html.unescape(page)
    assert all("of Another name by e-mail" in other for other in others)


def test_words_of_another_newsletter_are_not_taken(client: Client, newsletter: Newsletter) -> None:
    words = wordings.sealed("Yes to something else.", "news-2")
    sign_up(client, words=words)
    ticked()
    assert "something else" not in Consent.objects.get().wording


def test_a_question_in_between_does_not_lose_the_page_that_holds_the_form(
    client: Client, newsletter: Newsletter
) -> None:
    fields = {"via": "website", "address": "jan@gmail.con"}
    headers = {"Referer": "https://www.school.example/contact"}
    asked = shown(client.post("/newsletter/nieuws/?lang=en", fields, headers=headers))
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked))
    sign_up(client, "jan@gmail.con", use="as-typed", **hidden)
    ticked()
    assert Consent.objects.get().page == "https://www.school.example/contact"


def test_a_newsletter_that_is_not_there_or_asleep_takes_no_sign_ups(
    client: Client, newsletter: Newsletter
) -> None:
    Newsletter.objects.update(active=False)
    assert sign_up(client).status_code == 404
    assert client.get("/newsletter/other/").status_code == 404
    assert not SignUp.objects.exists()


def test_pages_are_in_the_language_of_the_newsletter_or_the_one_chosen(
    client: Client, newsletter: Newsletter
) -> None:
    Newsletter.objects.update(language="nl")
    assert '<html lang="nl">' in shown(client.get("/newsletter/nieuws/"))
    assert '<html lang="fr">' in shown(client.get("/newsletter/nieuws/?lang=fr"))
    assert '<html lang="nl">' in shown(client.get("/newsletter/nieuws/?lang=xx"))
    client.post("/newsletter/nieuws/?lang=fr", {"address": "an@example.org"})
    ticked()
    assert Confirmation.objects.get().language == "fr"


def test_markup_in_what_is_typed_stays_text(client: Client, newsletter: Newsletter) -> None:
    answer = sign_up(client, '"><script>alert(1)</script>')
    assert b"<script>alert" not in answer.content


def test_opening_the_link_confirms_nothing_and_pressing_the_button_does(
    client: Client, newsletter: Newsletter
) -> None:
    sign_up(client)
    ticked()
    path = f"/confirm/{tokens.confirm_token(Subscription.objects.get())}/"
    for _ in range(2):
        page = client.get(path)
        assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
        assert client.head(path).status_code == 200
    assert not lists.recipients("news-1").exists()
    action = re.search(r'action="(/confirm/[^"]+)"', shown(page))
    assert action
    for _ in range(2):
        assert "Welcome" in shown(client.post(action[1]))
    assert lists.recipients("news-1").count() == 1


def test_an_old_or_broken_link_says_so_and_shows_the_way(
    client: Client, newsletter: Newsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up(client)
    ticked()
    token = tokens.confirm_token(Subscription.objects.get())
    assert "not complete" in shown(client.get(f"/confirm/{token[:-2]}/?lang=en"))
    monkeypatch.setattr("outreach.subscribers.tokens._LIFETIMES", {"confirm": -tokens.timedelta(days=1)})
    for answer in (client.get(f"/confirm/{token}/"), client.post(f"/confirm/{token}/")):
        assert answer.status_code == 404
        assert "too old" in shown(answer)
        assert "/newsletter/nieuws/" in shown(answer)
    assert not lists.recipients("news-1").exists()


@pytest.mark.parametrize(
    "field", ["address", "name", "page", "via", "use", "challenge", "solution", "website"]
)
def test_a_sign_that_no_database_keeps_is_no_error_of_ours(
    client: Client, newsletter: Newsletter, field: str
) -> None:
    answer = sign_up(client, **{"via": "website", "page": "https://school.example/", field: "a\0b"})
    assert answer.status_code in {303, 422}
    ticked()
