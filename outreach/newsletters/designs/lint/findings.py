"""What a lint looks at, and what it says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from outreach.core.measure import shorten
from outreach.core.sentences import Sentence


@dataclass(frozen=True)
class Finding:
    """One thing that is amiss. `stops`: the mail must not go out with it; otherwise it is a warning.

    `code` names the kind, for machines and tests. `place` says where, as far as that can be said: the
    address of a link or a picture.
    """

    code: str
    sentence: Sentence
    stops: bool = False
    place: str = ""

    @property
    def level(self) -> str:
        """ "stop" or "warn"."""
        return "stop" if self.stops else "warn"


@dataclass(frozen=True)
class Mail:
    """A mail as it would be sent, with what is known of it.

    `leave` is the link to unsubscribe (or the mark that stands for it), `preferences` that to the page where
    readers choose, and `postal` the organisation's postal
    address. `broken` are links that lead nowhere, with the reason. `private`: addresses of the own machine
    and network are meant, as in a demo.
    """

    subject: str
    html: str
    text: str
    leave: str
    postal: str = ""
    preferences: str = ""
    broken: Mapping[str, Sentence] = field(default_factory=dict)
    private: bool = False


def some(places: Iterable[str], most: int = 3) -> str:
    """A few places in one line: what is wrong a hundred times is said once."""
    found = list(dict.fromkeys(one for one in places if one))
    shown = ", ".join(shorten(one, 80, len) for one in found[:most])
    return f"{shown}, …" if len(found) > most else shown
