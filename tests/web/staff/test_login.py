"""Coming in and going out."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
PASSWORD = "een lang wachtwoord"


def log_in(client: Client, password: str = PASSWORD, **headers: str) -> Any:
    form = {"username": "els", "password": password}
    return client.post(reverse("log-in"), form, headers={"accept-language": "en", **headers})


def test_the_right_password_opens_the_home_page(client: Client, officer: Any) -> None:
    assert log_in(client).headers["Location"] == reverse("home")


def test_a_wrong_password_is_answered_in_a_sentence(client: Client, officer: Any) -> None:
    page = log_in(client, "fout").content.decode()
    assert "do not belong together" in page
    assert 'role="alert"' in page


def test_after_five_wrong_passwords_the_page_says_when_to_try_again(client: Client, officer: Any) -> None:
    for _ in range(5):
        log_in(client, "fout")
    response = log_in(client)
    assert response.status_code == 429
    assert "Try again after" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_password_is_kept_by_argon2(officer: Any) -> None:
    assert officer.password.startswith("argon2$argon2id$")


def test_the_demo_door_is_shut_outside_the_demo(client: Client) -> None:
    assert client.post(reverse("log-in-demo")).status_code == 404
    assert "_auth_user_id" not in client.session


def test_in_the_demo_one_button_logs_in(client: Client, settings: Any) -> None:
    settings.DEMO = True
    assert client.post(reverse("log-in-demo")).headers["Location"] == reverse("home")
    assert "_auth_user_id" in client.session


def test_logging_out_takes_a_post(staff: Client) -> None:
    assert staff.get(reverse("log-out")).status_code == 405
    staff.post(reverse("log-out"))
    assert "_auth_user_id" not in staff.session
