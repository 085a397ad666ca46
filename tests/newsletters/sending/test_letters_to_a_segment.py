"""A letter to a segment on its way: who is in is decided once, whatever happens at that very moment."""

import contextlib
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import translation

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.newsletters import approving, audience, issues, sending
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.sending import starting
from outreach.subscribers import joining, searching, tagging, tokens
from outreach.subscribers.models import Segment, Subscriber
from outreach.subscribers.searching import Filter
from tests.fakes.mail_server import MailServer
from tests.newsletters.conftest import NOW
from tests.newsletters.sending.scene import die, in_a_process, run, states

pytestmark = pytest.mark.django_db(transaction=True)
READERS, LATER = 12, NOW + timedelta(minutes=11)


def address(number: int) -> str:
    return f"lezer{number}@example.org"


STUDENTS = {address(number) for number in range(0, READERS, 2)}


@pytest.fixture
def draft(
    newsletter: Newsletter, readers: Callable[[int], list[str]], monkeypatch: pytest.MonkeyPatch
) -> Issue:
    """To every second reader; the ledger is written for two readers at a time, one of whom is in."""
    monkeypatch.setattr(starting, "_BATCH", 2)
    readers(READERS)
    tagging.change(Subscriber.objects.filter(address__in=STUDENTS).values_list("pk", flat=True), "Student")
    issue = issues.write_letter(newsletter, searching.keep("Studenten", Filter(tag="student")))
    issues.change(issue, subject="Aan de studenten", intro="Dag allemaal")
    return issue


@pytest.fixture
def letter(draft: Issue) -> Issue:
    issues.approve(draft)
    return draft


def got(server: MailServer) -> list[str]:
    return sorted(str(mail["To"]) for mail in server.got)


def ledger(issue: Issue) -> set[str]:
    return set(issue.deliveries.values_list("subscriber__address", flat=True))


def between_batches(monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[], object]) -> None:
    """Do `act` when `number` batches of the ledger are written."""
    insert, calls = starting._insert, []

    def call(*given: Any) -> None:
        insert(*given)
        calls.append(given)
        if len(calls) == number:
            act()

    monkeypatch.setattr(starting, "_insert", call)


def test_only_the_segment_gets_it_each_once(letter: Issue, server: MailServer):
    run()
    run(LATER)
    letter.refresh_from_db()
    assert (letter.state, states(letter)) == ("sent", {"sent": 6})
    assert got(server) == sorted(STUDENTS)


def test_a_segment_that_is_deleted_while_the_ledger_is_written_changes_nothing(
    letter: Issue, server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    between_batches(monkeypatch, 1, lambda: Segment.objects.all().delete())
    run()
    assert not Segment.objects.exists()
    assert got(server) == sorted(STUDENTS)


def test_a_segment_that_becomes_another_one_meanwhile_changes_nothing(
    letter: Issue, server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    between_batches(monkeypatch, 1, lambda: searching.keep("Studenten", Filter(language="nl")))
    run()
    assert got(server) == sorted(STUDENTS)


@pytest.mark.parametrize("number", [0, 8])
def test_who_leaves_while_the_ledger_is_written_gets_nothing(
    letter: Issue, server: MailServer, monkeypatch: pytest.MonkeyPatch, number: int
):
    reader = Subscriber.objects.get(address=address(number))
    leave = tokens.unsubscribe_token(reader, letter.newsletter.topic)
    between_batches(monkeypatch, 2, lambda: joining.leave(leave))
    run()
    assert got(server) == sorted(STUDENTS - {address(number)})
    # The one had a row already, which says why; the other never got one.
    assert (address(number) in ledger(letter)) == (number == 0)


def test_whose_tag_is_taken_off_after_the_ledger_still_gets_it_and_nobody_else_comes_in(
    letter: Issue, server: MailServer
):
    assert sending.start_one(NOW)
    tagging.change(
        Subscriber.objects.filter(address__in=STUDENTS).values_list("pk", flat=True), "Student", off=True
    )
    tagging.change(Subscriber.objects.exclude(address__in=STUDENTS).values_list("pk", flat=True), "Student")
    run()
    assert got(server) == sorted(STUDENTS)


@pytest.mark.parametrize("number", [1, 3, 6])
def test_killed_while_the_ledger_is_written_it_goes_on_where_it_was(
    letter: Issue, server: MailServer, monkeypatch: pytest.MonkeyPatch, number: int
):
    with monkeypatch.context() as patched:
        between_batches(patched, number, die)
        assert in_a_process(lambda: sending.start_one(NOW)) == -signal.SIGKILL
    assert len(ledger(letter)) == number
    letter.refresh_from_db()
    assert letter.state == "approved"
    Segment.objects.all().delete()
    run(NOW + timedelta(minutes=1))
    assert server.got == []
    run(LATER)
    assert got(server) == sorted(STUDENTS)


def test_two_who_start_it_at_once_write_each_row_once(letter: Issue):
    def start(_number: int) -> None:
        try:
            sending.start_one(NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(start, range(2)))
    assert (ledger(letter), letter.deliveries.count()) == (STUDENTS, 6)


def test_where_nobody_is_in_any_more_it_says_so(letter: Issue, server: MailServer):
    tagging.change(Subscriber.objects.all().values_list("pk", flat=True), "Student", off=True)
    run()
    letter.refresh_from_db()
    with translation.override("en"):
        assert str(letter.reason) == "It went to nobody: no reader is in the segment “Studenten” any more."
    assert (letter.state, server.got) == ("sent", [])


def test_rules_that_cannot_be_read_any_more_stop_it_and_hold_up_nothing(
    letter: Issue, newsletter: Newsletter, server: MailServer, write: Callable[..., Any]
):
    letter.audience["wanted"]["opened"] = "often"
    letter.save()
    with clock.frozen(NOW + timedelta(minutes=1)):
        write("Voorlezen")
        regular = issues.make_now(newsletter)
        issues.approve(regular)
    run(NOW + timedelta(minutes=1))
    letter.refresh_from_db()
    with translation.override("en"):
        assert "cannot be read" in str(letter.reason)
    assert (letter.state, letter.deliveries.count()) == ("paused", 0)
    assert len(server.got) == READERS


def test_a_segment_that_is_deleted_while_it_is_approved_is_frozen_or_missed(
    draft: Issue, server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    rendered = approving.rendering.of_issue
    threads = []

    def delete() -> None:
        try:
            Segment.objects.all().delete()
        finally:
            connections.close_all()

    def slow(issue: Issue) -> Any:
        threads.append(threading.Thread(target=delete))
        threads[0].start()
        threads[0].join(0.2)  # SQLite: it waits until the approval is through
        return rendered(issue)

    monkeypatch.setattr(approving.rendering, "of_issue", slow)
    with contextlib.suppress(OutreachError):
        issues.approve(draft)
    threads[0].join()
    monkeypatch.undo()
    assert not Segment.objects.exists()
    run()
    draft.refresh_from_db()
    frozen = bool(audience.of(draft).readers)
    assert (draft.state, got(server)) == (("sent", sorted(STUDENTS)) if frozen else ("draft", []))
