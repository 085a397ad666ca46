"""What is wrong with an account, as its row keeps it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from outreach.core.sentences import Sentence
from outreach.networks.base import Problem, Severity

AHEAD = timedelta(days=14)
"""So long before something ends staff hear of it."""


@dataclass(frozen=True)
class Trouble:
    """A problem of an account. `told`: staff have been told, so they are told when it is mended too."""

    problem: Problem
    told: bool = False

    @property
    def same(self) -> tuple[str, datetime | None]:
        """Equal for the same trouble on another day, however it is worded then."""
        return self.problem.kind, self.problem.ends_at

    def to_json(self) -> dict[str, Any]:
        """What the row keeps."""
        ends_at = self.problem.ends_at
        return {
            "kind": self.problem.kind,
            "severity": self.problem.severity.value,
            "ends_at": ends_at.isoformat() if ends_at else None,
            "sentence": self.problem.to_json(),
            "advice": self.problem.advice.to_json(),
            "told": self.told,
        }


def read(kept: list[dict[str, Any]]) -> list[Trouble]:
    """The troubles of `Account.problems`."""
    return [_read(one) for one in kept]


def pressing(problem: Problem, now: datetime) -> bool:
    """Whether a person should know of it now: what ends in a year does not press."""
    return problem.ends_at is None or problem.ends_at - now <= AHEAD


def first_end(problems: list[Problem]) -> datetime | None:
    """When the first of them ends."""
    return min((one.ends_at for one in problems if one.ends_at), default=None)


def broken(problems: list[Problem]) -> Problem | None:
    """The one that keeps everything from being posted, if there is one."""
    return next((one for one in problems if one.severity is Severity.BROKEN), None)


def _read(one: dict[str, Any]) -> Trouble:
    ends_at = datetime.fromisoformat(one["ends_at"]) if one["ends_at"] else None
    sentence = Sentence.from_json(one["sentence"])
    advice = Sentence.from_json(one.get("advice"))
    return Trouble(Problem.of(one["kind"], sentence, Severity(one["severity"]), ends_at, advice), one["told"])
