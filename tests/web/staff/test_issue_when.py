"""A draft that is made ahead, in the pages: what becomes of it, and how staff stop it or take it back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.newsletters import issues
from outreach.newsletters.models import Issue, Newsletter
from tests.web.staff.conftest import FORM

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(officer: Any) -> Client:
    """A browser of an officer who reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    return client


@pytest.fixture
def early(issue: Issue) -> Issue:
    """Its slot is tomorrow."""
    Issue.objects.update(slot=clock.now() + timedelta(days=1))
    issue.refresh_from_db()
    return issue


def page(client: Client, issue: Issue) -> str:
    return client.get(reverse("issue", args=[issue.pk])).content.decode()


def test_the_page_says_when_it_goes_out_and_that_articles_are_added(staff: Client, early: Issue) -> None:
    assert "once somebody has approved it" in page(staff, early)
    assert "are added until it is approved" in page(staff, early)
    assert "tomorrow" in staff.get(reverse("home")).content.decode()


def test_one_that_goes_out_by_itself_is_held_and_let_go(staff: Client, early: Issue) -> None:
    Newsletter.objects.update(mode="automatic")
    Issue.objects.update(by_itself=True)
    assert "It goes out by itself tomorrow" in page(staff, early)
    staff.post(reverse("issue-hold", args=[early.pk]))
    assert "Let it go out by itself" in page(staff, early)
    early.refresh_from_db()
    assert not early.by_itself
    staff.post(reverse("issue-release", args=[early.pk]))
    early.refresh_from_db()
    assert early.by_itself


def test_what_was_approved_ahead_is_changed_after_all(staff: Client, early: Issue) -> None:
    issues.approve(early)
    assert "as it is now" in page(staff, early)
    staff.post(reverse("issue-reopen", args=[early.pk]))
    early.refresh_from_db()
    assert early.state == Issue.State.DRAFT


def test_days_weeks_and_the_hours_before_are_chosen_and_stay_chosen(staff: Client, source: Any) -> None:
    form = {
        **FORM,
        "frequency": "weekly",
        "every_weeks": "2",
        "anchor": "2026-03-10",
        "draft_ahead_hours": "48",
    }
    staff.post(reverse("newsletter-new"), form)
    made = Newsletter.objects.get()
    assert (made.weekdays, made.every, made.draft_ahead_hours) == ("13", 2, 48)
    shown = staff.get(reverse("newsletter-edit", args=[made.pk])).content.decode()
    for part in ('value="3" checked', '<option value="2" selected>', "2026-03-10", '"48" selected'):
        assert part in shown
    assert "2 days before" in staff.get(reverse("newsletter", args=[made.pk])).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"frequency": "weekly", "weekdays": []}, "weekdays"),
        ({"frequency": "weekly", "every_weeks": "0"}, "every"),
        ({"every_months": "vaak"}, "every"),
        ({"anchor": "31-12-2026"}, "anchor"),
        ({"draft_ahead_hours": "9999"}, "draft_ahead_hours"),
    ],
)
def test_a_wrong_choice_is_refused_beside_its_field(
    staff: Client, wrong: dict[str, object], field: str
) -> None:
    answer = staff.post(reverse("newsletter-new"), {**FORM, **wrong})
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.content.decode()
