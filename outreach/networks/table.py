"""How a table of failures is written down and read: what a network tells, and what that means.

The first row that fits decides, so the special rows of a table stand above the general ones. docs/errors.md
is made from the tables.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.networks.errors import NetworkError, Throttled

ASKED = N_(
    "You need not do anything: %(network)s is asked whether the post is there, before it is sent again."
)
"""The next step wherever the post may be there."""
_SAID = "%(said)s"
_NUMBER = re.compile(r"^\(#\d+\) (?=.)")  # Facebook's own, before its words: in brackets it only disturbs


@dataclass(frozen=True)
class Told:
    """What a network told of a failure. `said`: its own words, free of secrets, never empty; `heard`: all of
    them, where it said more.
    """

    said: str
    status: int = 0  # of HTTP; 0 when no answer came
    code: int | None = None
    subcode: int | None = None
    problem: str = ""  # the end of a problem's type (RFC 9457), or a word of ours for how it came about
    heard: str = ""


@dataclass(frozen=True)
class Known:
    """One row: every criterion that is given must fit. `words` are looked for in what the network said, in
    any case; one of them is enough. `rest`: how long the account waits when the network names no time.
    """

    kind: type[NetworkError]
    sentence: str
    cause: str
    advice: str
    codes: Container[int] = ()
    subcodes: Container[int] = ()
    problems: Container[str] = ()
    statuses: Container[int] = ()
    words: tuple[str, ...] = ()
    when: str = ""  # what the network says, for docs/errors.md
    rest: timedelta | None = None

    def fits(self, told: Told) -> bool:
        """Whether this row is about what was told."""
        wanted = (
            (self.codes, told.code),
            (self.subcodes, told.subcode),
            (self.problems, told.problem),
            (self.statuses, told.status),
        )
        said = f"{told.said} {told.heard}".casefold()
        return all(not one or value in one for one, value in wanted) and (
            not self.words or any(word in said for word in self.words)
        )

    def error(self, told: Told, network: str, raw: str, until: datetime | None = None) -> NetworkError:
        """The failure in words. `until` counts only where the row says: wait."""
        said = (
            _NUMBER.sub("", told.said).rstrip(".") if f"({_SAID})" in self.sentence else told.said.rstrip(".")
        )
        parts = {"cause": _say(self.cause, network, said), "advice": _say(self.advice, network, said)}
        sentence = _say(self.sentence, network, said)
        if issubclass(self.kind, Throttled):
            return self.kind(sentence, until, raw, **parts)
        return self.kind(sentence, raw=raw, **parts)


def first(rows: Iterable[Known], told: Told) -> Known:
    """The row that decides. Each table ends with one that fits everything."""
    return next(row for row in rows if row.fits(told))


def _say(text: str, network: str, said: str) -> Sentence:
    """Only the values that the sentence names are kept."""
    values = {"network": network} if "%(network)s" in text else {}
    return say(text, **values | ({"said": said} if _SAID in text else {})) if text else NOTHING
