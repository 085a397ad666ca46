"""Coming events stand in each issue until they are over; they alone are no reason for an issue."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from outreach.core import clock
from outreach.feeds.models import Entry, Event
from outreach.newsletters import issues, making
from outreach.newsletters.content import digest
from outreach.newsletters.models import Issue, Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def open_at(weeks: int) -> Issue:
    with clock.frozen(NOW + weeks * WEEK):
        assert issues.open_one(NOW + weeks * WEEK)
    return Issue.objects.latest("slot")


def rows(issue: Issue) -> list[tuple[str, bool]]:
    return [(item.entry.title, item.repeated) for item in issue.items.select_related("entry")]


def article(write: Write, weeks: int, title: str) -> None:
    with clock.frozen(NOW + weeks * WEEK):
        write(title)


def test_an_event_stands_in_each_issue_until_it_is_over(newsletter: Newsletter, write: Write) -> None:
    write("Studiedag", starts_at=NOW + 16 * DAY)
    assert rows(open_at(0)) == [("Studiedag", False)]
    for weeks, shown in ((1, True), (2, True), (3, False)):
        article(write, weeks, f"Nieuws {weeks}")
        expected = [(f"Nieuws {weeks}", False), *([("Studiedag", True)] if shown else [])]
        assert rows(open_at(weeks)) == expected


def test_the_mail_says_it_again_in_short(newsletter: Newsletter, write: Write) -> None:
    write("Studiedag", starts_at=NOW + 16 * DAY)
    write("Lezing", starts_at=NOW + 9 * DAY)
    open_at(0)
    with clock.frozen(NOW + WEEK):
        write("Congres", starts_at=NOW + 20 * DAY)
    issue = open_at(1)
    assert issue.subject == "Nieuwsbrief: Congres"
    text = issue.text.partition("AGENDA")[2]
    places = [
        text.index(words) for words in ("Congres", "Over Congres.", "Ook op komst", "Lezing", "Studiedag")
    ]
    assert places == sorted(places)
    assert "Over Lezing." not in text
    assert "donderdag 19 maart 2026 09.00 · De Warande\nLezing" in text
    assert "Studiedag" in issue.html


def test_events_that_were_told_are_no_reason_for_an_issue(newsletter: Newsletter, write: Write) -> None:
    write("Studiedag", starts_at=NOW + 16 * DAY)
    open_at(0)
    issue = open_at(1)
    assert issue.state == Issue.State.SKIPPED
    assert str(issue.reason) == "Nothing new since the last issue."


def test_a_newsletter_may_tell_of_each_event_once(newsletter: Newsletter, write: Write) -> None:
    making.change(newsletter, show_coming=False)
    write("Studiedag", starts_at=NOW + 16 * DAY)
    open_at(0)
    article(write, 1, "Nieuws")
    assert rows(open_at(1)) == [("Nieuws", False)]


def test_what_staff_left_out_does_not_come_back(newsletter: Newsletter, write: Write) -> None:
    making.change(newsletter, mode="approval")
    write("Studiedag", starts_at=NOW + 16 * DAY)
    write("Nieuws")
    first = open_at(0)
    issues.leave_out(first.items.get(entry__title="Studiedag"))
    issues.approve(first)
    article(write, 1, "Later")
    assert rows(open_at(1)) == [("Later", False)]


def test_a_repeated_event_that_staff_leave_out_may_come_back(newsletter: Newsletter, write: Write) -> None:
    write("Studiedag", starts_at=NOW + 16 * DAY)
    open_at(0)
    making.change(newsletter, mode="approval")
    article(write, 1, "Nieuws")
    issue = open_at(1)
    issues.leave_out(issue.items.get(repeated=True))
    assert "Studiedag" not in issues.preview(issue).text
    issues.approve(issue)
    article(write, 2, "Later")
    assert rows(open_at(2)) == [("Later", False), ("Studiedag", True)]


def test_a_cancelled_event_is_not_announced(newsletter: Newsletter, write: Write) -> None:
    write("Nieuws")
    write("Studiedag", starts_at=NOW + 16 * DAY)
    Event.objects.update(status="cancelled")
    assert rows(open_at(0)) == [("Nieuws", False)]


def test_readers_are_told_that_what_they_were_invited_to_is_off(newsletter: Newsletter, write: Write) -> None:
    write("Studiedag", starts_at=NOW + 16 * DAY)
    open_at(0)
    Event.objects.update(status="cancelled")
    article(write, 1, "Nieuws")
    assert "Geannuleerd: Studiedag" in open_at(1).text


@pytest.mark.parametrize("column", ["withdrawn_at", "page_gone_at"])
def test_an_event_that_left_the_website_is_not_told_of_again(
    newsletter: Newsletter, write: Write, column: str
) -> None:
    write("Studiedag", starts_at=NOW + 16 * DAY)
    open_at(0)
    Entry.objects.update(**{column: NOW})
    article(write, 1, "Nieuws")
    assert rows(open_at(1)) == [("Nieuws", False)]


@pytest.mark.parametrize("column", ["withdrawn_at", "page_gone_at"])
def test_an_event_that_left_the_website_is_not_told_of_at_all(
    newsletter: Newsletter, write: Write, column: str
) -> None:
    gone = write("Studiedag", starts_at=NOW + 16 * DAY)
    Entry.objects.filter(pk=gone.pk).update(**{column: NOW})
    write("Nieuws", page_gone_at=NOW)
    assert rows(open_at(0)) == [("Nieuws", False)]
    Entry.objects.update(**{column: None})
    assert rows(open_at(1)) == [("Studiedag", False)]


def test_an_event_that_is_called_off_leaves_a_draft(newsletter: Newsletter, write: Write) -> None:
    making.change(newsletter, mode="approval")
    write("Nieuws")
    write("Studiedag", starts_at=NOW + 16 * DAY)
    issue = open_at(0)
    assert "Studiedag" in issues.preview(issue).text
    seen = issues.fingerprint(issue)
    Event.objects.update(status="cancelled")
    assert "Studiedag" not in issues.preview(issue).text
    with pytest.raises(Exception, match="has changed since"):
        issues.approve(issue, seen=seen)


def test_an_open_question_keeps_an_entry_out(newsletter: Newsletter, write: Write) -> None:
    write("Nieuws")
    write("Vraag", question="event")
    write("Dubbel", question="duplicate")
    assert rows(open_at(0)) == [("Nieuws", False)]
    Entry.objects.update(question="")
    assert sorted(rows(open_at(1))) == [("Dubbel", False), ("Vraag", False)]


def test_a_mail_is_no_calendar(newsletter: Newsletter, write: Write) -> None:
    for number in range(15):
        write(f"Lezing {number}", starts_at=NOW + (20 + number) * DAY)
    open_at(0)
    found = digest.gather(newsletter, NOW + WEEK)
    assert [entry.title for entry in found.again] == [f"Lezing {number}" for number in range(12)]


def test_what_a_cancelled_issue_held_is_news_again(newsletter: Newsletter, write: Write) -> None:
    making.change(newsletter, mode="approval")
    write("Studiedag", starts_at=NOW + 16 * DAY)
    issues.cancel(open_at(0))
    assert rows(open_at(1)) == [("Studiedag", False)]


def test_a_document_is_named_as_such(newsletter: Newsletter, write: Write) -> None:
    write("Jaarverslag", link="https://school.example/verslag.pdf")
    assert "Jaarverslag (PDF)" in open_at(0).text


def test_an_event_whose_date_the_website_contradicts_is_not_mailed_again(
    newsletter: Newsletter, write: Write
) -> None:
    entry = write("Studiedag", starts_at=NOW + 16 * DAY)
    open_at(0)
    Entry.objects.filter(pk=entry.pk).update(question=Entry.Question.DATE)
    article(write, 1, "Nieuws")
    assert rows(open_at(1)) == [("Nieuws", False)]
