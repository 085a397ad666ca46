"""The welcome mail as staff look at it before a reader does."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.newsletters.models import Newsletter, Welcome
from tests.fakes.mail_server import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as running:
        settings.MAIL_URL, settings.MAIL_FROM = running.url, "news@example.org"
        yield running


@pytest.fixture
def page(newsletter: Newsletter) -> str:
    Newsletter.objects.update(welcome="Dag **nieuwe lezer**!")
    return reverse("newsletter-welcome", args=[newsletter.pk])


def test_it_is_shown_as_readers_get_it(staff: Client, newsletter: Newsletter, page: str) -> None:
    shown = staff.get(page).content.decode()
    assert "Dag nieuwe lezer!" in shown  # the text part
    frame = reverse("newsletter-welcome-body", args=[newsletter.pk])
    assert f'<iframe src="{frame}"' in shown
    body = staff.get(frame)
    assert "<strong>nieuwe lezer</strong>" in body.content.decode()
    assert "sandbox" in body["Content-Security-Policy"]
    assert body["X-Frame-Options"] == "SAMEORIGIN"
    assert page in staff.get(reverse("newsletter", args=[newsletter.pk])).content.decode()


def test_a_test_goes_to_whom_staff_name(staff: Client, page: str, server: MailServer) -> None:
    assert staff.post(page, {"address": "chef@example.org"}).status_code == 302
    assert [mail["To"] for mail in server.got] == ["chef@example.org"]
    assert not Welcome.objects.exists()
    assert 'value="chef@example.org"' in staff.get(page).content.decode()  # typed once


def test_what_is_no_address_is_said_beside_its_field(staff: Client, page: str, server: MailServer) -> None:
    answer = staff.post(page, {"address": "chef"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert server.got == []


def test_where_none_is_written_the_page_says_where_to(staff: Client, newsletter: Newsletter) -> None:
    Newsletter.objects.update(welcome="")
    shown = staff.get(reverse("newsletter-welcome", args=[newsletter.pk])).content.decode()
    assert reverse("newsletter-edit", args=[newsletter.pk]) + "#welcome" in shown
    assert staff.get(reverse("newsletter-welcome-body", args=[newsletter.pk])).status_code == 404


def test_it_is_not_for_everybody(client: Client, page: str) -> None:
    assert client.get(page).status_code == 302
    assert client.post(page, {"address": "chef@example.org"}).status_code == 302
