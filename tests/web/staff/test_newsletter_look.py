"""Choosing what a newsletter looks like, and looking at it first."""

import pytest
from django.test import Client
from django.urls import reverse

from outreach.feeds.models import Entry
from outreach.newsletters.designs import mjml
from outreach.newsletters.models import Issue, Newsletter
from tests.web.staff.conftest import FORM

pytestmark = pytest.mark.django_db


def test_a_design_is_chosen_and_kept(staff: Client, newsletter: Newsletter) -> None:
    assert (newsletter.design, newsletter.pictures) == ("plain", "site")
    edit = reverse("newsletter-edit", args=[newsletter.pk])
    staff.post(edit, {**FORM, "design": "letter", "pictures": "none"})
    newsletter.refresh_from_db()
    assert (newsletter.design, newsletter.pictures) == ("letter", "none")
    assert 'value="letter" checked' in staff.get(edit).content.decode()


def test_a_design_that_there_is_not_is_refused_beside_its_field(
    staff: Client, newsletter: Newsletter
) -> None:
    for field in ("design", "pictures"):
        answer = staff.post(reverse("newsletter-edit", args=[newsletter.pk]), {**FORM, field: "shiny"})
        assert answer.status_code == 422
        assert f'id="error-{field}"' in answer.content.decode()


@pytest.mark.parametrize("design", mjml.shipped())
def test_each_design_can_be_looked_at_before_there_is_a_newsletter(staff: Client, design: str) -> None:
    answer = staff.get(reverse("design-look", args=[design]))
    page = answer.content.decode()
    assert "Voorlezen in twee talen" in page
    assert "Opendeurdag" in page
    assert ".invalid" not in page
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    form = staff.get(reverse("newsletter-new")).content.decode()
    assert reverse("design-look", args=[design]) in form


def test_a_newsletter_is_looked_at_with_its_own_articles(staff: Client, issue: Issue) -> None:
    look = reverse("design-look", args=["bulletin"]) + f"?newsletter={issue.newsletter_id}"
    page = staff.get(look).content.decode()
    assert "Stagegids" in page
    assert "Voorlezen in twee talen" not in page
    issue.newsletter.refresh_from_db()
    assert issue.newsletter.design == "plain"


def test_a_design_or_a_newsletter_that_is_not_there_is_not_found(staff: Client) -> None:
    assert staff.get(reverse("design-look", args=["shiny"])).status_code == 404
    assert staff.get(reverse("design-look", args=["plain"]) + "?newsletter=9").status_code == 404


def test_a_picture_of_another_website_is_left_out_and_named(staff: Client, issue: Issue) -> None:
    Entry.objects.filter(title="Infodag").update(image_url="https://cdn.stranger.example/a.jpg")
    Entry.objects.filter(title="Stagegids").update(image_url="https://media.example.org/b.jpg")
    page = staff.get(reverse("issue", args=[issue.pk])).content.decode()
    mail = staff.get(reverse("issue-body", args=[issue.pk])).content.decode()
    assert "Foto’s op cdn.stranger.example blijven weg" in page
    assert "media.example.org/b.jpg" in mail
    assert "cdn.stranger.example" not in mail
    Newsletter.objects.update(pictures="any")
    assert "blijven weg" not in staff.get(reverse("issue", args=[issue.pk])).content.decode()
    assert "cdn.stranger.example" in staff.get(reverse("issue-body", args=[issue.pk])).content.decode()
    Newsletter.objects.update(pictures="none")
    assert "<img" not in staff.get(reverse("issue-body", args=[issue.pk])).content.decode()
