"""Paused, cancelled or told to end at a chosen instant: the numbers add up, and nothing is repeated."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from outreach.core import stopping
from outreach.newsletters import issues, sending
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.sending import claiming, journal, recording
from outreach.newsletters.sending.journal import Journal
from outreach.newsletters.sending.rounds import Round
from tests.fakes.mail_server import MailServer
from tests.newsletters.conftest import NOW
from tests.newsletters.sending.scene import run, states

pytestmark = pytest.mark.django_db(transaction=True)
READERS = 30
THREADS: list[threading.Thread] = []
INSTANTS = {
    "before a claim": (claiming, "claim", True, 1),
    "after a claim": (claiming, "claim", False, 1),
    "before messages are made": (Round, "_submit", True, 1),
    "as a message leaves": (Journal, "handing", True, 4),
    "as a message is answered": (Journal, "answered", False, 4),
    "before results are committed": (recording, "record", True, 1),
    "after results are committed": (recording, "record", False, 1),
    "as the rest is given back": (Round, "_give_back", True, 1),
}


@pytest.fixture
def issue(newsletter: Newsletter, write: Callable[..., Any], readers: Callable[[int], list[str]]) -> Issue:
    """Under way, and nobody has it yet."""
    readers(READERS)
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    assert sending.start_one(NOW)
    issue.refresh_from_db()
    return issue


def at(instant: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail, and do `act` at that instant, in whichever thread it comes."""
    owner, name, first, number = INSTANTS[instant]
    original, calls = getattr(owner, name), []

    def call(*given: Any, **named: Any) -> Any:
        calls.append(name)
        mine = len(calls) == number
        if mine and first:
            act()
        result = original(*given, **named)
        if mine and not first:
            act()
        return result

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, call)
        sending.deliver_some(NOW)
    while THREADS:
        THREADS.pop().join()
    assert len(calls) >= number


def the_numbers_add_up(issue: Issue, server: MailServer) -> dict[str, int]:
    found = states(issue)
    addresses = [mail["To"] for mail in server.got]
    assert len(addresses) == len(set(addresses)) == found["sent"]
    assert sum(found.values()) == READERS
    assert not issue.deliveries.exclude(claim="", lease_until=None, repeated=False).exists()
    assert not journal._paths()
    return found


def by_itself(act: Callable[[], object]) -> Callable[[], None]:
    """As a page does it, in a thread and on a connection of its own; nobody waits for it for long."""

    def work() -> None:
        try:
            act()
        finally:
            connections.close_all()

    def start() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.05)  # the courier's thread would hold up its connections
        THREADS.append(thread)

    return start


@pytest.mark.parametrize("instant", INSTANTS)
def test_paused_and_gone_on_with(
    issue: Issue, server: MailServer, instant: str, monkeypatch: pytest.MonkeyPatch
):
    at(instant, by_itself(lambda: issues.pause(Issue.objects.get())), monkeypatch)
    found = the_numbers_add_up(issue, server)
    assert set(found) <= {"sent", "queued"}
    run()
    assert the_numbers_add_up(issue, server) == found
    issues.resume(Issue.objects.get())
    run()
    assert the_numbers_add_up(issue, server) == {"sent": READERS}


@pytest.mark.parametrize("instant", INSTANTS)
def test_cancelled(issue: Issue, server: MailServer, instant: str, monkeypatch: pytest.MonkeyPatch):
    at(instant, by_itself(lambda: issues.cancel(Issue.objects.get())), monkeypatch)
    found = the_numbers_add_up(issue, server)
    assert set(found) <= {"sent", "suppressed"}
    run()
    assert the_numbers_add_up(issue, server) == found


@pytest.mark.parametrize("instant", INSTANTS)
def test_told_to_end(issue: Issue, server: MailServer, instant: str, monkeypatch: pytest.MonkeyPatch):
    try:
        at(instant, stopping.stop, monkeypatch)
    finally:
        stopping.go_on()
    assert set(the_numbers_add_up(issue, server)) <= {"sent", "queued"}
    run()
    assert the_numbers_add_up(issue, server) == {"sent": READERS}
