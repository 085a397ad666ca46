"""Who got an issue: found, paged, exported and tried again; and how far it is."""

import csv
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from outreach.core.errors import OutreachError
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import NOTHING
from outreach.newsletters import sending
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.newsletters.sending import counting, readers, retrying
from outreach.newsletters.sending.finishing import finish_one
from outreach.subscribers import bounces, joining
from outreach.subscribers.models import Bounce, Subscriber
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
GONE = "550 5.1.1 No such user"
FULL = "552 5.2.2 Mailbox full"


@pytest.fixture
def issue(newsletter: Newsletter) -> Issue:
    return Issue.objects.create(
        newsletter=newsletter, slot=NOW, state="sent", started_at=NOW - timedelta(minutes=10), finished_at=NOW
    )


@pytest.fixture
def deliver(newsletter: Newsletter, issue: Issue) -> Callable[..., Delivery]:
    """One reader, and how the mail fared."""

    def deliver(address: str, state: str, reply: str = "", **values: Any) -> Delivery:
        joining.add(newsletter.topic, address, how="test", wording="Ja.", language="nl")
        person = Subscriber.objects.get(address_key=address)
        known = {"due_at": NOW, "attempts": 5, "reply": reply, **values}
        return Delivery.objects.create(issue=issue, subscriber=person, state=state, **known)

    return deliver


def lines(issue: Issue, kind: str = "all") -> list[list[str]]:
    text = "".join(readers.export_csv(issue, kind))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";"))


# ---- Finding and paging ----


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_going_on_and_back_shows_each_reader_once_in_order(
    issue: Issue, deliver: Callable[..., Delivery], size: int
):
    rows = [deliver(f"lezer{number}@example.org", "sent").pk for number in range(7)]
    found, there, parts = readers.find(issue), 0, []
    while True:
        part = readers.part(found, after=there, size=size)
        parts.append([row.pk for row in part.rows])
        if not part.after:
            break
        there = part.after
    assert [pk for part in parts for pk in part] == rows
    back = [parts[-1]]
    while before := readers.part(found, before=back[0][0], size=size).rows:
        back.insert(0, [row.pk for row in before])
    assert [pk for part in back for pk in part] == rows


def test_the_first_part_has_none_before_it_and_the_last_none_behind(
    issue: Issue, deliver: Callable[..., Delivery]
):
    rows = [deliver(f"lezer{number}@example.org", "sent").pk for number in range(4)]
    first = readers.part(readers.find(issue), size=2)
    assert (first.before, first.after) == (0, rows[1])
    last = readers.part(readers.find(issue), after=first.after, size=2)
    assert (last.before, last.after) == (rows[2], 0)
    again = readers.part(readers.find(issue), before=last.before, size=2)
    assert ([row.pk for row in again.rows], again.before, again.after) == (rows[:2], 0, rows[1])


def test_an_address_is_found_by_how_it_begins_whatever_its_capitals(
    issue: Issue, deliver: Callable[..., Delivery]
):
    (
        deliver("anna@example.org", "sent"),
        deliver("annabel@example.org", "bounced"),
        deliver("jan@anna.be", "sent"),
    )
    found = [row.subscriber.address for row in readers.find(issue, search="ANNA")]
    assert found == ["anna@example.org", "annabel@example.org"]
    assert [row.subscriber.address for row in readers.find(issue, "refused", "anna")] == [
        "annabel@example.org"
    ]
    assert not readers.find(issue, search="a%").exists()


def test_every_state_has_one_tab():
    states = [state for kind, states in readers.KINDS.items() if kind != "all" for state in states]
    assert sorted(states) == sorted(Delivery.State.values)


# ---- Exporting ----


