"""What a network is to the rest of the house: one class per network, no database, no knowledge of posts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from outreach.core.measure import has_link
from outreach.core.sentences import Sentence


@dataclass(frozen=True)
class Connection:
    """How to reach one account: its credentials, and the API's address and version."""

    credentials: Mapping[str, str] = field(repr=False)
    api_url: str = ""
    api_version: str = ""


@dataclass(frozen=True)
class Picture:
    """An image that goes with a post, already within the network's limits."""

    content: bytes = field(repr=False)
    mime: str
    alt: str = ""


@dataclass(frozen=True)
class Payload:
    """What is posted, to the byte. `link` is for networks that show it as a card, not in `text`."""

    text: str
    link: str = ""
    tag: str = ""  # correlation tag, held by the link; constant over all attempts
    pictures: tuple[Picture, ...] = ()  # in their order, at most `Limits.pictures`


@dataclass(frozen=True)
class Receipt:
    """The post is there. `not_before`: the network asks for a pause on this account until then."""

    remote_id: str
    url: str = ""
    not_before: datetime | None = None


class Severity(StrEnum):
    """How grave a problem is."""

    BROKEN = "broken"  # nothing can be posted until a person mends it
    WARNING = "warning"  # it can be posted on; somebody should look
    UNTOLD = "untold"  # the network did not answer: nothing is known of the account


@dataclass(frozen=True)
class Problem(Sentence):
    """What is wrong with an account, in words. `kind` names it to machines: the same trouble, the same kind.

    With `ends_at` it is about what works until then; however far away that is.
    """

    kind: str = ""
    severity: Severity = Severity.WARNING
    ends_at: datetime | None = None

    @classmethod
    def of(
        cls,
        kind: str,
        sentence: Sentence,
        severity: Severity = Severity.WARNING,
        ends_at: datetime | None = None,
    ) -> "Problem":
        """`sentence` as a problem."""
        return cls(sentence.text, sentence.values, sentence.plural, kind, severity, ends_at)


@dataclass(frozen=True)
class Health:
    """What a look at the account found: its name there, and what is wrong, in words."""

    name: str = ""
    remote_id: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Prices:
    """What the network bills for one post, in US dollars."""

    plain: Decimal
    link: Decimal  # of a post that holds a web address


@dataclass(frozen=True)
class Credential:
    """One value that connecting an account asks for."""

    key: str
    label: str
    secret: bool = True
    required: bool = True


@dataclass(frozen=True)
class Limits:
    """What the network takes."""

    text: int
    pictures: int = 4  # in one post
    picture_bytes: int = 4_000_000
    picture_types: frozenset[str] = field(default_factory=lambda: frozenset({"image/jpeg", "image/png"}))
    picture_side: int = 4096
    alt: int = 1000


class Network(ABC):
    """One social network. Every failure is raised as one class of `networks.errors`."""

    name: ClassVar[str]
    label: ClassVar[str]
    template: ClassVar[str]  # templates/posts/<template>.txt
    limits: ClassVar[Limits]
    credentials: ClassVar[tuple[Credential, ...]] = ()
    link_is_card: ClassVar[bool] = False  # True: the link is a field of its own, not part of the text
    # When to ask, after a send whose outcome is unknown, before absence is believed. Read-back lags, so the
    # network is asked once per step; all must agree before the post is sent again.
    look_after: ClassVar[tuple[timedelta, ...]] = (timedelta(seconds=15), timedelta(seconds=60))
    can_be_asked: ClassVar[bool] = True
    spacing: ClassVar[timedelta] = timedelta(seconds=30)  # the least time between two posts on one account
    prices: ClassVar[Prices | None] = None  # None: posting is free

    @abstractmethod
    def measure(self, text: str) -> int:
        """The length of `text` by the network's own rule."""

    def holds_link(self, text: str) -> bool:
        """Whether the network bills `text` as a post with a web address."""
        return bool(self.prices) and has_link(text)

    @abstractmethod
    def publish(self, connection: Connection, payload: Payload) -> Receipt:
        """Post `payload` once. Raises a NetworkError; `Ambiguous` when it may be there."""

    @abstractmethod
    def find(self, connection: Connection, payload: Payload, since: datetime) -> Receipt | None:
        """The post of `payload` made after `since`, or None when the network says that it is not there.

        Raises a NetworkError when the network could not tell.
        """

    @abstractmethod
    def check(self, connection: Connection) -> Health:
        """Whether the account can post, without posting. Raises a NetworkError when it cannot be told."""
