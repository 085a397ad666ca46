"""The columns that say why: what happened, the cause, what to do now and by whom, the network's own answer.

They change together, so that a row never gives the cause of one trouble and the remedy of another.
"""

from typing import Any

from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.networks.errors import NetworkError

_KEPT = 4000


def because(
    reason: Sentence, cause: Sentence = NOTHING, advice: Sentence = NOTHING, raw: str = ""
) -> dict[str, Any]:
    """The columns for a reason of our own."""
    return {"reason": reason, "cause": cause, "advice": advice, "raw": raw}


def why_not(error: Exception) -> dict[str, Any]:
    """The columns for what an attempt or a look-up came to."""
    if isinstance(error, NetworkError):
        return because(error.sentence, error.cause, error.advice, raw_of(error))
    return because(sentence_of(error), raw=raw_of(error))


def raw_of(error: Exception) -> str:
    """The network's own answer. Of any other exception the class only: its text may hold a token."""
    raw = error.raw if isinstance(error, NetworkError) else type(error).__name__
    return raw.replace("\x00", "")[:_KEPT]


def sentence_of(error: Exception) -> Sentence:
    """What happened, for people."""
    if isinstance(error, OutreachError):
        return error.sentence
    return say(N_("Something unexpected happened while posting."))


FINE = because(NOTHING)
"""The columns of a row that nothing is the matter with."""
