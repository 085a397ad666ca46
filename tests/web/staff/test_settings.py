"""Settings, people and the first start in the pages."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from outreach.core.first_start import setup_url
from outreach.core.models import Activity, Organisation

pytestmark = pytest.mark.django_db
PASSWORD = "nog een lang wachtwoord"
ORGANISATION = {
    "name": "Netwerk",
    "postal_address": "Straat 1",
    "site_url": "site.example",
    "accent": "#112233",
}
FIRST = {"organisation": "Netwerk", "site_url": "", "username": "els", "email": "", "password": PASSWORD}


@pytest.fixture
def key(settings: Any, tmp_path: Path) -> str:
    settings.DATA_DIR = tmp_path
    url = setup_url()
    assert url is not None
    return url.partition("?key=")[2]


def test_the_organisation_is_changed_and_it_is_written_down(staff: Client) -> None:
    staff.post(reverse("settings"), ORGANISATION)
    organisation = Organisation.get()
    assert (organisation.name, organisation.site_url) == ("Netwerk", "https://site.example")
    assert Activity.objects.filter(subject="organisation:1", actor__username="els").exists()


@pytest.mark.parametrize("accent", ["rood", "#12345", "#11223g", "red;}body{", "#112233\n"])
def test_a_colour_that_is_none_is_refused(staff: Client, accent: str) -> None:
    response = staff.post(reverse("settings"), {**ORGANISATION, "accent": accent})
    stored = Organisation.get().accent
    assert stored in {"#0b6e69", "#112233"}
    assert (response.status_code == 422) == (stored == "#0b6e69")


def test_a_colleague_is_added_and_can_log_in(staff: Client, client: Client) -> None:
    staff.post(reverse("settings-person-add"), {"username": "jan", "password": PASSWORD})
    response = client.post(reverse("log-in"), {"username": "jan", "password": PASSWORD})
    assert response.headers["Location"] == reverse("home")


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("username", {"username": "ELS", "password": PASSWORD}),
        ("username", {"username": "jan peeters", "password": PASSWORD}),
        ("password", {"username": "jan", "password": "kort"}),
        ("password", {"username": "jan", "password": "password123"}),
        ("email", {"username": "jan", "password": PASSWORD, "email": "geen adres"}),
    ],
)
def test_a_wrong_value_is_named_beside_its_field(staff: Client, field: str, form: dict[str, str]) -> None:
    response = staff.post(reverse("settings-person-add"), form)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert get_user_model().objects.count() == 1


def test_a_password_is_never_put_back_into_a_page(staff: Client) -> None:
    response = staff.post(reverse("settings-person-add"), {"username": "", "password": PASSWORD})
    assert PASSWORD not in response.content.decode()


def test_somebody_who_may_not_log_in_any_more_is_out_at_once(staff: Client) -> None:
    jan = get_user_model().objects.create_user("jan", password=PASSWORD)
    other = Client()
    other.force_login(jan)
    staff.post(reverse("settings-person", args=[jan.pk]), {"active": "no"})
    assert other.get(reverse("home")).status_code == 302
    staff.post(reverse("settings-person", args=[jan.pk]), {"active": "yes"})
    assert get_user_model().objects.get(pk=jan.pk).is_active


def test_nobody_shuts_the_door_on_themselves(staff: Client, officer: Any) -> None:
    staff.post(reverse("settings-person", args=[officer.pk]), {"active": "no"})
    officer.refresh_from_db()
    assert officer.is_active


def test_a_new_password_for_a_colleague_is_shown_once_and_works(staff: Client, client: Client) -> None:
    jan = get_user_model().objects.create_user("jan", password=PASSWORD)
    response = staff.post(reverse("settings-person-password", args=[jan.pk]))
    fresh = response.content.decode().split("<code>")[1].split("</code>")[0]
    assert response.headers["Cache-Control"] == "no-store"
    assert client.post(reverse("log-in"), {"username": "jan", "password": fresh}).status_code == 302
    assert not Activity.objects.filter(sentence__icontains=fresh).exists()


def test_ones_own_password_takes_the_old_one(staff: Client, officer: Any) -> None:
    wrong = staff.post(reverse("settings-password"), {"current": "fout", "new": PASSWORD})
    assert 'id="id_current_error"' in wrong.content.decode()
    staff.post(reverse("settings-password"), {"current": "een lang wachtwoord", "new": PASSWORD})
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)
    assert staff.get(reverse("home")).status_code == 200


def test_the_first_account_is_made_with_the_key_and_the_door_shuts_behind_it(
    client: Client, key: str
) -> None:
    address = f"{reverse('set-up')}?key={key}"
    assert client.get(address).status_code == 200
    assert client.post(address, FIRST).headers["Location"] == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    assert Organisation.get().name == "Netwerk"
    assert setup_url() is None
    Client().post(address, {**FIRST, "username": "indringer"})
    assert get_user_model().objects.count() == 1


@pytest.mark.parametrize("wrong", ["", "?key=", "?key=geraden"])
def test_without_the_key_nobody_is_let_in(client: Client, key: str, wrong: str) -> None:
    response = client.post(f"{reverse('set-up')}{wrong}", FIRST)
    assert response.status_code == 403
    assert not get_user_model().objects.exists()


def test_the_key_stays_the_same_until_it_is_used(key: str) -> None:
    assert (setup_url() or "").endswith(key)
