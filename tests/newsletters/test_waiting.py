"""A draft that is made ahead: what it takes in, when it goes out, and that there is one."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Entry, Event, Source
from outreach.newsletters import issues, making
from outreach.newsletters.content import reasons
from outreach.newsletters.designs import rendering
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.opening import open_one
from outreach.newsletters.reminding import remind_one
from outreach.newsletters.waiting import follow_one
from outreach.notices.models import Notice
from tests.newsletters.conftest import NOW
from tests.newsletters.drafts import EARLY, HOUR, told, work

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
WEEK = timedelta(days=7)


def titles(issue: Issue) -> list[str]:
    return [item.entry.title for item in issue.items.filter(left_out=False).select_related("entry")]


@pytest.fixture
def write(write: Write) -> Write:
    """Published long enough ago for the first look."""
    return lambda title, **values: write(title, **{"first_seen_at": EARLY - 2 * HOUR, **values})


# ---- Making ----


def test_the_draft_is_made_the_hours_before_and_not_sooner(ahead: Newsletter, write: Write):
    write("Vers")
    work(EARLY - timedelta(seconds=1))
    assert not Issue.objects.exists()
    work(EARLY)
    issue = Issue.objects.get()
    assert (issue.state, issue.slot, titles(issue)) == ("draft", NOW, ["Vers"])
    ahead.refresh_from_db()
    assert ahead.next_slot == NOW + WEEK


def test_where_nothing_is_new_yet_it_is_made_as_soon_as_something_is(ahead: Newsletter, write: Write):
    work(EARLY)
    assert not Issue.objects.exists()
    write("Vers")
    work(EARLY + timedelta(seconds=30))
    assert not Issue.objects.exists(), "it looks each minute, not at each tick"
    work(EARLY + timedelta(minutes=1))
    assert titles(Issue.objects.get()) == ["Vers"]


def test_where_nothing_comes_the_slot_is_skipped_at_its_time_and_not_before(ahead: Newsletter):
    work(EARLY)
    work(NOW - timedelta(seconds=1))
    assert not Issue.objects.exists()
    work(NOW)
    assert Issue.objects.get().state == "skipped"


def test_of_a_newsletter_of_each_day_one_draft_waits_at_a_time(ahead: Newsletter, write: Write):
    making.change(ahead, weekdays=range(7))
    Newsletter.objects.update(next_slot=NOW)
    write("Vers")
    work(EARLY)
    assert not Issue.objects.exists(), "the slot of the day before comes first"
    work(NOW - 24 * HOUR)
    write("Nog iets")
    work(NOW - 20 * HOUR)
    assert titles(Issue.objects.get()) == ["Vers", "Nog iets"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["approval", "automatic"])
def test_four_workers_at_once_make_one_issue_and_let_it_out_once(ahead: Newsletter, write: Write, mode: str):
    Newsletter.objects.update(mode=mode)
    write("Vers")

    def at_once(step: Callable[[datetime], bool], now: datetime) -> None:
        start = threading.Barrier(4)

        def one(_number: int) -> None:
            start.wait()
            try:
                while step(now):
                    pass
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(one, range(4)))

    with clock.frozen(EARLY):
        at_once(open_one, EARLY)
    write("Later")
    with clock.frozen(NOW - HOUR):
        at_once(follow_one, NOW - HOUR)
        at_once(remind_one, NOW - HOUR)
    assert Notice.objects.count() == 1
    with clock.frozen(NOW):
        at_once(follow_one, NOW)
        at_once(open_one, NOW)
    issue = Issue.objects.get()
    assert titles(issue) == ["Vers", "Later"]
    assert issue.state == ("approved" if mode == "automatic" else "draft")


# ---- What it takes in ----


def test_what_appears_later_stands_behind_what_is_there_until_it_is_approved(ahead: Newsletter, write: Write):
    write("Een"), write("Twee")
    work(EARLY)
    issue = Issue.objects.get()
    first, second = issue.items.all()
    issues.move_up(second)
    issues.leave_out(first)
    write("Drie", first_seen_at=EARLY)
    work(EARLY + HOUR)
    assert [item.entry.title for item in issue.items.all()] == [second.entry.title, first.entry.title, "Drie"]
    assert titles(issue) == [second.entry.title, "Drie"]
    issues.approve(issue)
    write("Vier", first_seen_at=EARLY)
    work(EARLY + 2 * HOUR)
    assert titles(issue) == [second.entry.title, "Drie"]
    work(NOW + WEEK - 48 * HOUR)
    assert titles(Issue.objects.latest("slot")) == ["Vier"]


def test_of_what_appears_meanwhile_the_page_names_the_draft_that_will_take_it(
    ahead: Newsletter, write: Write
):
    write("Een")
    work(EARLY)
    entry = write("Twee", first_seen_at=EARLY)
    said = reasons.for_newsletter(entry, ahead, EARLY + timedelta(minutes=1)).sentence
    assert said.values["date"] == NOW
    issues.approve(Issue.objects.get())
    ahead.refresh_from_db()
    said = reasons.for_newsletter(entry, ahead, EARLY + timedelta(minutes=1)).sentence
    assert said.values["date"] == NOW + WEEK


def test_after_its_slot_it_takes_in_nothing_more(ahead: Newsletter, write: Write):
    write("Een")
    work(EARLY)
    write("Twee", first_seen_at=NOW)
    work(NOW + HOUR)
    assert titles(Issue.objects.get()) == ["Een"]


def test_what_was_added_makes_it_another_issue_than_the_one_that_was_looked_at(
    ahead: Newsletter, write: Write
):
    write("Een")
    work(EARLY)
    issue = Issue.objects.get()
    seen = issues.fingerprint(issue)
    write("Twee")
    work(EARLY + HOUR)
    with pytest.raises(OutreachError, match="has changed since it was shown"):
        issues.approve(issue, seen=seen)


# ---- When it goes out ----


def test_what_is_approved_ahead_goes_out_at_its_slot_and_not_before(
    ahead: Newsletter, write: Write, readers: Callable[[int], list[str]]
):
    write("Vers")
    readers(2)
    work(EARLY)
    issue = Issue.objects.get()
    with clock.frozen(EARLY + HOUR):
        issues.approve(issue)
    assert issue.send_at == NOW
    work(NOW - timedelta(seconds=1))
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.count()) == ("approved", 0)
    work(NOW)
    issue.refresh_from_db()
    assert (issue.state, issue.deliveries.count()) == ("sending", 2)


def test_what_nobody_approved_never_goes_out_however_long_it_waits(ahead: Newsletter, write: Write):
    write("Vers")
    for now in (EARLY, NOW, NOW + HOUR, NOW + WEEK, NOW + 9 * WEEK):
        work(now)
    issue = Issue.objects.earliest("slot")
    assert (issue.state, issue.slot) == ("draft", NOW)
    with clock.frozen(NOW + 9 * WEEK):
        issues.approve(issue)
    assert issue.send_at == NOW + 9 * WEEK


def test_an_approval_that_is_taken_back_makes_it_a_draft_that_takes_in_what_is_new(
    ahead: Newsletter, write: Write
):
    write("Een")
    work(EARLY)
    issue = Issue.objects.get()
    with clock.frozen(EARLY):
        issues.approve(issue)
        issues.reopen(issue)
        issues.reopen(issue)  # twice is once
    assert (issue.state, issue.html, issue.send_at) == ("draft", "", None)
    write("Twee")
    work(EARLY + HOUR)
    assert titles(issue) == ["Een", "Twee"]
    issues.approve(issue)
    with clock.frozen(NOW), pytest.raises(OutreachError, match="not possible any more"):
        issues.reopen(issue)


def test_nobody_is_invited_to_what_is_over_when_it_goes_out(ahead: Newsletter, write: Write):
    write("Vers")
    over = write("Gisteren", starts_at=NOW - 20 * HOUR)
    write("Morgen", starts_at=NOW + 20 * HOUR)
    work(EARLY)
    issue = Issue.objects.get()
    assert titles(issue) == ["Vers", "Morgen"]
    Event.objects.filter(entry__title="Morgen").update(starts_at=NOW - HOUR)  # the website moves it forward
    with clock.frozen(EARLY + HOUR):
        issues.approve(issue)
    assert "Morgen" not in issue.html
    write("Meer", first_seen_at=NOW)
    work(NOW + WEEK)
    said = [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(over))]
    assert said == ["Not in the newsletter “Nieuwsbrief”: the event had begun before it went out."]


# ---- By itself ----


def test_an_automatic_draft_approves_itself_at_its_slot_with_what_is_there_then(
    automatic: Newsletter, write: Write
):
    write("Een")
    work(EARLY)
    issue = Issue.objects.get()
    assert (issue.state, issue.by_itself) == ("draft", True)
    write("Twee", first_seen_at=NOW - HOUR)
    work(NOW - timedelta(seconds=1))
    issue.refresh_from_db()
    assert issue.state == "draft"
    work(NOW)
    issue.refresh_from_db()
    assert issue.approved_by is None
    assert issue.send_at == NOW
    assert "Een" in issue.html
    assert "Twee" in issue.html


def test_held_by_staff_it_waits_for_them_and_let_go_it_does_not(automatic: Newsletter, write: Write):
    write("Een")
    work(EARLY)
    issue = Issue.objects.get()
    issues.hold(issue)
    work(NOW)
    issue.refresh_from_db()
    assert issue.state == "draft"
    issues.release(issue)
    work(NOW + HOUR)
    issue.refresh_from_db()
    assert issue.state in ("approved", "sent")
    with pytest.raises(OutreachError, match="not possible any more"):
        issues.hold(issue)


def test_what_cannot_go_out_by_itself_waits_for_a_person_who_is_told(automatic: Newsletter, write: Write):
    write("Een")
    work(EARLY)
    issue = Issue.objects.get()
    issues.leave_out(issue.items.get())
    work(NOW)
    issue.refresh_from_db()
    assert (issue.state, issue.by_itself) == ("draft", False)
    assert "This issue is empty" in str(issue.reason)
    assert any("did not go out by itself" in line for line in told())


@pytest.mark.parametrize("at", ["10:00", ""])
def test_held_or_moved_at_the_very_moment_it_stays_a_draft(
    automatic: Newsletter, write: Write, monkeypatch: pytest.MonkeyPatch, at: str
):
    write("Vers")
    work(EARLY)

    def staff_are_faster(issue: Issue, _now: datetime) -> None:
        if at:
            Issue.objects.update(slot=NOW + HOUR)
        else:
            issues.hold(Issue.objects.get(pk=issue.pk))

    monkeypatch.setattr("outreach.newsletters.waiting._take_in", staff_are_faster)
    with clock.frozen(NOW):
        assert follow_one(NOW)
    assert Issue.objects.get().state == "draft"


def test_what_fails_by_itself_is_told_and_does_not_hold_up_other_newsletters(
    automatic: Newsletter, write: Write, source: Source, monkeypatch: pytest.MonkeyPatch
):
    write("Vers")
    with clock.frozen(EARLY):
        making.create("Zuster", sources=[source], mode="automatic", draft_ahead_hours=48, language="nl")
        Newsletter.objects.update(starts_at=EARLY - 9 * WEEK, next_slot=NOW)
    work(EARLY)
    real = rendering.of_issue

    def broken(issue: Issue) -> rendering.Rendered:
        if issue.newsletter.name == "Nieuwsbrief":
            raise TypeError("a fault of ours")
        return real(issue)

    monkeypatch.setattr("outreach.newsletters.designs.rendering.of_issue", broken)
    work(NOW)
    states = dict(Issue.objects.values_list("newsletter__name", "state"))
    assert states == {"Nieuwsbrief": "draft", "Zuster": "sent"}
    assert any("did not go out by itself" in line for line in told())


def test_after_days_off_it_does_not_go_out_by_itself(automatic: Newsletter, write: Write):
    write("Een")
    work(EARLY)
    work(NOW + 49 * HOUR)
    issue = Issue.objects.get()
    assert (issue.state, issue.by_itself) == ("draft", False)
    assert Activity.objects.filter(subject=subject_of(issue), level="warning").count() == 1


@pytest.mark.parametrize("change", [{"mode": "approval"}, {"active": False}])
def test_who_wants_to_look_or_switches_it_off_stops_the_draft_too(
    automatic: Newsletter, write: Write, change: dict[str, object]
):
    write("Een")
    work(EARLY)
    making.change(automatic, **change)
    work(NOW)
    assert Issue.objects.get().state == "draft"


def test_an_extra_issue_of_an_automatic_newsletter_does_not_go_out_by_itself(
    automatic: Newsletter, write: Write
):
    write("Een")
    with clock.frozen(EARLY - HOUR):
        issues.make_now(automatic)
    work(NOW - HOUR)
    assert [issue.state for issue in Issue.objects.all()] == ["draft"]
    assert told() == []


# ---- Another schedule ----


def test_a_draft_that_waits_moves_along_with_the_schedule(ahead: Newsletter, write: Write):
    write("Een")
    work(EARLY)
    with clock.frozen(EARLY):
        making.change(ahead, at="10:00")
    assert Issue.objects.get().slot == NOW + HOUR
    assert ahead.next_slot == NOW + WEEK + HOUR


def test_what_is_approved_keeps_its_time_and_the_next_one_comes_by_the_new_schedule(
    ahead: Newsletter, write: Write
):
    write("Een")
    work(EARLY)
    with clock.frozen(EARLY):
        issues.approve(Issue.objects.get())
        making.change(ahead, at="08:00", weekdays=[0, 1, 2])
    assert Issue.objects.get().send_at == NOW
    assert ahead.next_slot == NOW + 23 * HOUR
