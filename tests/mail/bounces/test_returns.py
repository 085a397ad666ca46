"""Returned mails are understood: gone, full, about us, on the way, a complaint, a holiday."""

import logging

import pytest
from flufl.bounce import all_failures
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.mail.bounces import reading, returns
from outreach.mail.bounces.base import Kind
from outreach.mail.bounces.judging import rules
from tests.mail.bounces.samples import READER, away, complaint, prose, report

pytestmark = pytest.mark.once

RCPT, DATA = "(in reply to RCPT TO command)", "(in reply to end of DATA command)"
HARD, SOFT, US = Kind.HARD, Kind.SOFT, Kind.ABOUT_US

REPORTS = [
    (
        "550 5.1.1 <x>: Recipient address rejected: User unknown in virtual mailbox table",
        "5.1.1",
        HARD,
        "no-mailbox",
    ),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", "5.1.10", HARD, "no-mailbox"),
    (f"550 No such user here {RCPT}", "5.0.0", HARD, "no-mailbox"),
    ("550 5.4.1 Recipient address rejected: Access denied.", "5.4.1", HARD, "no-mailbox"),
    (
        "450 4.1.1 <x>: Recipient address rejected: User unknown in local recipient table",
        "4.1.1",
        HARD,
        "no-mailbox",
    ),
    ("550 5.1.1 Dit adres bestaat niet (meer)", "5.1.1", HARD, "no-mailbox"),
    ("550 5.1.6 recipient no longer on server: x", "5.1.6", HARD, "moved"),
    ("550 Host unknown", "5.1.2", HARD, "no-domain"),
    ("", "5.1.2", HARD, "no-domain"),
    ("556 5.1.10 domain does not accept mail", "5.1.10", HARD, "takes-no-mail"),
    ("552 5.2.2 <x>: Quota exceeded (mailbox for user is full)", "5.2.2", SOFT, "full"),
    ("552 sorry, mailbox is over quota temporarily (#5.1.1)", "5.1.1", SOFT, "full"),
    ("550 5.2.1 The email account that you tried to reach is disabled.", "5.2.1", SOFT, "disabled"),
    (f"550 Unknown user {DATA}", "5.0.0", SOFT, "filtered"),
    ("421 4.4.2 Connection timed out", "4.4.7", SOFT, "not-in-time"),
    ("", "4.4.7", SOFT, "not-in-time"),
    ("451 4.3.0 Temporary lookup failure", "4.3.0", SOFT, "server-trouble"),
    ("550 5.7.26 Unauthenticated email from netwerk.example is not accepted", "5.7.26", US, "authentication"),
    ("550 5.7.1 Email rejected per DMARC policy for netwerk.example", "5.7.1", US, "authentication"),
    (
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using list.example",
        "5.1.1",
        US,
        "reputation",
    ),
    ("550 5.7.1 IP address blacklisted by recipient", "5.1.1", US, "reputation"),
    (
        "550 5.7.25 The IP address sending this message does not have a PTR record",
        "5.7.25",
        US,
        "reverse-dns",
    ),
    ("553 5.1.8 <n@x>: Sender address rejected: Domain not found", "5.1.8", US, "sender-refused"),
    ("554 5.7.1 <x>: Relay access denied", "5.7.1", US, "relay"),
    ("554 5.7.1 Message content rejected, UBE", "5.7.1", US, "spam-or-virus"),
    ("552 5.3.4 Message size exceeds fixed limit", "5.3.4", US, "too-large"),
    ("", "5.7.1", US, "policy"),
    ("", "5.0.0", SOFT, "refused"),
]


@pytest.mark.parametrize(("words", "status", "kind", "reason"), REPORTS)
def test_a_report_is_judged_by_its_words_then_by_its_numbers(
    words: str, status: str, kind: Kind, reason: str
):
    text = f"Sorry.\n\n<{READER}>: host mx.school.example said:\n    {words}\n"
    found = returns.read(report(words, status=status, prose=text))
    assert [(one.kind, one.reason, one.recipient) for one in found] == [(kind, reason, READER)]


