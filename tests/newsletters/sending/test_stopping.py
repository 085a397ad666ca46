"""Pausing, cancelling, leaving, the end of a worker: while mails are on their way."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import translation

from outreach.core import stopping
from outreach.newsletters import issues, sending
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.newsletters.sending import claiming, rounds
from outreach.newsletters.sending import readers as reading
from outreach.subscribers import choosing, joining, tokens
from outreach.subscribers.models import Subscriber
from tests.fakes.postoffice import PostOffice
from tests.newsletters.conftest import NOW
from tests.newsletters.sending.scene import run, states

pytestmark = pytest.mark.django_db(transaction=True)
READERS = 300
SLOWNESS = 0.01  # seconds for each mail: a round takes long enough for something to happen in it


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    """Takes a moment for each mail."""
    with PostOffice(slowness=SLOWNESS) as office:
        settings.MAIL_URL, settings.MAIL_FROM = f"{office.url}&connections=2", "nieuws@school.example"
        yield office


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


def while_it_goes_out(office: PostOffice, act: Callable[[], object], after: int = 20) -> int:
    """Mail, and do `act` once `after` mails have arrived; how many had when it was done."""
    arrived = []

    def meanwhile() -> None:
        try:
            while sum(office.received().values()) < after:
                threading.Event().wait(0.002)
            act()
            arrived.append(sum(office.received().values()))
        finally:
            connections.close_all()

    other = threading.Thread(target=meanwhile)
    other.start()
    sending.deliver_some(NOW)
    other.join()
    return arrived[0]


def in_small_chunks(monkeypatch: Any) -> None:
    """So that the last readers are far from claimed when the first ones have it, on a busy machine too."""
    for name in ("_FIRST", "_MOST", "_ENOUGH"):
        monkeypatch.setattr(rounds, name, 50)


def check_the_numbers(issue: Issue, office: PostOffice) -> Counter[str]:
    found = states(issue)
    assert found["sent"] == sum(office.received().values())
    assert set(office.received().values()) == {1}
    assert sum(found.values()) == READERS
    assert not issue.deliveries.exclude(claim="", lease_until=None).exists()
    return found


def test_a_paused_issue_stops_at_once_and_goes_on_where_it_was(issue: Issue, office: PostOffice):
    while_it_goes_out(office, lambda: issues.pause(Issue.objects.get()))
    found = check_the_numbers(issue, office)
    assert found["queued"] > 0
    assert set(found) == {"sent", "queued"}
    sending.deliver_some(NOW)
    assert check_the_numbers(issue, office) == found
    issues.resume(Issue.objects.get())
    run()
    assert check_the_numbers(issue, office) == {"sent": READERS}


def test_a_cancelled_issue_says_of_each_reader_whether_it_came(issue: Issue, office: PostOffice):
    while_it_goes_out(office, lambda: issues.cancel(Issue.objects.get()))
    found = check_the_numbers(issue, office)
    assert set(found) == {"sent", "suppressed"}
    run()
    assert check_the_numbers(issue, office) == found


def test_who_leaves_while_it_goes_out_gets_nothing_from_the_next_chunk_on(
    issue: Issue, office: PostOffice, monkeypatch: Any
):
    in_small_chunks(monkeypatch)
    last = Subscriber.objects.order_by("pk")[READERS - 1]
    token = tokens.unsubscribe_token(last, issue.newsletter.topic)
    while_it_goes_out(office, lambda: joining.leave(token))
    run()
    assert states(issue) == {"sent": READERS - 1, "suppressed": 1}
    assert last.address not in office.received()


def test_who_presses_the_mail_programs_button_while_it_goes_out_gets_nothing(
    issue: Issue, office: PostOffice, monkeypatch: Any
):
    """The whole way: the request that a mailbox provider makes, between two chunks."""
    in_small_chunks(monkeypatch)
    last = Subscriber.objects.order_by("pk")[READERS - 1]
    address = f"/unsubscribe/{tokens.unsubscribe_token(last, issue.newsletter.topic)}/"

    def press() -> None:
        answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200

    while_it_goes_out(office, press)
    run()
    assert states(issue) == {"sent": READERS - 1, "suppressed": 1}
    assert last.address not in office.received()


def test_who_takes_a_break_while_it_goes_out_gets_nothing_from_the_next_chunk_on(
    issue: Issue, office: PostOffice, monkeypatch: Any
):
    in_small_chunks(monkeypatch)
    last = Subscriber.objects.order_by("pk")[READERS - 1]
    wishes = choosing.Wishes(
        topics={}, shown=frozenset(), language="nl", paused_until=NOW + timedelta(days=30)
    )
    while_it_goes_out(office, lambda: choosing.choose(tokens.preferences_token(last), wishes))
    run()
    assert states(issue) == {"sent": READERS - 1, "suppressed": 1}
    assert last.address not in office.received()
    stopped = issue.deliveries.get(state="suppressed")
    with translation.override("en"):
        assert reading.words(stopped, issue) == "This person takes a break from newsletters."
    last.refresh_from_db()
    assert last.state == Subscriber.State.CONFIRMED


def test_a_worker_that_is_to_end_ends_what_it_has_begun_and_repeats_nothing(issue: Issue, office: PostOffice):
    try:
        while_it_goes_out(office, stopping.stop)
    finally:
        stopping.go_on()
    found = check_the_numbers(issue, office)
    assert found["queued"] > 0
    assert set(found) == {"sent", "queued"}
    run()
    assert check_the_numbers(issue, office) == {"sent": READERS}
    assert not issue.deliveries.filter(repeated=True).exists()


def test_a_worker_whose_lease_was_lost_records_nothing_and_begins_nothing(
    issue: Issue, office: PostOffice, monkeypatch: Any
):
    monkeypatch.setattr(claiming, "needs_renewal", lambda mine: True)

    def take_over() -> None:
        Delivery.objects.filter(state="claimed").update(claim="another", lease_until=NOW + claiming.LEASE)

    arrived = while_it_goes_out(office, take_over)
    mine = issue.deliveries.filter(claim="another")
    assert set(mine.values_list("state", flat=True)) == {"claimed"}
    assert issue.deliveries.filter(state="sent").count() <= arrived
    assert sum(office.received().values()) < READERS


def test_a_worker_that_slept_through_its_lease_begins_nothing(
    issue: Issue, office: PostOffice, monkeypatch: Any
):
    monkeypatch.setattr(claiming, "_runs_from", lambda mine, asked: setattr(mine, "renewed", asked))
    sending.deliver_some(NOW)
    assert not office.received()
    assert states(issue) == {"queued": READERS}
