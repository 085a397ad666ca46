"""From draft to approved: what was looked at is what is sent; what is cancelled gives its entries back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from markupsafe import escape

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Activity, Organisation, subject_of
from outreach.feeds.models import Entry, Event
from outreach.newsletters import issues
from outreach.newsletters.content import reasons
from outreach.newsletters.models import Issue, Newsletter
from tests.fakes.mail_server import MailServer
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]


@pytest.fixture
def issue(newsletter: Newsletter, write: Write) -> Issue:
    write("Een", published_at=NOW - timedelta(hours=3))
    write("Twee", published_at=NOW - timedelta(hours=2))
    write("Toneel", starts_at=NOW + timedelta(days=9))
    return issues.make_now(newsletter)


def titles(issue: Issue) -> list[str]:
    return [item.entry.title for item in issue.items.filter(left_out=False)]


def test_two_looks_at_an_issue_show_the_same_bytes(issue: Issue):
    assert issues.preview(issue) == issues.preview(issue)
    assert issues.fingerprint(issue) == issues.fingerprint(issue)


def test_what_was_looked_at_is_frozen_whatever_changes_afterwards(issue: Issue, settings: Any):
    shown = issues.preview(issue)
    issues.approve(issue, seen=issues.fingerprint(issue))
    Entry.objects.update(title="Heel anders", summary="Reclame")
    Organisation.objects.update(name="Iemand anders")
    assert issues.preview(Issue.objects.get()) == shown


@pytest.mark.parametrize(
    "change",
    [
        lambda issue: Entry.objects.filter(title="Een").update(title="Eén"),
        lambda issue: issues.change(issue, subject="Nieuw", intro=""),
        lambda issue: issues.move_up(issue.items.get(entry__title="Een")),
        lambda issue: issues.leave_out(issue.items.get(entry__title="Een")),
    ],
)
def test_what_changed_since_it_was_looked_at_is_not_approved(issue: Issue, change: Callable[[Issue], Any]):
    seen = issues.fingerprint(issue)
    change(issue)
    with pytest.raises(OutreachError, match="has changed since"):
        issues.approve(issue, seen=seen)
    assert Issue.objects.get().state == "draft"


def test_approving_twice_is_approving_once(issue: Issue):
    issues.approve(issue)
    html = issue.html
    issues.approve(Issue.objects.get())
    assert Issue.objects.get().html == html


def test_a_cancelled_issue_is_not_approved_and_its_entries_go_into_the_next(issue: Issue):
    issues.cancel(issue)
    with pytest.raises(OutreachError, match="cannot go out any more"):
        issues.approve(issue)
    with clock.frozen(NOW + timedelta(minutes=1)):
        assert titles(issues.make_now(issue.newsletter)) == ["Twee", "Een", "Toneel"]


def test_what_is_left_out_does_not_come_back_in_the_next_issue(issue: Issue):
    issues.leave_out(issue.items.get(entry__title="Een"))
    assert titles(issue) == ["Twee", "Toneel"]
    assert "school.example/0" not in issues.preview(issue).html
    with pytest.raises(OutreachError, match="Nothing new"):
        issues.make_now(issue.newsletter)
    issues.put_back(issue.items.get(entry__title="Een"))
    assert titles(issue) == ["Twee", "Een", "Toneel"]


def test_articles_change_places_among_themselves_and_never_with_the_agenda(issue: Issue):
    issues.move_up(issue.items.get(entry__title="Een"))
    assert titles(issue) == ["Een", "Twee", "Toneel"]
    issues.move_down(issue.items.get(entry__title="Twee"))
    issues.move_up(issue.items.get(entry__title="Toneel"))
    assert titles(issue) == ["Een", "Twee", "Toneel"]


def test_an_issue_with_nothing_in_it_does_not_go_out(issue: Issue):
    for item in issue.items.all():
        issues.leave_out(item)
    with pytest.raises(OutreachError, match="This issue is empty"):
        issues.approve(issue)
    issues.change(issue, subject="Beste lezer", intro="Tot **volgende** maand.")
    issues.approve(issue)
    assert "<strong>volgende</strong>" in Issue.objects.get().html


@pytest.mark.parametrize(
    ("subject", "intro", "field"),
    [("", "", "subject"), ("a\nBcc: x@example.org", "", "subject"), ("Dag", "x" * 5001, "intro")],
)
def test_words_that_cannot_be_used_are_refused_beside_their_field(
    issue: Issue, subject: str, intro: str, field: str
):
    with pytest.raises(BadInput) as caught:
        issues.change(issue, subject=subject, intro=intro)
    assert caught.value.field == field


def test_an_approved_issue_is_not_changed_any_more(issue: Issue):
    issues.approve(issue)
    for change in (
        lambda: issues.change(issue, subject="Anders", intro=""),
        lambda: issues.leave_out(issue.items.first()),
        lambda: issues.move_down(issue.items.first()),
    ):
        with pytest.raises(OutreachError, match="not a draft any more"):
            change()


HOSTILE = [
    "<script>alert(1)</script>",
    "</h2></td></tr></table>",
    "{{ settings.SECRET_KEY }}",
    "{% raw %}",
    '"><img src=x onerror=alert(1)>',
    "</mj-text></mj-raw>",
    "a & b < c",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_the_website_stay_words(newsletter: Newsletter, write: Write, words: str):
    write(words, summary=words, image_url="https://school.example/a.png", image_alt=words)
    issue = issues.make_now(newsletter)
    rendered = issues.preview(issue)
    assert words in rendered.text
    assert str(escape(words)) in rendered.html
    assert "<script" not in rendered.html
    assert rendered.html.count("<img") == 1
    assert rendered.html.count("<table") == rendered.html.count("</table>")


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("[klik](javascript:alert(1))", "[klik](javascript:alert(1))"),
        ("<b onclick=x>y</b>", "&lt;b onclick=x&gt;y&lt;/b&gt;"),
        ("[klik](https://school.example)", '<a href="https://school.example">klik</a>'),
    ],
)
def test_an_introduction_holds_no_script(issue: Issue, words: str, html: str):
    issues.change(issue, subject="Dag", intro=words)
    assert html in issues.preview(issue).html


def test_a_preview_holds_nobodys_own_link(issue: Issue):
    issues.approve(issue)
    for found in (issues.preview(issue).html, issues.in_browser(issue), issues.preview(issue).text):
        assert ".invalid" not in found
        assert "/unsubscribe/" not in found
    assert "/newsletter/nieuwsbrief/" in issues.in_browser(issue)


def test_a_test_mail_is_the_preview_and_says_that_it_is_a_test(issue: Issue, server: MailServer):
    issues.send_test(issue, "els@example.org")
    [mail] = server.got
    assert mail["Subject"] == f"[Test] {issue.subject}"
    assert mail["To"] == "els@example.org"
    body = mail.get_body(("html",))
    assert body is not None
    assert body.get_content().splitlines() == issues.preview(issue).html.splitlines()


@pytest.mark.parametrize(
    ("address", "answer", "said"),
    [
        ("geen adres", "", "has an @"),
        ("els@example.org", "550 5.1.1 no such user", "550 5.1.1 no such user"),
        ("els@example.org", "vanish", "look whether the test mail arrived"),
    ],
)
def test_a_test_mail_that_fails_says_why(
    issue: Issue, server: MailServer, address: str, answer: str, said: str
):
    server.answers = [answer] if answer else []
    with pytest.raises(OutreachError, match=said):
        issues.send_test(issue, address)


def test_without_a_mail_server_a_test_mail_says_what_to_set(issue: Issue, settings: Any):
    settings.MAIL_URL = ""
    with pytest.raises(OutreachError, match="OUTREACH_MAIL_URL"):
        issues.send_test(issue, "els@example.org")


def said_of(entry: Entry) -> list[str]:
    return [str(row.sentence) for row in Activity.objects.filter(subject=subject_of(entry))]


def test_an_issue_whose_only_event_was_called_off_is_empty(newsletter: Newsletter, write: Write):
    write("Vertelavond", starts_at=NOW + timedelta(days=3))
    issue = issues.make_now(newsletter)
    Event.objects.update(status="cancelled")
    with pytest.raises(OutreachError, match="This issue is empty"):
        issues.approve(issue)


def test_a_subject_that_names_what_was_called_off_is_refused(newsletter: Newsletter, write: Write):
    write("Vertelavond", starts_at=NOW + timedelta(days=3))
    write("Toneel", starts_at=NOW + timedelta(days=9))
    issue = issues.make_now(newsletter)
    Event.objects.filter(entry__title="Vertelavond").update(status="cancelled")
    with pytest.raises(OutreachError, match="The subject names “Vertelavond”"):
        issues.approve(issue)
    issues.change(issue, subject="Toneel", intro="")
    issues.approve(issue)
    assert titles(issue) == ["Toneel"]


def test_nobody_is_invited_to_what_began_while_the_issue_was_a_draft(issue: Issue):
    late = Entry.objects.get(title="Toneel")
    with clock.frozen(NOW + timedelta(days=10)):
        issues.approve(issue)
    assert "Toneel" not in Issue.objects.get().text
    assert titles(issue) == ["Twee", "Een"]
    assert "Not in the newsletter “Nieuwsbrief”: the event had begun before it went out." in said_of(late)


@pytest.mark.parametrize(("title", "column"), [("Een", "withdrawn_at"), ("Toneel", "page_gone_at")])
def test_what_the_website_took_away_leaves_the_draft_and_may_come_back_in_a_later_issue(
    issue: Issue, newsletter: Newsletter, write: Write, title: str, column: str
):
    seen = issues.fingerprint(issue)
    Entry.objects.filter(title=title).update(**{column: NOW})
    assert title not in issues.preview(Issue.objects.get()).text
    with pytest.raises(OutreachError, match="has changed since"):
        issues.approve(issue, seen=seen)
    issues.approve(Issue.objects.get())
    entry = Entry.objects.get(title=title)
    assert str(reasons.for_newsletter(entry, newsletter, NOW).sentence).endswith("not on the website.")
    Entry.objects.update(**{column: None})
    with clock.frozen(NOW + timedelta(days=1)):
        assert title in titles(issues.make_now(newsletter))


def test_a_subject_that_names_what_the_website_took_away_is_refused(issue: Issue):
    Entry.objects.filter(title="Twee").update(withdrawn_at=NOW)
    with pytest.raises(OutreachError, match="“Twee”, which is not on the website any more"):
        issues.approve(issue)


def test_an_event_that_was_off_when_its_issue_went_out_is_in_the_next_one(
    issue: Issue, newsletter: Newsletter
):
    Event.objects.update(status="postponed")
    issues.approve(issue)
    assert "Toneel" not in Issue.objects.get().text
    assert "the event is cancelled or postponed" in said_of(Entry.objects.get(title="Toneel"))[-1]
    Event.objects.update(status="scheduled")
    with clock.frozen(NOW + timedelta(days=1)):
        assert titles(issues.make_now(newsletter)) == ["Toneel"]