PROSE = [
    (f"<{READER}>:\nSorry, no mailbox here by that name. (#5.1.1)\n", HARD, "no-mailbox"),
    (
        f"<{READER}>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 unknown user\n",
        HARD,
        "no-mailbox",
    ),
    (f"  {READER}\n    SMTP error after end of data:\n    550 : User unknown\n", SOFT, "filtered"),
    (f"  {READER}\n    SMTP error after MAIL FROM:<n@x>:\n    550 not welcome\n", US, "sender-refused"),
    (f"User {READER} not listed in Domino Directory\n", HARD, "no-mailbox"),
    (f"{READER}: quoted: 550 No such user\n", SOFT, "filtered"),  # whose answer to what? not proof enough
    (f"<{READER}>:\nSorry, I couldn't find any host named school.example. (#5.1.2)\n", HARD, "no-domain"),
    (f"<{READER}>:\nThis account is over quota.\n", SOFT, "full"),
    (f"THIS IS A WARNING MESSAGE ONLY.\n\n  {READER}\n\nHost not reachable\n", Kind.DELAYED, "not-in-time"),
    (f"Hello.\n\n<{READER}>: something odd happened\n", Kind.UNKNOWN, "unknown"),
]


@pytest.mark.parametrize(("words", "kind", "reason"), PROSE)
def test_words_alone_are_judged_by_what_stands_near_the_address(words: str, kind: Kind, reason: str):
    found = returns.read(prose(words))
    assert [(one.kind, one.reason, one.recipient) for one in found] == [(kind, reason, READER)]


def test_what_the_mail_itself_says_is_no_reason():
    found = returns.read(report("", status="", prose="Delivery report unavailable.\n"))
    assert [one.kind for one in found] == [Kind.UNKNOWN]


def test_a_delayed_mail_is_no_bounce_yet():
    found = returns.read(report("451 4.3.2 try again later", status="4.3.2", action="delayed"))
    assert [one.kind for one in found] == [Kind.DELAYED]


def test_each_recipient_of_one_report_has_its_own_verdict():
    first, second = "vol@school.example", "weg@school.example"
    fields = (
        f"Final-Recipient: rfc822; {first}\nAction: failed\nStatus: 5.2.2\n"
        f"Final-Recipient: rfc822; {second}\nAction: failed\nStatus: 5.1.1\n"
    )
    mail = report("").replace(f"Final-Recipient: rfc822; {READER}".encode(), fields.encode())
    assert [(one.recipient, one.kind) for one in returns.read(mail)][:2] == [(first, SOFT), (second, HARD)]


def test_a_complaint_is_told_from_a_bounce_and_names_the_reader():
    found = returns.read(complaint())
    assert [(one.kind, one.recipient) for one in found] == [(Kind.COMPLAINT, READER)]


def test_a_report_about_signatures_blames_no_reader():
    assert [one.kind for one in returns.read(complaint("auth-failure"))] == [Kind.ABOUT_US]


@pytest.mark.parametrize("mail", [away(), away("Out of office: back on Monday", ""), away("Re: hallo")])
def test_a_holiday_is_no_bounce_whatever_words_are_in_it(mail: bytes):
    assert [one.kind for one in returns.read(mail)] == [Kind.AUTOMATIC]


def test_a_mail_by_a_person_says_nothing():
    mail = prose("550 5.1.1 User unknown", sender="An <an@school.example>").replace(
        b"<>", b"<an@school.example>"
    )
    assert returns.read(mail.replace(b"Delivery failure", b"Vraagje")) == []


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_no_bytes_are_too_hostile(junk: bytes):
    returns.read(junk)
    returns.read(report("550 5.1.1 x").replace(b"Status", junk))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_mail_that_was_cut_is_read_as_far_as_it_goes(begin: int, length: int):
    mail = report(f"550 5.1.1 User unknown {RCPT}", status="5.1.1")
    assert {one.kind for one in returns.read(mail[begin : begin + length])} <= {HARD, Kind.UNKNOWN, SOFT}


def test_every_rule_has_a_reason_and_is_read():
    assert len(rules()) > 25
    assert all(rule.reason for rule in rules())


def test_a_mail_that_a_library_stumbles_over_fills_no_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    hostile = b"From: \nSubject: Delivery failure\n\n(reason not said)\n"
    # As it does by itself over an empty From, but with some releases of Python only.
    monkeypatch.setattr("flufl.bounce._detectors.yale.Yale.process", lambda self, message: [][0])
    message = reading.parsed(hostile)
    logging.getLogger("flufl.bounce").setLevel(logging.NOTSET)
    with pytest.raises(IndexError):
        all_failures(message)
    assert "Traceback" in caplog.text  # else the rest shows nothing
    caplog.clear()
    returns.read(hostile)
    assert not caplog.text
