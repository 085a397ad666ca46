"""What stands in a draft, through its page: nothing typed is lost, and each button does what it says."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.feeds.models import Entry
from outreach.newsletters import issues
from outreach.newsletters.content import composing
from outreach.newsletters.models import Issue

pytestmark = pytest.mark.django_db
NEW = {"subject": "Nieuw onderwerp", "intro": "Dag"}


@pytest.fixture
def staff(officer: Any) -> Client:
    """A browser of an officer who reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(officer)
    return client


def page_of(client: Client, issue: Issue) -> str:
    return client.get(reverse("issue", args=[issue.pk])).content.decode()


def press(client: Client, issue: Issue, name: str, to: str) -> Any:
    return client.post(reverse("issue-arrange", args=[issue.pk, name]), {"to": to, **NEW})


def kinds(issue: Issue) -> list[str]:
    return [section.kind for section in composing.sections(Issue.objects.get(pk=issue.pk))]


def test_each_row_has_the_buttons_that_do_something(staff: Client, issue: Issue) -> None:
    issues.add_text(issue, "Dicht", at="top")

    def buttons() -> list[str]:
        return re.findall(r"<button[^>]*formaction=\"[^\"]*/items/[^>]*>", page_of(staff, issue))

    def mail() -> str:
        return issues.preview(Issue.objects.get(pk=issue.pk)).html

    assert len(buttons()) > 12
    pressed = 0
    for number in range(len(buttons())):
        if number >= len(found := buttons()):  # what is left out has one button
            break
        button, before = found[number], mail()
        path, to = re.findall(r'(?:formaction|value)="([^"]+)"', button)
        if "disabled" not in button:
            staff.post(path, {"to": to})
            assert mail() != before, button
            pressed += 1
    assert pressed > 6


def test_a_text_is_written_and_what_was_typed_before_is_kept(staff: Client, issue: Issue) -> None:
    answer = staff.post(reverse("issue-add-text", args=[issue.pk]), NEW)
    assert answer["Location"] == reverse("issue-text", args=[issue.pk])
    issue.refresh_from_db()
    assert issue.subject == NEW["subject"]
    page = staff.get(answer["Location"]).content.decode()
    assert 'name="words"' in page
    answer = staff.post(answer["Location"], {"heading": "Let op", "words": "Dicht", "at": "top"})
    text = issue.texts.get()
    assert answer["Location"].endswith(f"#item-text-{text.pk}")
    assert kinds(issue)[0] == "text"
    assert f'id="item-text-{text.pk}"' in page_of(staff, issue)


def test_a_text_that_is_refused_stands_in_its_field_still(staff: Client, issue: Issue) -> None:
    typed = {"heading": "Kop", "words": "w" * 5001, "at": "end"}
    answer = staff.post(reverse("issue-text", args=[issue.pk]), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="error-words"' in page
    assert typed["words"] in page
    assert 'value="end" checked' in page
    assert not issue.texts.exists()


def test_a_text_is_changed_moved_taken_away_and_put_back(staff: Client, issue: Issue) -> None:
    text = issues.add_text(issue, "Dicht", at="top")
    staff.post(reverse("issue-text-edit", args=[issue.pk, text.pk]), {"words": "Open", "heading": ""})
    text.refresh_from_db()
    assert text.words == "Open"
    press(staff, issue, f"text-{text.pk}", "down")
    assert kinds(issue)[0] != "text"
    press(staff, issue, f"text-{text.pk}", "out")
    assert "text" not in kinds(issue)
    press(staff, issue, f"text-{text.pk}", "in")
    assert "text" in kinds(issue)


def test_the_lead_story_is_chosen_and_given_up(staff: Client, issue: Issue) -> None:
    item = next(
        item for item in issue.items.select_related("entry__event") if not hasattr(item.entry, "event")
    )
    press(staff, issue, str(item.pk), "lead")
    assert "lead" in kinds(issue)
    assert "lead story" in page_of(staff, issue)
    press(staff, issue, str(item.pk), "no-lead")
    assert "lead" not in kinds(issue)
    press(staff, issue, "agenda", "newest")
    issue.refresh_from_db()
    assert issue.lead_by == Issue.Lead.NEWEST


def test_an_old_entry_is_found_and_put_in(staff: Client, issue: Issue) -> None:
    source = issue.items.all()[0].entry.source
    old = Entry.objects.create(source=source, title="Uit de oude doos", language="nl", content_hash="x")
    address = reverse("issue-choose", args=[issue.pk])
    assert "Uit de oude doos" in staff.get(address, {"search": "doos oude"}).content.decode()
    assert "Nothing found" in staff.get(address, {"search": "bestaat niet"}).content.decode()
    answer = staff.post(reverse("issue-put-in", args=[issue.pk, old.pk]))
    item = issue.items.get(entry=old)
    assert answer["Location"].endswith(f"#item-{item.pk}")
    assert "It stands in this issue now." in page_of(staff, issue)
    assert "Uit de oude doos" not in staff.get(address).content.decode()


@pytest.mark.parametrize("name", ["agendas", "text-", "text-x", "text-99", "99", "-1", "x", "9" * 30])
def test_a_row_that_is_not_there_is_no_fault_of_ours(staff: Client, issue: Issue, name: str) -> None:
    assert press(staff, issue, name, "up").status_code == 404


def test_an_issue_that_was_approved_meanwhile_stays_as_it_is(staff: Client, issue: Issue) -> None:
    text = issues.add_text(issue, "Dicht")
    entry = Entry.objects.create(source=issue.items.all()[0].entry.source, title="X", language="nl")
    issues.approve(issue)
    for name, args, data in (
        ("issue-text", [issue.pk], {"words": "Y"}),
        ("issue-text-edit", [issue.pk, text.pk], {"words": "Y"}),
        ("issue-put-in", [issue.pk, entry.pk], {}),
        ("issue-arrange", [issue.pk, f"text-{text.pk}"], {"to": "out"}),
    ):
        assert (
            "not a draft any more" in staff.post(reverse(name, args=args), data, follow=True).content.decode()
        )
    text.refresh_from_db()
    assert (text.words, text.left_out) == ("Dicht", False)
    assert staff.get(reverse("issue-choose", args=[issue.pk]))["Location"] == reverse(
        "issue", args=[issue.pk]
    )
