"""Who may open the doors of newsletters, issues, subscribers and the inbox, and how."""

import pytest
from django.test import Client
from django.urls import reverse

from outreach.newsletters.models import Issue
from outreach.subscribers import joining
from outreach.subscribers.models import Subscriber

pytestmark = pytest.mark.django_db

READ = ["newsletters", "newsletter", "issue", "issue-body", "issue-progress", "issue-deliveries"]
READ += ["subscribers", "subscriber", "subscribers-export", "inbox", "inbox-letter", "inbox-body"]
BOTH = ["newsletter-new", "newsletter-edit", "subscriber-add", "subscribers-import"]
CHANGE = ["newsletter-dates", "newsletter-make-now", "issue-save", "issue-arrange", "issue-test"]
CHANGE += ["issue-approve", "issue-pause", "issue-resume", "issue-cancel"]
CHANGE += ["subscriber-unsubscribe", "subscriber-forget", "subscribers-import-confirm", "subscribers-tag"]
_NO_ROW = {"newsletters", "newsletter-new", "newsletter-dates", "subscribers", "subscribers-export"}
_NO_ROW |= {"subscriber-add", "subscribers-tag", "subscribers-import", "inbox"}


@pytest.fixture
def reader(issue: Issue) -> Subscriber:
    wish = joining.add(issue.newsletter.topic, "anna@example.org", how="test", wording="ja")
    return wish.subscriber


def address(name: str, issue: Issue, reader: Subscriber) -> str:
    if name in _NO_ROW:
        return reverse(name)
    if name.startswith("inbox"):
        return reverse(name, args=["1"])
    if name == "subscribers-import-confirm":
        return reverse(name, args=[1])
    if name == "issue-arrange":
        return reverse(name, args=[issue.pk, issue.items.all()[0].pk])
    rows = {"newsletter": issue.newsletter_id, "issue": issue.pk, "subscriber": reader.pk}
    return reverse(name, args=[rows[name.partition("-")[0]]])


@pytest.mark.parametrize("name", [*READ, *BOTH, *CHANGE])
def test_a_stranger_is_asked_to_log_in_and_changes_nothing(
    issue: Issue, reader: Subscriber, name: str
) -> None:
    stranger = Client()
    typed = {"subject": "Kwaad", "intro": "", "to": "out", "topic": issue.newsletter.topic}
    for answer in (
        stranger.get(address(name, issue, reader)),
        stranger.post(address(name, issue, reader), typed),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("log-in"))
    issue.refresh_from_db()
    assert (issue.state, issue.subject) == ("draft", "Nieuws van december")
    assert not issue.items.filter(left_out=True).exists()
    assert Subscriber.objects.get().state == "confirmed"


@pytest.mark.parametrize("name", CHANGE)
def test_what_changes_something_is_no_link(
    staff: Client, issue: Issue, reader: Subscriber, name: str
) -> None:
    assert staff.get(address(name, issue, reader)).status_code == 405


@pytest.mark.parametrize("name", CHANGE)
def test_a_form_of_another_website_changes_nothing(
    officer: object, issue: Issue, reader: Subscriber, name: str
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(officer)  # type: ignore[arg-type]
    assert browser.post(address(name, issue, reader)).status_code == 403
    issue.refresh_from_db()
    assert issue.state == Issue.State.DRAFT
    assert Subscriber.objects.exists()
