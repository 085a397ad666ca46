"""A slot comes: what goes into the issue, once, and when there is none."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import say
from outreach.feeds import choosing
from outreach.feeds.holding import OLD
from outreach.feeds.models import Entry, Source
from outreach.feeds.storing import ALREADY_THERE
from outreach.newsletters import issues, making
from outreach.newsletters.models import Issue, Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
WEEK = timedelta(days=7)


def titles(issue: Issue) -> list[str]:
    return [item.entry.title for item in issue.items.select_related("entry")]


def test_nothing_is_opened_before_its_slot(newsletter: Newsletter, write: Write):
    write("Vers")
    assert not issues.open_one(NOW - timedelta(seconds=1))
    assert not Issue.objects.exists()


def test_an_automatic_issue_is_approved_and_frozen_at_its_slot(newsletter: Newsletter, write: Write):
    write("Oud nieuws", first_seen_at=NOW - timedelta(days=3))
    write("Vers", published_at=NOW - timedelta(hours=2))
    write("Toneel", starts_at=NOW + timedelta(days=9))
    assert issues.open_one(NOW)
    assert not issues.open_one(NOW)
    issue = Issue.objects.get()
    assert titles(issue) == ["Vers", "Oud nieuws", "Toneel"]
    assert (issue.state, issue.slot, issue.subject) == ("approved", NOW, "Nieuwsbrief: Vers")
    assert "Vers" in issue.html
    assert "donderdag 19 maart 2026" in issue.text
    newsletter.refresh_from_db()
    assert newsletter.next_slot == NOW + WEEK


def test_each_entry_is_in_one_issue_and_a_late_one_in_the_next(newsletter: Newsletter, write: Write):
    write("Een")
    issues.open_one(NOW)
    late = write("Laat ontdekt", published_at=NOW - timedelta(days=30))
    with clock.frozen(NOW + WEEK):
        write("Twee")
        issues.open_one(NOW + WEEK)
    second, first = Issue.objects.order_by("-slot")
    assert titles(first) == ["Een"]
    assert titles(second) == ["Twee", late.title]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "ignored", "reason": say(ALREADY_THERE)},
        {"state": "ignored", "reason": say(OLD)},
        {"withdrawn_at": NOW},
        {"first_seen_at": NOW - timedelta(days=400)},
        {"first_seen_at": NOW - timedelta(minutes=9)},  # has not cooled
    ],
)
def test_what_is_no_news_stays_out(newsletter: Newsletter, write: Write, values: dict[str, object]):
    write("Geen nieuws", **values)
    issues.open_one(NOW)
    issue = Issue.objects.get()
    assert (issue.state, str(issue.reason)) == ("skipped", "Nothing new since the last issue.")


def test_what_the_networks_did_not_want_is_news_to_readers_all_the_same(newsletter: Newsletter, write: Write):
    write(
        "Vers", state="ignored", reason=say("No account was connected within a week, so it was not posted.")
    )
    issues.open_one(NOW)
    assert titles(Issue.objects.get()) == ["Vers"]


def test_what_staff_ignored_stays_out(newsletter: Newsletter, write: Write):
    choosing.ignore(write("Niet dit"), say(choosing.BY_STAFF))
    issues.open_one(NOW)
    assert Issue.objects.get().state == "skipped"


def test_entries_of_a_held_source_wait(newsletter: Newsletter, source: Source, write: Write):
    write("Verhuisd")
    Source.objects.update(held_at=NOW - timedelta(hours=2))
    issues.open_one(NOW)
    assert Issue.objects.get().state == "skipped"


def test_an_event_that_is_over_is_left_out_and_its_log_says_so_once(newsletter: Newsletter, write: Write):
    over = write("Voorbij", starts_at=NOW - timedelta(minutes=30))
    write("Vers")
    issues.open_one(NOW)
    with clock.frozen(NOW + WEEK):
        write("Nog iets")
        issues.open_one(NOW + WEEK)
    assert titles(Issue.objects.latest("slot")) == ["Nog iets"]
    lines = [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(over))]
    assert lines == ["Not in the newsletter “Nieuwsbrief”: the event had begun before it went out."]


def test_after_a_night_off_the_slot_is_made_up_for(newsletter: Newsletter, write: Write):
    write("Vers")
    issues.open_one(NOW + timedelta(hours=20))
    issue = Issue.objects.get()
    assert (issue.state, issue.slot) == ("approved", NOW)


def test_after_a_month_off_there_is_one_issue_and_no_flood(newsletter: Newsletter, write: Write):
    write("Vers")
    back = NOW + 4 * WEEK + timedelta(hours=1)
    with clock.frozen(back):
        while issues.open_one(back):
            pass
    issue = Issue.objects.get()
    assert issue.slot.date() == (NOW + 4 * WEEK).date()
    assert titles(issue) == ["Vers"]


def test_a_slot_that_is_too_long_ago_is_skipped_with_a_warning(newsletter: Newsletter, write: Write):
    write("Vers")
    issues.open_one(NOW + timedelta(hours=49))
    issue = Issue.objects.get()
    assert issue.state == "skipped"
    assert Activity.objects.get(subject=subject_of(issue)).level == "warning"
    with clock.frozen(NOW + WEEK):
        issues.open_one(NOW + WEEK)
    assert titles(Issue.objects.latest("slot")) == ["Vers"]


def test_where_a_person_approves_the_issue_waits_as_a_draft(newsletter: Newsletter, write: Write):
    making.change(newsletter, mode="approval")
    Newsletter.objects.update(next_slot=NOW)
    write("Vers")
    issues.open_one(NOW)
    issue = Issue.objects.get()
    assert (issue.state, issue.html) == ("draft", "")


def test_an_extra_issue_needs_something_new(newsletter: Newsletter, write: Write):
    with pytest.raises(OutreachError, match="Nothing new"):
        issues.make_now(newsletter)
    write("Vers", first_seen_at=NOW)
    assert titles(issues.make_now(newsletter)) == ["Vers"]
    issues.open_one(NOW + timedelta(minutes=1))
    assert Issue.objects.latest("slot").state in ("skipped", "draft")
    assert Issue.objects.filter(state="approved").count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_open_one_issue(newsletter: Newsletter, write: Write):
    write("Vers")
    start = threading.Barrier(4)

    def open_it(_number: int) -> bool:
        start.wait()
        try:
            return issues.open_one(NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(open_it, range(4)))
    assert [titles(issue) for issue in Issue.objects.all()] == [["Vers"]]
