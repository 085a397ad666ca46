"""What a reply of a mail server means for one message (RFC 5321, RFC 3463)."""

import re

from outreach.mail.base import Outcome, Verdict

_ENHANCED = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")

# 530 and 535 are about a login (RFC 4954); 500 to 504 say that we speak wrongly.
_ABOUT_US_CODES = frozenset({500, 501, 502, 503, 504, 530, 534, 535, 538})
# The sender's address (5.1.7, 5.1.8) and a message that is too large for the server (5.3.4).
_ABOUT_US_ENHANCED = frozenset({"5.1.7", "5.1.8", "5.3.4"})

# What the mailbox's own server said to a relay that asked it first (Postfix's reject_unverified_recipient).
# The relay's code before it is 5.1.1 whatever that was, a full mailbox too.
_SAID = re.compile(r"\bsaid: ([245]\d\d .*)", re.DOTALL)

_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_NO_SUCH_USER = re.compile(
    r"(user|mailbox|recipient|address|account) (is )?(unknown|not found|disabled|does not exist)"
    r"|(no such|unknown) (user|mailbox|recipient|address|account)",
    re.IGNORECASE,
)


def outcome(code: int, text: str, *, stage: str) -> Outcome:
    """`stage` is mail, rcpt, data or dot.

    A refusal at MAIL can only be about the sender: no recipient has been named yet.
    """
    reply = f"{code} {text}".replace("\0", "").strip()[:500]  # no column takes a NUL
    if 200 <= code < 300:
        return Outcome(Verdict.ACCEPTED if stage == "dot" else Verdict.UNKNOWN, reply)
    if 400 <= code < 500:
        return Outcome(Verdict.DEFERRED, reply)
    if 500 <= code < 600:
        return Outcome(_refusal(code, text, stage), reply)
    # Not a reply at all. Before the dot nothing was handed over.
    return Outcome(Verdict.UNKNOWN if stage == "dot" else Verdict.DEFERRED, reply)


def enhanced_code(text: str) -> str:
    """ "5.1.1" in "550 5.1.1 No such user" or in "5.1.1 No such user"; "" when there is none (RFC 3463)."""
    found = _ENHANCED.match(re.sub(r"^\d{3}[ -]", "", text))
    return found[1] if found else ""


def names_no_mailbox(reply: str) -> bool:
    """Whether a refusal says that the mailbox does not exist, or not any more (RFC 3463, X.1.x and 5.2.1)."""
    inner = _SAID.search(reply)
    reply = inner[1] if inner else reply
    enhanced = enhanced_code(reply)
    return enhanced in _NO_MAILBOX or (not enhanced and bool(_NO_SUCH_USER.search(reply)))


def _refusal(code: int, text: str, stage: str) -> Verdict:
    enhanced = enhanced_code(text)
    if stage == "rcpt" and (code == 501 or enhanced in _NO_MAILBOX):
        # Postfix says 501 5.1.3 to an address that it cannot read: one reader's, not the way we speak.
        return Verdict.REFUSED
    about_us = (
        stage in {"mail", "data"}
        or code in _ABOUT_US_CODES
        or enhanced.startswith("5.7.")
        or enhanced in _ABOUT_US_ENHANCED
    )
    return Verdict.ABOUT_US if about_us else Verdict.REFUSED