def test_the_file_tells_of_each_reader_in_the_language_of_who_asks(
    issue: Issue, deliver: Callable[..., Delivery]
):
    deliver("anna@example.org", "sent", "250 ok", sent_at=NOW, attempts=1)
    deliver("bert@example.org", "bounced", FULL)
    with translation.override("nl"):
        text = readers.export_csv(issue)
    _heads, anna, bert = csv.reader(io.StringIO("".join(text)), delimiter=";")
    assert anna == ["anna@example.org", "verstuurd", "2026-03-10T08:00:00+00:00", "1", "", "250 ok"]
    assert bert[0] == "bert@example.org"
    assert bert[5] == FULL
    assert [line[0] for line in lines(issue, "refused")[1:]] == ["bert@example.org"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_file_is_a_formula(issue: Issue, deliver: Callable[..., Delivery], begin: str):
    deliver("anna@example.org", "bounced", f"{begin}cmd|' /C calc'!A0")
    assert lines(issue)[1][5].startswith(f"'{begin}")


def test_the_file_is_written_in_batches_that_do_not_grow(
    issue: Issue, deliver: Callable[..., Delivery], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(readers, "_BATCH", 3)
    for number in range(8):
        deliver(f"lezer{number}@example.org", "sent")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        pieces = list(readers.export_csv(issue))
    assert [piece.count("\n") for piece in pieces] == [1, 3, 3, 2]
    assert len(asked) == 4


# ---- Trying again ----


def test_what_was_refused_is_queued_again_and_the_issue_goes_on_until_it_is_through(
    issue: Issue, deliver: Callable[..., Delivery], django_user_model: Any
):
    els = django_user_model.objects.create(username="els")
    deliver("anna@example.org", "sent")
    row = deliver("bert@example.org", "bounced", FULL)
    assert retrying.retry(issue, by=els) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.due_at, row.handed_at) == ("queued", 0, NOW, None)
    assert (issue.state, issue.finished_at) == ("sending", NOW)
    told = Activity.objects.filter(subject=subject_of(issue)).latest("pk")
    assert (str(told.sentence), told.actor) == ("1 mail is tried again.", els)
    assert not finish_one(NOW)
    Delivery.objects.update(state="sent")
    assert finish_one(NOW)
    issue.refresh_from_db()
    assert issue.state == "sent"


def test_an_entry_is_told_once_that_it_was_mailed_with_the_number_after_the_last_try(
    issue: Issue, deliver: Callable[..., Delivery], write: Callable[..., Any]
):
    entry = write("Nieuws")
    issue.items.create(newsletter=issue.newsletter, entry=entry, position=0)
    deliver("anna@example.org", "sent")
    deliver("bert@example.org", "bounced", FULL)
    for _round in range(3):
        Issue.objects.update(state="sending")
        assert finish_one(NOW)
        issue.refresh_from_db()
        with suppress(OutreachError):
            retrying.retry(issue)
        Delivery.objects.update(state="sent")
    told = Activity.objects.filter(subject=subject_of(entry))
    assert [str(one.sentence) for one in told] == ["Mailed in the newsletter “Nieuwsbrief” to 2 readers."]


def test_only_chosen_ones_are_tried_and_what_was_put_off_may_be_among_them(
    issue: Issue, deliver: Callable[..., Delivery]
):
    waits = deliver("anna@example.org", "deferred", "451 later", due_at=NOW + timedelta(hours=4))
    deliver("bert@example.org", "bounced", FULL)
    sent = deliver("chloe@example.org", "sent")
    assert retrying.retry(issue, [waits.pk, sent.pk]) == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["bounced", "queued", "sent"]


def test_a_mailbox_that_does_not_exist_is_left_alone_unless_that_is_asked(
    issue: Issue, deliver: Callable[..., Delivery]
):
    row = deliver("weg@example.org", "bounced", GONE)
    assert retrying.numbers(issue) == (0, 1)
    with pytest.raises(OutreachError, match="nothing that can be tried"):
        retrying.retry(issue)
    with pytest.raises(OutreachError, match="nothing that can be tried"):
        retrying.retry(issue, [row.pk])
    issue.refresh_from_db()
    assert issue.state == "sent"
    assert retrying.retry(issue, gone_too=True) == 1


def test_who_left_or_is_never_mailed_again_is_not_tried(issue: Issue, deliver: Callable[..., Delivery]):
    left, never = deliver("an@example.org", "bounced", FULL), deliver("bo@example.org", "bounced", GONE)
    stopped, erased = deliver("cor@example.org", "suppressed"), deliver("dirk@example.org", "bounced", FULL)
    assert left.subscriber
    assert never.subscriber
    left.subscriber.subscriptions.update(left_at=NOW)
    bounces.note_refusal(never.subscriber, GONE, Bounce.Kind.HARD)
    Delivery.objects.filter(pk=erased.pk).update(subscriber=None)
    assert retrying.numbers(issue) == (0, 0)
    with pytest.raises(OutreachError, match="nothing that can be tried"):
        retrying.retry(issue, [left.pk, never.pk, stopped.pk, erased.pk], gone_too=True)


@pytest.mark.parametrize("state", ["draft", "approved", "cancelled", "skipped"])
def test_an_issue_that_does_not_go_out_is_not_tried_again(
    issue: Issue, deliver: Callable[..., Delivery], state: str
):
    deliver("bert@example.org", "bounced", FULL)
    Issue.objects.update(state=state)
    with pytest.raises(OutreachError, match="not possible any more"):
        retrying.retry(issue)
    assert Delivery.objects.get().state == "bounced"


def test_a_paused_issue_stays_paused(issue: Issue, deliver: Callable[..., Delivery]):
    deliver("bert@example.org", "bounced", FULL)
    Issue.objects.update(state="paused")
    retrying.retry(issue)
    assert issue.state == "paused"


@pytest.mark.django_db(transaction=True)
def test_two_who_try_again_at_once_queue_each_mail_once(issue: Issue, deliver: Callable[..., Delivery]):
    for number in range(20):
        deliver(f"lezer{number}@example.org", "bounced", FULL)
    start = threading.Barrier(4)

    def again(_number: int) -> int:
        start.wait()
        try:
            return retrying.retry(Issue.objects.get(pk=issue.pk))
        except OutreachError:
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(again, range(4))) == [0, 0, 0, 20]


