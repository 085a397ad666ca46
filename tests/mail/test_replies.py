"""What a reply means (RFC 5321, RFC 3463)."""

import pytest

from outreach.mail.replies import enhanced_code, names_no_mailbox


@pytest.mark.parametrize(
    ("reply", "gone"),
    [
        ("550 5.1.1 <an@example.org>: Recipient address rejected: User unknown", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", True),
        ("550 5.2.1 The email account that you tried to reach is disabled", True),
        ("550 No such user here", True),
        ("550 mailbox does not exist", True),
        ("552 5.2.2 mailbox full", False),
        ("550 5.7.1 user unknown to our policy", False),
        ("550 5.1.1 <an@a.example>: undeliverable: host b said: 550 5.1.1 <an@a.example> unknown", True),
        ("550 5.1.1 <an@a.example>: undeliverable: host b said: 552 5.2.2 <an@a.example> full", False),
        ("451 4.3.0 try again", False),
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
