"""What can go wrong at a network: each failure is exactly one of these.

A failure that is not proven otherwise is `Ambiguous`: the post may be there, so the network is asked before
anything is sent again.
"""

from datetime import datetime

from outreach.core.errors import OutreachError
from outreach.core.sentences import NOTHING, Sentence


class NetworkError(OutreachError):
    """What happened (`sentence`), why (`cause`) and what to do now, by whom (`advice`), for people.

    The last two may be empty. `raw` is the network's own answer, free of secrets.
    """

    def __init__(
        self, sentence: Sentence, raw: str = "", *, cause: Sentence = NOTHING, advice: Sentence = NOTHING
    ) -> None:
        super().__init__(sentence)
        self.raw, self.cause, self.advice = raw, cause, advice


class Rejected(NetworkError):
    """This post will never be taken as it is."""


class AuthBroken(NetworkError):
    """The account's token or rights are gone: only a person can mend that."""


class Throttled(NetworkError):
    """Too much at once: nothing was posted; not before `until`."""

    def __init__(
        self,
        sentence: Sentence,
        until: datetime | None = None,
        raw: str = "",
        *,
        cause: Sentence = NOTHING,
        advice: Sentence = NOTHING,
    ) -> None:
        super().__init__(sentence, raw, cause=cause, advice=advice)
        self.until = until


class Budget(NetworkError):
    """No credits left at the network: nothing was posted."""


class NotSent(NetworkError):
    """Proven not to have arrived (no DNS answer, connection refused): may be sent again."""


class Ambiguous(NetworkError):
    """May have arrived (time-out, reset, 5xx, unreadable answer): ask before sending again."""


class Duplicate(NetworkError):
    """The network says that it has this post already; `remote_id` where it names it."""

    def __init__(
        self,
        sentence: Sentence,
        remote_id: str = "",
        raw: str = "",
        *,
        cause: Sentence = NOTHING,
        advice: Sentence = NOTHING,
    ) -> None:
        super().__init__(sentence, raw, cause=cause, advice=advice)
        self.remote_id = remote_id
