"""A mail that comes back changes what it is about, once, and nothing that it cannot prove."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Entry
from outreach.newsletters import issues, returning, sending
from outreach.newsletters.models import Delivery, Issue, Newsletter, Returned
from outreach.newsletters.sending.letters import Letters, Reader
from outreach.notices.models import Notice
from outreach.subscribers import joining, lists, origins
from outreach.subscribers.models import Bounce, Confirmation, Subscriber
from outreach.subscribers.origins import Addresses, Sort
from tests.mail.bounces.samples import away, complaint, report
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
GONE, FULL = "550 5.1.1 <x>: User unknown", "552 5.2.2 Mailbox full"
LETTER = b"Return-Path: <an@school.example>\nFrom: an@school.example\nSubject: Vraagje\n\nUser unknown\n"
OURS = "554 5.7.1 Client host [192.0.2.1] blocked using list.example"


@pytest.fixture(autouse=True)
def _returns_are_set_up(settings: Any) -> None:
    settings.MAIL_RETURN = "terug@netwerk.example"


@pytest.fixture
def issue(newsletter: Newsletter, write: Callable[..., Entry], readers: Callable[[int], list[str]]) -> Issue:
    """Mailed to three readers."""
    readers(3)
    write("Voorlezen")
    made = issues.make_now(newsletter)
    issues.approve(made)
    sending.start_one(NOW)
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=NOW)
    return made


@pytest.fixture
def reader(issue: Issue) -> Subscriber:
    return Subscriber.objects.order_by("pk")[0]


def back_to(issue: Issue, reader: Subscriber, sort: Sort = Sort.ISSUE) -> list[str]:
    return [Addresses(sort, issue.pk).of(reader.pk)]


def state(reader: Subscriber) -> str:
    reader.refresh_from_db()
    return reader.state


def delivery(issue: Issue, reader: Subscriber) -> Delivery:
    return Delivery.objects.get(issue=issue, subscriber=reader)


def test_each_mail_has_an_address_of_its_own_to_come_back_to(issue: Issue, reader: Subscriber):
    parcel = Letters(issue).parcel(1, Reader(reader.pk, reader.address))
    assert origins.read(parcel.envelope_from) == (Sort.ISSUE, issue.pk, reader.pk)
    assert (
        parcel.envelope_from.upper() != parcel.envelope_from
    )  # a server that writes it in capitals changes nothing
    assert origins.read(parcel.envelope_from.upper()) == (Sort.ISSUE, issue.pk, reader.pk)


def test_without_such_an_address_mail_comes_back_to_the_sender(
    issue: Issue, reader: Subscriber, settings: Any
):
    settings.MAIL_RETURN = ""
    parcel = Letters(issue).parcel(1, Reader(reader.pk, reader.address))
    assert parcel.envelope_from == settings.MAIL_FROM
    assert b"mailto:" not in parcel.message.partition(b"\r\n\r\n")[0]


def test_a_mailbox_that_is_gone_gets_no_more_mail_and_the_issue_says_so(issue: Issue, reader: Subscriber):
    returning.receive(report(GONE, status="5.1.1"), back_to(issue, reader))
    assert state(reader) == "bounced"
    assert delivery(issue, reader).state == "bounced"
    assert "User unknown" in delivery(issue, reader).reply
    assert lists.is_suppressed(reader.address)


def test_a_full_mailbox_is_mailed_again_next_time(issue: Issue, reader: Subscriber):
    returning.receive(report(FULL, status="5.2.2"), back_to(issue, reader))
    assert state(reader) == "confirmed"
    assert delivery(issue, reader).state == "bounced"
    assert Bounce.objects.get().kind == "soft"


def test_an_objection_to_us_blames_no_reader_and_is_told_once(issue: Issue):
    for reader in Subscriber.objects.all():
        returning.receive(report(OURS, status="5.1.1"), back_to(issue, reader))
        assert state(reader) == "confirmed"
    assert Notice.objects.filter(key__contains="returned-about-us").count() == 1
    assert Activity.objects.filter(subject=subject_of(issue), level="trouble").count() == 1


def test_a_complaint_ends_it_at_once(issue: Issue, reader: Subscriber):
    returning.receive(complaint(), back_to(issue, reader))
    assert state(reader) == "complained"
    assert lists.is_suppressed(reader.address)


@pytest.mark.parametrize(
    "mail",
    [away(), report("451 4.4.1 try again", status="4.4.1", action="delayed"), LETTER],
)
def test_holidays_delays_and_letters_change_nothing(issue: Issue, reader: Subscriber, mail: bytes):
    returning.receive(mail, back_to(issue, reader))
    assert (state(reader), delivery(issue, reader).state) == ("confirmed", "sent")
    assert not Bounce.objects.exists()


def test_the_same_mail_twice_counts_once(issue: Issue, reader: Subscriber):
    first, second = (
        returning.receive(report(FULL, status="5.2.2"), back_to(issue, reader)) for _ in range(2)
    )
    assert first.pk == second.pk
    assert Bounce.objects.count() == 1


@pytest.mark.parametrize(
    "spoilt", ["n1.1.000000000000", "n1.1", "x1.1.aaaaaaaaaaaa", "n9999999999999999999.1.aaaaaaaaaaaa"]
)
def test_a_forged_address_gives_nobody_up(issue: Issue, reader: Subscriber, spoilt: str):
    row = returning.receive(
        report(GONE, status="5.1.1", reader=reader.address), [f"terug+{spoilt}@netwerk.example"]
    )
    assert (state(reader), row.origin) == ("confirmed", "")


def test_the_address_of_one_reader_says_nothing_of_another(issue: Issue, reader: Subscriber):
    other = Subscriber.objects.exclude(pk=reader.pk).first()
    assert other
    mine = back_to(issue, reader)[0]
    forged = mine.replace(f".{reader.pk}.", f".{other.pk}.")
    returning.receive(report(GONE, status="5.1.1"), [forged])
    assert state(other) == "confirmed"


def test_without_the_address_the_message_id_that_it_quotes_is_proof(issue: Issue, reader: Subscriber):
    ours = Letters(issue).parcel(1, Reader(reader.pk, reader.address)).message.partition(b"\r\n\r\n")[0]
    mail = report(GONE, status="5.1.1").replace(
        b"Return-Path: <nieuws@netwerk.example>", ours.replace(b"\r\n", b"\n")
    )
    returning.receive(mail)
    assert state(reader) == "bounced"


def test_a_message_id_with_another_mark_is_none(issue: Issue, reader: Subscriber):
    mail = report(GONE, status="5.1.1") + f"<{issue.pk}.{reader.pk}.{'0' * 12}@x>".encode()
    returning.receive(mail)
    assert state(reader) == "confirmed"


def test_a_mail_to_the_address_for_leaving_unsubscribes(issue: Issue, reader: Subscriber):
    address = back_to(issue, reader, Sort.LEAVE)
    head = Letters(issue).parcel(1, Reader(reader.pk, reader.address)).message.partition(b"\r\n\r\n")[0]
    assert f"<mailto:{address[0]}>".encode() in head.replace(b"\r\n", b"")
    row = returning.receive(b"From: x@y.example\nSubject: unsubscribe\n\n", address)
    assert row.kind == "leave"
    assert not lists.hears(reader, issue.newsletter.topic)
    assert not lists.is_suppressed(reader.address)


def test_a_returned_question_is_not_asked_for_ever(newsletter: Newsletter):
    joining.ask(newsletter.topic, "weg@school.example", wording="Ja")
    row = Confirmation.objects.get()
    Confirmation.objects.update(state="sent")
    address = Addresses(Sort.CONFIRMATION, row.pk).of(row.subscription.subscriber_id)
    returning.receive(report(GONE, status="5.1.1"), [address])
    row.refresh_from_db()
    assert row.state == "refused"
    assert lists.is_suppressed("weg@school.example")


def test_what_is_no_mail_of_ours_is_noted_and_nothing_else(db: None):
    assert returning.receive(b"\x00\xff junk", ["terug@netwerk.example"]).kind == "other"
    assert Returned.objects.count() == 1


@pytest.mark.parametrize("sign", [b"\0", b"\xed\xa0\x80", b"\x1b"])
def test_signs_that_no_database_takes_keep_no_mail_out(issue: Issue, reader: Subscriber, sign: bytes):
    mail = report("552 5.2.2 Mailbox full of X things", status="5.2.2").replace(b"X", sign)
    assert returning.receive(mail, back_to(issue, reader)).kind == "soft"
    assert "\0" not in Bounce.objects.get().reply
    kind = complaint("abuse\0") + sign
    assert returning.receive(kind, back_to(issue, reader)).kind == "complaint"


@pytest.mark.parametrize(
    "mail",
    [
        b"To: " + b"(a" * 50_000 + b"\n\nx",
        report("550 no\n X-A: b\n  ", prose="User unknown").replace(b"Status: 5", b"Status: \xff\r: 5"),
        b"From: MAILER-DAEMON@x.example\nSubject: Undeliverable\n\n" + b"\n" * 200_000,
        b"From: MAILER-DAEMON@x.example\nSubject: Undeliverable\n\n" + b">\n" * 200_000,
    ],
)
def test_a_hostile_mail_is_taken_in_and_stands_before_no_other(mail: bytes, db: None):
    began = time.process_time()
    assert returning.receive(mail).origin == ""
    assert time.process_time() - began < 20  # it was hours: what an attacker writes must cost little


def test_a_mail_that_nobody_can_read_is_noted(db: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("outreach.mail.bounces.returns.read", lambda raw: 1 / 0)
    assert returning.receive(b"x").kind == "other"


def test_what_was_in_doubt_and_came_back_is_not_sent_again(issue: Issue, reader: Subscriber):
    Delivery.objects.update(state=Delivery.State.UNKNOWN, handed_at=NOW)
    returning.receive(report(FULL, status="5.2.2"), back_to(issue, reader))
    assert delivery(issue, reader).state == "bounced"


def test_what_comes_back_of_an_old_issue_gives_nobody_up(issue: Issue, reader: Subscriber):
    Issue.objects.update(state=Issue.State.SENT, finished_at=NOW)
    with clock.frozen(NOW + timedelta(days=15)):
        for words in (GONE, OURS):
            returning.receive(report(words, status="5.1.1"), back_to(issue, reader))
        assert (state(reader), delivery(issue, reader).state) == ("confirmed", "sent")
        assert not Notice.objects.exists()
        returning.receive(complaint(), back_to(issue, reader))
    assert state(reader) == "complained"


def test_what_comes_back_of_an_old_issue_counts_while_readers_are_tried_again(
    issue: Issue, reader: Subscriber
):
    Issue.objects.update(state=Issue.State.SENDING, finished_at=NOW)
    with clock.frozen(NOW + timedelta(days=15)):
        returning.receive(report(GONE, status="5.1.1"), back_to(issue, reader))
    assert state(reader) == "bounced"


def test_nobody_fills_the_database_with_mails_that_differ(issue: Issue, reader: Subscriber):
    for number in range(30):
        returning.receive(report(f"552 5.2.2 full {number}", status="5.2.2"), back_to(issue, reader))
    assert Returned.objects.count() == Bounce.objects.count() == 20
    assert returning.receive(b"Subject: weg\n\n", back_to(issue, reader, Sort.LEAVE)).kind == "leave"
    assert not lists.hears(reader, issue.newsletter.topic)
