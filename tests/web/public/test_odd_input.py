"""Whatever a program posts to the sign-up form: no page fails, and no nonsense stands in a proof."""

from typing import Any

import pytest
from django.test import Client

from outreach.core import clock
from outreach.newsletters.models import Newsletter
from outreach.subscribers import taking_up, tokens
from outreach.subscribers.confirming import confirm_mail_one
from outreach.subscribers.models import Confirmation, Consent, SignUp
from tests.fakes.mail_server import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def newsletter() -> Newsletter:
    return Newsletter.objects.create(name="Nieuws", slug="nieuws", topic="news-1", language="nl")


def post(**typed: str) -> Any:
    given = {"address": "an@example.org", "via": "website", **typed}
    return Client().post("/newsletter/nieuws/?lang=fr", given)


@pytest.mark.parametrize(
    "field", ["address", "name", "use", "page", "via", "website", "challenge", "solution"]
)
@pytest.mark.parametrize("odd", ["\0", "a\0b@example.org", "\u202e", "x" * 5000, "1.2.3", "\ufdd0"])
def test_no_field_makes_the_form_fail(field: str, odd: str) -> None:
    assert post(**{field: odd}).status_code in {200, 303, 422}


@pytest.mark.parametrize(
    "page", ["https://x.example/\0", "javascript:alert(1)", "our own page", "https://x.example/\r\nhello"]
)
def test_what_is_no_address_of_a_page_is_not_kept_in_the_proof(page: str) -> None:
    assert post(page=page).status_code == 303
    assert SignUp.objects.get().page == ""


def test_the_page_behind_the_link_speaks_the_language_of_the_mail(settings: Any) -> None:
    post()
    assert taking_up.take_up_one(clock.now())
    with MailServer() as server:
        settings.MAIL_URL, settings.MAIL_FROM = server.url, "news@example.org"
        assert confirm_mail_one(clock.now())
    part = server.got[0].get_body(("plain",))
    assert part
    mail = Confirmation.objects.get()
    [link] = [word for word in part.get_content().split() if "/confirm/" in word]
    path = link.removeprefix(settings.BASE_URL)
    assert path.endswith("/?lang=fr")
    asked = Client().get(path).content.decode()
    assert '<html lang="fr"' in asked
    assert f'action="{path}"' in asked
    done = Client().post(path).content.decode()
    assert '<html lang="fr"' in done
    assert tokens.read(path.split("/")[2], tokens.CONFIRM).mail == mail.pk
    assert Consent.objects.get(how="confirmation mail").language == "fr"
