"""Newsletters and their issues in the pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Entry, Source
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.subscribers import joining
from outreach.subscribers.models import Subscriber
from tests.web.staff.conftest import FORM

pytestmark = pytest.mark.django_db


def titles(issue: Issue) -> list[str]:
    return [item.entry.title for item in issue.items.filter(left_out=False)]


def test_a_newsletter_is_made_with_its_schedule(newsletter: Newsletter, source: Source) -> None:
    assert (newsletter.frequency, newsletter.nth, newsletter.weekday) == ("monthly-weekday", 1, 1)
    assert list(newsletter.sources.all()) == [source]
    assert newsletter.next_slot is not None
    assert newsletter.next_slot > clock.now()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"frequency": "hourly"}, "frequency"),
        ({"frequency": "weekly", "weekday": "9"}, "weekday"),
        ({"frequency": "monthly-day", "month_day": "32"}, "month_day"),
        ({"nth": "5"}, "nth"),
        ({"at": "25:00"}, "at"),
        ({"at": "negen uur"}, "at"),
        ({"name": ""}, "name"),
    ],
)
def test_a_wrong_schedule_is_refused_beside_its_field(
    staff: Client, wrong: dict[str, str], field: str
) -> None:
    response = staff.post(reverse("newsletter-new"), {**FORM, **wrong})
    assert response.status_code == 422
    assert f'id="error-{field}"' in response.content.decode()
    assert not Newsletter.objects.exists()


def test_the_next_three_dates_are_shown_before_anything_is_saved(staff: Client) -> None:
    page = staff.post(reverse("newsletter-dates"), FORM).content.decode()
    assert page.count("<time") == 3
    assert not Newsletter.objects.exists()


def test_a_schedule_that_cannot_be_read_gets_a_sentence_instead_of_dates(staff: Client) -> None:
    page = staff.post(reverse("newsletter-dates"), {**FORM, "at": "late"}).content.decode()
    assert 'class="error"' in page


def test_a_newsletter_is_changed(staff: Client, newsletter: Newsletter) -> None:
    staff.post(reverse("newsletter-edit", args=[newsletter.pk]), {**FORM, "name": "Maandbrief", "nth": "-1"})
    newsletter.refresh_from_db()
    assert (newsletter.name, newsletter.nth) == ("Maandbrief", -1)


def test_what_was_sent_is_open_to_everybody_unless_staff_say_no(
    staff: Client, newsletter: Newsletter
) -> None:
    page = reverse("newsletter", args=[newsletter.pk])
    edit = reverse("newsletter-edit", args=[newsletter.pk])
    for word, is_open in (({"archive": "yes"}, True), ({}, False)):
        assert staff.post(edit, {**FORM, **word}).status_code == 302
        newsletter.refresh_from_db()
        assert newsletter.archive is is_open
        assert (reverse("archive", args=[newsletter.slug]) in staff.get(page).content.decode()) is is_open


def test_subject_and_introduction_are_saved_and_shown_in_the_mail(staff: Client, issue: Issue) -> None:
    form = {"subject": "Dag allemaal", "intro": "Een **goed** jaar"}
    staff.post(reverse("issue-save", args=[issue.pk]), form)
    body = staff.get(reverse("issue-body", args=[issue.pk])).content.decode()
    assert "<strong>goed</strong>" in body
    assert "Dag allemaal" in staff.get(reverse("issue", args=[issue.pk])).content.decode()


def test_articles_are_moved_and_left_out(staff: Client, issue: Issue) -> None:
    first, second, third = issue.items.all()
    staff.post(reverse("issue-arrange", args=[issue.pk, third.pk]), {"to": "up"})
    assert titles(issue) == ["Infodag", "Nieuwe richting", "Stagegids"]
    staff.post(reverse("issue-arrange", args=[issue.pk, first.pk]), {"to": "down"})
    assert titles(issue) == ["Nieuwe richting", "Infodag", "Stagegids"]
    staff.post(reverse("issue-arrange", args=[issue.pk, second.pk]), {"to": "out"})
    assert titles(issue) == ["Nieuwe richting", "Infodag"]


def test_the_frame_of_the_mail_runs_no_script_and_asks_no_other_host(staff: Client, issue: Issue) -> None:
    response = staff.get(reverse("issue-body", args=[issue.pk]))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def seen(client: Client, issue: Issue) -> str:
    page = client.get(reverse("issue", args=[issue.pk])).content.decode()
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


def test_an_issue_that_changed_since_it_was_looked_at_is_not_approved(staff: Client, issue: Issue) -> None:
    before = seen(staff, issue)
    staff.post(reverse("issue-save", args=[issue.pk]), {"subject": "Iets anders", "intro": ""})
    staff.post(reverse("issue-approve", args=[issue.pk]), {"seen": before})
    issue.refresh_from_db()
    assert issue.state == Issue.State.DRAFT


def test_an_approved_issue_is_frozen_and_can_be_cancelled(staff: Client, issue: Issue) -> None:
    staff.post(reverse("issue-approve", args=[issue.pk]), {"seen": seen(staff, issue)})
    issue.refresh_from_db()
    assert issue.state == Issue.State.APPROVED
    assert "Infodag" in issue.html
    staff.post(reverse("issue-cancel", args=[issue.pk]))
    issue.refresh_from_db()
    assert issue.state == Issue.State.CANCELLED


def test_a_test_to_an_address_that_is_none_is_refused_beside_the_field(staff: Client, issue: Issue) -> None:
    response = staff.post(reverse("issue-test", args=[issue.pk]), {"address": "geen adres"})
    assert response.status_code == 422
    assert 'id="error-address"' in response.content.decode()


def test_the_progress_refreshes_itself_only_while_it_moves(staff: Client, issue: Issue) -> None:
    for state, moving in [(Issue.State.SENDING, True), (Issue.State.SENT, False)]:
        Issue.objects.filter(pk=issue.pk).update(state=state, started_at=clock.now())
        page = staff.get(reverse("issue-progress", args=[issue.pk])).content.decode()
        assert ("every 2s" in page) is moving


def test_who_got_it_is_found_by_address_with_the_servers_words(staff: Client, issue: Issue) -> None:
    for address, reply in [("anna@example.org", "250 ok"), ("bert@example.org", "550 no such user")]:
        reader = Subscriber.objects.create(address=address, address_key=address)
        state = Delivery.State.SENT if reply.startswith("250") else Delivery.State.BOUNCED
        Delivery.objects.create(issue=issue, subscriber=reader, state=state, due_at=clock.now(), reply=reply)
    address = reverse("issue-deliveries", args=[issue.pk])
    page = staff.get(f"{address}?which=refused").content.decode()
    assert "550 no such user" in page
    assert "anna@example.org" not in page
    page = staff.get(f"{address}?search=ANNA").content.decode()
    assert "anna@example.org" in page
    assert "bert@example.org" not in page


def test_an_extra_issue_is_made_outside_of_the_schedule(staff: Client, newsletter: Newsletter) -> None:
    Newsletter.objects.update(starts_at=clock.now() - timedelta(days=9))
    Entry.objects.create(source=Source.objects.get(), title="Vers", language="nl", content_hash="v")
    slot = newsletter.next_slot
    response = staff.post(reverse("newsletter-make-now", args=[newsletter.pk]))
    made = Issue.objects.get()
    newsletter.refresh_from_db()
    assert response["Location"] == reverse("issue", args=[made.pk])
    assert titles(made) == ["Vers"]
    assert newsletter.next_slot == slot


def test_the_sign_up_form_to_copy_points_at_the_newsletter(staff: Client, newsletter: Newsletter) -> None:
    page = staff.get(reverse("newsletter", args=[newsletter.pk])).content.decode()
    assert reverse("sign-up", args=[newsletter.slug]) in page


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_page_renders_in_the_readers_language(staff: Client, issue: Issue, language: str) -> None:
    joining.add(issue.newsletter.topic, "anna@example.org", name="", language="nl", how="test", wording="ja")
    pages = [
        reverse("newsletters"),
        reverse("newsletter-new"),
        reverse("newsletter", args=[issue.newsletter_id]),
        reverse("newsletter-edit", args=[issue.newsletter_id]),
        reverse("issue", args=[issue.pk]),
        reverse("issue-deliveries", args=[issue.pk]),
    ]
    for page in pages:
        answer = staff.get(page, headers={"Accept-Language": language})
        assert f'<html lang="{language}"' in answer.content.decode(), page


def test_a_draft_that_waits_is_named_first_and_the_last_issue_is_another_one(
    staff: Client, issue: Issue
) -> None:
    Issue.objects.create(newsletter=issue.newsletter, slot=issue.slot - timedelta(days=7), state="sent")
    page = staff.get(reverse("newsletters"), headers={"accept-language": "en"}).content.decode()
    waits, last = page.index("This newsletter waits for approval."), page.index("Last issue")
    assert page.index(reverse("issue", args=[issue.pk])) < waits < last
    assert reverse("issue", args=[issue.pk]) not in page[last:]


def test_who_made_and_changed_a_newsletter_is_kept(
    staff: Client, newsletter: Newsletter, officer: Any
) -> None:
    staff.post(reverse("newsletter-edit", args=[newsletter.pk]), {**FORM, "name": "Maandbrief"})
    told = Activity.objects.filter(subject=subject_of(newsletter))
    assert [line.actor for line in told] == [officer, officer]


def test_what_is_typed_in_a_newsletter_that_is_refused_stands_there_still(staff: Client) -> None:
    typed = {**FORM, "at": "laat", "description": "Elke maand iets", "from_name": "Els", "nth": "-1"}
    page = staff.post(reverse("newsletter-new"), typed).content.decode()
    for value in ("laat", "Elke maand iets", "Els"):
        assert f'value="{value}"' in page
    assert '<option value="-1" selected>' in page


def test_filters_are_typed_kept_and_shown(staff: Client, newsletter: Newsletter) -> None:
    address = reverse("newsletter-edit", args=[newsletter.pk])
    filters = {"languages": ["nl", "fr"], "categories": "Nieuws, Taal", "without": "Stage*"}
    staff.post(address, {**FORM, **filters})
    newsletter.refresh_from_db()
    assert newsletter.languages == ["nl", "fr"]
    assert (newsletter.categories, newsletter.without) == (["Nieuws", "Taal"], ["Stage*"])
    page = staff.get(address).content.decode()
    assert 'name="categories" value="Nieuws, Taal"' in page
    assert page.count('name="languages"') == 3
    assert re.search(r'name="languages" value="fr" checked', page)
    answer = staff.post(address, {**FORM, "without": "x" * 121})
    assert 'id="error-without"' in answer.content.decode()


def test_staff_write_an_issue_themselves_when_nothing_is_new(staff: Client, newsletter: Newsletter) -> None:
    address = reverse("newsletter-make-now", args=[newsletter.pk])
    staff.post(address)
    assert not Issue.objects.exists()
    staff.post(address, {"own": "yes"})
    issue = Issue.objects.get()
    assert issue.state == Issue.State.DRAFT
    staff.post(reverse("issue-text", args=[issue.pk]), {"words": "Wij verhuizen.", "at": "top"})
    page = staff.get(reverse("issue", args=[issue.pk])).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    staff.post(reverse("issue-approve", args=[issue.pk]), {"seen": seen[1]})
    issue.refresh_from_db()
    assert issue.state == Issue.State.APPROVED
