"""The demo inbox in the pages."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.mail.inbox import InboxRelay, letters

pytestmark = pytest.mark.django_db
HOSTILE = '<p style="color:red">Dag allemaal</p><script>alert(1)</script>'


@pytest.fixture
def key(settings: Any, tmp_path: Path) -> str:
    settings.DATA_DIR, settings.MAIL_URL = tmp_path, "inbox://"
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = (
        "Lerarennieuws november",
        "nieuws@example.org",
        "an@example.org",
    )
    mail["Date"] = "Wed, 25 Nov 2026 09:00:00 +0100"
    mail.set_content("Dag allemaal")
    mail.add_alternative(HOSTILE, subtype="html")
    with InboxRelay(tmp_path / "inbox").session() as session:
        session.send("nieuws@example.org", "an@example.org", bytes(mail))
    return letters(tmp_path / "inbox")[0].key


def test_the_inbox_lists_the_mails_and_is_in_the_navigation(staff: Client, key: str) -> None:
    page = staff.get(reverse("inbox")).content.decode()
    assert "Lerarennieuws november" in page
    assert f'href="{reverse("inbox")}" aria-current="page"' in page


def test_a_mail_is_shown_in_a_frame_that_runs_nothing(staff: Client, key: str) -> None:
    page = staff.get(reverse("inbox-letter", args=[key])).content.decode()
    assert "alert(1)" not in page
    assert f'src="{reverse("inbox-body", args=[key])}"' in page
    assert "allow-scripts" not in page
    assert "allow-same-origin" not in page


def test_the_body_of_a_mail_may_run_no_script_even_outside_its_frame(staff: Client, key: str) -> None:
    response = staff.get(reverse("inbox-body", args=[key]))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Dag allemaal" in response.content.decode()


def test_an_inbox_without_mails_says_what_it_is_for(staff: Client, settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MAIL_URL = tmp_path, "inbox://"
    page = staff.get(reverse("inbox"), headers={"accept-language": "en"}).content.decode()
    assert "No mail yet" in page


def test_there_is_no_inbox_where_mail_goes_out(staff: Client, settings: Any) -> None:
    settings.MAIL_URL = "smtp://mail.example.org:587"
    assert staff.get(reverse("inbox")).status_code == 404


@pytest.mark.parametrize("odd", ["..", "niets", "%2e%2e%2fsecret_key"])
def test_a_mail_that_is_not_there_is_not_found(staff: Client, key: str, odd: str) -> None:
    assert staff.get(f"{reverse('inbox')}{odd}/").status_code == 404
