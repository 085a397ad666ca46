"""What the words of a server mean: rules kept as data (rules.toml), the first that fits decides.

Words come before numbers: 5.1.1 is also said of full mailboxes and of senders on a list, and a Status field
is often the returning server's guess. Of the numbers, those in the refusing server's words count first.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from outreach.mail.bounces.base import Clue, Kind, Return, Stage

# What the mailbox's own server said to a relay that asked it first (Postfix's reject_unverified_recipient).
# The relay's code before it is 5.1.1 whatever that was, a full mailbox too.
_SAID = re.compile(r"\bsaid: ([245]\d\d .*)", re.DOTALL)
# "spam@example.org" is no word about spam.
_ADDRESS = re.compile(r"[^\s<>@:;,\"'()]{1,64}@[\w.-]{1,253}")
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.#-])([245]\d\d)(?!\d|\.\d)")
_SPACES = re.compile(r"\s+")
_LONGEST = 4_000  # characters that are looked at


@dataclass(frozen=True)
class Rule:
    """One line of rules.toml. Every part that is there must fit."""

    kind: Kind
    reason: str
    words: re.Pattern[str] | None
    status: re.Pattern[str] | None
    reply: re.Pattern[str] | None
    stages: frozenset[Stage]
    formal: bool | None

    def fits(self, words: str, status: str, reply: str, stage: Stage, *, formal: bool) -> bool:
        """Whether this rule is about such a refusal."""
        if self.stages and stage not in self.stages:
            return False
        if self.formal is not None and self.formal is not formal:
            return False
        if self.status and not self.status.fullmatch(status):
            return False
        if self.reply and not self.reply.fullmatch(reply):
            return False
        return self.words is None or bool(self.words.search(words))


def answered(reply: str, stage: Stage = Stage.UNKNOWN) -> Return:
    """What the answer of a mail server to us means, such as "550 5.1.1 No such user"."""
    inner = _SAID.search(reply)
    return judge(Clue(words=inner[1] if inner else reply, stage=stage, formal=True))


def judge(clue: Clue) -> Return:
    """What `clue` means."""
    words = _ADDRESS.sub("x@x", _SPACES.sub(" ", clue.words[:_LONGEST]).lower())
    status, reply = _status(words, clue.status), _reply(words)
    kind, reason = _decide(words, status, reply, clue.action, clue.stage, clue.formal)
    return Return(kind, reason, clue.recipient, status, _SPACES.sub(" ", clue.words).strip()[:500])


@lru_cache(maxsize=2_000)  # of a whole domain each reader gets the same answer
def _decide(
    words: str,
    status: str,
    reply: str,
    action: str,
    stage: Stage,
    formal: bool,
) -> tuple[Kind, str]:
    if action in {"delivered", "relayed", "expanded"}:
        return Kind.AUTOMATIC, "delivered"
    for rule in rules():
        if rule.fits(words, status, reply, stage, formal=formal):
            if action == "delayed" and rule.kind is not Kind.HARD:
                return Kind.DELAYED, rule.reason
            return rule.kind, rule.reason
    if action == "delayed":
        return Kind.DELAYED, "delayed"
    return Kind.UNKNOWN, "unknown"


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they are asked."""
    text = files("outreach.mail.bounces").joinpath("rules.toml").read_text(encoding="utf-8")
    return tuple(
        Rule(
            kind=Kind(row["kind"]),
            reason=row["reason"],
            words=re.compile("|".join(row["words"])) if "words" in row else None,
            status=re.compile(row["status"]) if "status" in row else None,
            reply=re.compile(row["reply"]) if "reply" in row else None,
            stages=frozenset(Stage(word) for word in row.get("stages", ())),
            formal=row.get("formal"),
        )
        for row in tomllib.loads(text)["rule"]
    )


def _status(words: str, given: str) -> str:
    """The enhanced status code (RFC 3463): the refusing server's own, else the one of the report."""
    found = [match[0] for match in _ENHANCED.finditer(words)]
    telling = [code for code in found if not code.endswith(".0.0")]
    if telling:
        return telling[0]
    own = _ENHANCED.search(given)
    return own[0] if own else (found[0] if found else "")


def _reply(words: str) -> str:
    found = _REPLY.search(words)
    return found[1] if found else ""
