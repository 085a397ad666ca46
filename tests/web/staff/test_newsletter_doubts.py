"""What a newsletter does where a mailbox gives no clear answer, as staff choose it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.newsletters.models import Newsletter
from tests.web.staff.test_issue_when import FORM

pytestmark = pytest.mark.django_db


def test_it_is_chosen_and_stays_chosen(staff: Client, source: Any) -> None:
    staff.post(reverse("newsletter-new"), {**FORM, "on_unknown": "leave", "max_age_hours": "48"})
    made = Newsletter.objects.get()
    assert (made.on_unknown, made.max_age_hours) == ("leave", 48)
    shown = staff.get(reverse("newsletter-edit", args=[made.pk])).content.decode()
    assert 'value="leave" checked' in shown
    assert 'max="168" value="48"' in shown


@pytest.mark.parametrize(
    "wrong", [{"on_unknown": "maybe"}, {"max_age_hours": "0"}, {"max_age_hours": "long"}]
)
def test_what_cannot_be_meant_is_refused_beside_its_field(
    staff: Client, source: Any, wrong: dict[str, str]
) -> None:
    shown = staff.post(reverse("newsletter-new"), {**FORM, **wrong}).content.decode()
    assert not Newsletter.objects.exists()
    assert '<details class="field" open>' in shown
