"""What a reply means (RFC 5321, RFC 3463)."""

import pytest

from outreach.mail import envelopes
from outreach.mail.base import Outcome, Verdict
from outreach.mail.bounces.judging import answered, rules
from outreach.mail.reading import Reader
from outreach.mail.replies import enhanced_code, names_no_mailbox, outcome, reason_of
from outreach.subscribers.reasons import in_words


@pytest.mark.parametrize(
    ("reply", "gone"),
    [
        ("550 5.1.1 <an@example.org>: Recipient address rejected: User unknown", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", True),
        ("550 5.2.1 The email account that you tried to reach is disabled", False),  # it may be opened again
        ("550 No such user here", True),
        ("550 mailbox does not exist", True),
        ("552 5.2.2 mailbox full", False),
        ("550 5.7.1 user unknown to our policy", False),
        ("550 5.1.1 <an@a.example>: undeliverable: host b said: 550 5.1.1 <an@a.example> unknown", True),
        ("550 5.1.1 <an@a.example>: undeliverable: host b said: 552 5.2.2 <an@a.example> full", False),
        ("451 4.3.0 try again", False),
        ("450 4.1.1 user unknown", False),
        ("550 5.1.1 <spam@virus.example>: Recipient address rejected: User unknown", True),
        ("550 rejected", False),
        ("", False),
    ],
)
def test_only_a_mailbox_that_is_gone_is_gone(reply: str, gone: bool):
    assert names_no_mailbox(reply) is gone


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 5.1.1 no", "5.1.1"),
        ("5.1.1 no", "5.1.1"),
        ("550-5.7.26 a", "5.7.26"),
        ("550 no", ""),
        ("6.1.1", ""),
    ],
)
def test_the_enhanced_code_of_a_reply(text: str, code: str):
    assert enhanced_code(text) == code


@pytest.mark.parametrize(
    ("stage", "reply", "verdict"),
    [
        ("mail", "550 no", Verdict.ABOUT_US),
        ("data", "550 no", Verdict.ABOUT_US),
        ("rcpt", "550 no", Verdict.REFUSED),
        ("dot", "550 no", Verdict.REFUSED),
        ("rcpt", "550 User unknown", Verdict.GONE),
        ("dot", "550 User unknown", Verdict.REFUSED),  # a filter's word: the server took the reader before
        ("dot", "550 5.1.1 User unknown", Verdict.GONE),
        ("rcpt", "501 5.1.3 Syntax error in recipient address", Verdict.GONE),
        ("rcpt", "501 Syntax error in parameters", Verdict.REFUSED),
        ("rcpt", "503 sequence", Verdict.ABOUT_US),
        ("rcpt", "553 5.6.7 no such signs", Verdict.REFUSED),
        ("rcpt", "554 Client host blocked using list.example", Verdict.ABOUT_US),
        ("rcpt", "552 5.3.4 too big", Verdict.ABOUT_US),
        ("rcpt", "450 4.1.1 User unknown", Verdict.DEFERRED),
    ],
)
def test_a_refusal_at_a_command_is_judged_by_the_rules_for_returned_mails(
    stage: str, reply: str, verdict: Verdict
):
    found = outcome(int(reply[:3]), reply[4:], stage=stage)
    assert found == Outcome(verdict, reply)


@pytest.mark.parametrize("name", ["spam", "virus", "quota", "blacklist", "no-reply-policy", "timeout"])
def test_a_word_in_the_readers_address_is_no_word_of_the_server(name: str):
    address = f"{name}@{name}.example"
    assert outcome(550, f"5.1.1 <{address}>: User unknown", stage="rcpt").verdict is Verdict.GONE


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (outcome(550, "5.1.1 no", stage="rcpt"), "no-mailbox"),
        (outcome(552, "5.2.2 full", stage="rcpt"), "full"),
        (outcome(550, "User unknown", stage="dot"), "refused"),
        (outcome(550, "no", stage="mail"), "policy"),
        (Outcome(Verdict.DEFERRED, "450 4.2.2 Mailbox full"), "full"),
    ],
)
def test_the_reason_fits_the_verdict(found: Outcome, reason: str):
    assert reason_of(found) == reason


def test_each_reason_of_the_rules_has_words_for_people():
    for reason in {rule.reason for rule in rules()} | {"unknown", answered("").reason}:
        assert str(in_words(reason)), reason


@pytest.mark.parametrize(
    "line",
    [
        b"250 2.0.0 Ok: queued as 4bXy",
        b"250 ",
        b"250 ok ",
        b"250  two   blanks",
        b"250 a\ttab\x0band more\x00",
        b"250 no\xc2\xa0break",
        b"250 not UTF-8 \xff\xfe",
        b"250 " + b"x" * 600,
    ],
)
def test_the_short_way_for_what_is_accepted_says_what_the_long_one_says(line: bytes) -> None:
    (reply,) = Reader().feed(line + b"\r\n")
    assert envelopes.accepted(line) == outcome(reply.code, reply.text, stage="dot")
