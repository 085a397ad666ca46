"""What a reply of a mail server means for one message (RFC 5321, RFC 3463).

What a refusal means is decided by the rules for returned mails (`bounces.judging`).
"""

import re

from outreach.mail.base import Outcome, Verdict
from outreach.mail.bounces.base import Kind, Stage
from outreach.mail.bounces.judging import answered

_ENHANCED = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")

_STAGES = {"mail": Stage.MAIL, "rcpt": Stage.RCPT, "data": Stage.BEGIN, "dot": Stage.DATA}
_VERDICTS = {Kind.HARD: Verdict.GONE, Kind.ABOUT_US: Verdict.ABOUT_US}
_REASONS = {Verdict.GONE: "no-mailbox", Verdict.ABOUT_US: "policy", Verdict.REFUSED: "refused"}


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
    """Whether a refusal says that the mailbox does not exist, or not any more."""
    return reply[:1] != "4" and answered(reply).kind is Kind.HARD


def reason_of(outcome: Outcome) -> str:
    """The word of the rule (see `bounces.judging`) by which an attempt came to nothing."""
    judged = answered(outcome.reply)
    agrees = _VERDICTS.get(judged.kind, Verdict.REFUSED) is outcome.verdict
    if agrees or outcome.verdict not in _REASONS:
        return judged.reason
    return _REASONS[outcome.verdict]  # the stage decided, which the words do not tell


def _refusal(code: int, text: str, stage: str) -> Verdict:
    judged = answered(f"{code} {text}", _STAGES.get(stage, Stage.MAIL))
    return _VERDICTS.get(judged.kind, Verdict.REFUSED)
