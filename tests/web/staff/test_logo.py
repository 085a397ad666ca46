"""The logo: put there in Settings, seen by readers."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from outreach.core.models import Activity, Logo, Organisation
from outreach.newsletters.models import Issue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(staff: Client) -> None:
    staff.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


def picture(name: str = "logo.png") -> SimpleUploadedFile:
    target = io.BytesIO()
    Pillow.new("RGBA", (600, 200), (11, 110, 105, 255)).save(target, "PNG")
    return SimpleUploadedFile(name, target.getvalue(), "image/png")


def test_readers_see_the_logo_that_staff_chose(staff: Client, issue: Issue) -> None:
    staff.post(reverse("settings-logo"), {"logo": picture()})
    logo = Logo.objects.get()
    mail = staff.get(reverse("issue-body", args=[issue.pk])).content.decode()
    assert (
        f'{reverse("logo", args=[logo.key])}" alt="{Organisation.get().name}" width="192" height="64"' in mail
    )
    assert reverse("logo", args=[logo.key]) in staff.get(reverse("settings")).content.decode()
    assert Activity.objects.filter(sentence__icontains="logo was changed").exists()


def test_its_address_is_open_to_everybody_and_kept_for_a_year(staff: Client) -> None:
    staff.post(reverse("settings-logo"), {"logo": picture()})
    answer = Client().get(reverse("logo", args=[Logo.objects.get().key]))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert Pillow.open(io.BytesIO(answer.content)).size == (440, 147)
    assert Client().get(reverse("logo", args=["0" * 24])).status_code == 404


def test_what_is_no_picture_is_refused_in_words_and_the_old_logo_stays(staff: Client) -> None:
    staff.post(reverse("settings-logo"), {"logo": picture()})
    page = staff.post(reverse("settings-logo"), {"logo": SimpleUploadedFile("a.png", b"none")}, follow=True)
    assert "Use a PNG, JPEG or WebP file" in page.content.decode()
    page = staff.post(reverse("settings-logo"), {}, follow=True)
    assert "Choose a file first" in page.content.decode()
    assert Organisation.get().logo is not None


def test_the_logo_is_taken_away(staff: Client, issue: Issue) -> None:
    staff.post(reverse("settings-logo"), {"logo": picture()})
    staff.post(reverse("settings-logo-none"))
    assert "/logo/" not in staff.get(reverse("issue-body", args=[issue.pk])).content.decode()


def test_strangers_do_not_choose_the_logo(db: None) -> None:
    Client().post(reverse("settings-logo"), {"logo": picture()})
    assert not Logo.objects.exists()