# ---- How far ----


@pytest.fixture
def going(issue: Issue, deliver: Callable[..., Delivery]) -> Iterator[Issue]:
    """Half an hour under way: thirty in the last minute, ten still to go."""
    Issue.objects.update(state="sending", started_at=NOW - timedelta(minutes=30), finished_at=None)
    for number in range(30):
        deliver(f"nu{number}@example.org", "sent", sent_at=NOW - timedelta(seconds=number))
    for number in range(5):
        deliver(f"eerder{number}@example.org", "sent", sent_at=NOW - timedelta(minutes=5))
        deliver(f"straks{number}@example.org", "queued")
        deliver(f"bezig{number}@example.org", "claimed")
    deliver("later@example.org", "deferred"), deliver("weg@example.org", "bounced", GONE)
    issue.refresh_from_db()
    return issue


def test_how_far_how_fast_and_how_long_is_one_query(going: Issue):
    with CaptureQueriesContext(connection) as asked:
        found = sending.progress(going)
    assert len(asked) == 1
    assert (found.total, found.sent, found.queued, found.deferred, found.bounced) == (47, 35, 10, 1, 1)
    assert (found.per_minute, found.seconds_left) == (30, 20)
    assert counting.in_words(found) == "36 of 47 readers"
    assert counting.pace_in_words(found) == "30 a minute; less than a minute left."


@pytest.mark.parametrize(
    ("queued", "words"),
    [
        (31, "30 a minute; about 2 minutes left."),
        (900, "30 a minute; about 30 minutes left."),
        (3600, "30 a minute; about 2 hours left."),
    ],
)
def test_the_time_that_it_takes_still_is_said_as_people_do(queued: int, words: str):
    numbers = dict.fromkeys(("total", "sent", "deferred", "bounced", "suppressed", "unknown", "repeated"), 0)
    found = sending.Progress(
        **numbers, queued=queued, waiting_for=NOTHING, per_minute=30, seconds_left=queued * 2
    )
    assert counting.pace_in_words(found) == words


@pytest.mark.parametrize("state", ["paused", "sent"])
def test_what_stands_still_has_no_pace(going: Issue, state: str):
    Issue.objects.update(state=state)
    going.refresh_from_db()
    assert counting.pace_in_words(sending.progress(going)) == ""


def test_in_its_first_seconds_the_pace_is_that_of_those_seconds(going: Issue):
    Issue.objects.update(started_at=NOW - timedelta(seconds=10))
    going.refresh_from_db()
    assert sending.progress(going).per_minute == 60
