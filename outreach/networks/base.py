"""What a network is to the rest of the house: one class per network, no database, no knowledge of posts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from outreach.core.measure import has_link
from outreach.core.sentences import NOTHING, Sentence


@dataclass(frozen=True)
class Connection:
    """How to reach one account: its credentials, and the API's address and version.

    `until`: nothing is posted after that moment; whoever has it, has it no longer than that.
    """

    credentials: Mapping[str, str] = field(repr=False)
    api_url: str = ""
    api_version: str = ""
    until: datetime | None = None


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

    `advice` says what to do now, where the sentence itself does not. With `ends_at` it is about what works
    until then, however far away that is.
    """

    kind: str = ""
    severity: Severity = Severity.WARNING
    ends_at: datetime | None = None
    advice: Sentence = NOTHING

    @classmethod
    def of(
        cls,
        kind: str,
        sentence: Sentence,
        severity: Severity = Severity.WARNING,
        ends_at: datetime | None = None,
        advice: Sentence = NOTHING,
    ) -> "Problem":
        """`sentence` as a problem."""
        return cls(sentence.text, sentence.values, sentence.plural, kind, severity, ends_at, advice)


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
    setting: str = ""  # of an app's key: the setting that may hold it instead of the database


@dataclass(frozen=True)
class Limits:
    """What the network takes."""

    text: int
    pictures: int = 4  # in one post
    picture_bytes: int = 4_000_000
    picture_types: frozenset[str] = field(default_factory=lambda: frozenset({"image/jpeg", "image/png"}))
    picture_side: int = 4096
    alt: int = 1000
    cashtags: int | None = None  # words like $ABC in one post; None: they mean nothing there


@dataclass(frozen=True)
class App:
    """The organisation's own app at a network: its keys, and where the network is found.

    `login_url` is where people log in with their browser, `api_url` where we ask for tokens. `until`: nothing
    is asked after that moment.
    """

    keys: Mapping[str, str] = field(repr=False)
    api_url: str = ""
    api_version: str = ""
    login_url: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Start:
    """A person is sent to `url`. `key` comes back with the answer; `kept` (secret) is needed to read it."""

    url: str
    key: str
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Found:
    """A Page or profile that the login opens: who it is, and its credentials, all of them.

    `missing`: why it cannot be posted on, in words; empty when it can.
    """

    remote_id: str
    name: str
    credentials: Mapping[str, str] = field(repr=False)
    missing: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Renewed:
    """Fresh credentials, all of them, that work until `ends`."""

    credentials: Mapping[str, str] = field(repr=False)
    ends: datetime


class Login(ABC):
    """A way in which a person lets our app post on an account (OAuth). No database: others keep what is kept.

    Every failure is raised as a class of `networks.errors`; `AuthBroken` when the person must begin again.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    about: ClassVar[str]  # what the person will see there, in a sentence
    app: ClassVar[tuple[Credential, ...]]  # the keys of the app that this way needs
    pin: ClassVar[bool] = False  # True: for who cannot be sent back, the network shows a number to type over

    @abstractmethod
    def start(self, app: App, address: str, state: str) -> Start:
        """Where to send the person. `address`: where the network sends them back to; "" for nowhere.

        `state` is a long random text that comes back with the answer.
        """

    @abstractmethod
    def key(self, answer: Mapping[str, str]) -> str:
        """The `Start.key` that an answer (the fields of the address that people come back to) belongs to."""

    @abstractmethod
    def finish(
        self, app: App, address: str, kept: Mapping[str, str], answer: Mapping[str, str]
    ) -> list[Found]:
        """What the answer opens: none, one or several. `answer` is {"pin": …} for a number typed over."""

    def ends(self, credentials: Mapping[str, str]) -> datetime | None:
        """When the token of these credentials must have been renewed; None when it need not be."""
        return None

    def renew(self, app: App, credentials: Mapping[str, str]) -> Renewed:
        """New tokens for old. Raises AuthBroken when only a new login helps."""
        raise NotImplementedError


class Network(ABC):
    """One social network. Every failure is raised as one class of `networks.errors`."""

    name: ClassVar[str]
    label: ClassVar[str]
    template: ClassVar[str]  # templates/posts/<template>.txt
    limits: ClassVar[Limits]
    credentials: ClassVar[tuple[Credential, ...]] = ()
    # Which settings hold the addresses and the version: "api_url", "api_version", "login_url".
    settings: ClassVar[Mapping[str, str]] = MappingProxyType({})
    logins: ClassVar[tuple[Login, ...]] = ()  # ways to connect an account with a browser, the best first
    link_is_card: ClassVar[bool] = False  # True: the link is a field of its own, not part of the text
    # When to ask, after a send whose outcome is unknown, before absence is believed. Read-back lags, so the
    # network is asked once per step; all must agree before the post is sent again.
    look_after: ClassVar[tuple[timedelta, ...]] = (timedelta(seconds=15), timedelta(seconds=60))
    can_be_asked: ClassVar[bool] = True
    spacing: ClassVar[timedelta] = timedelta(seconds=30)  # the least time between two posts on one account
    prices: ClassVar[Prices | None] = None  # None: posting is free

    def lacking(self, credentials: Mapping[str, str]) -> list[Credential]:
        """What must be there before anything can be posted, and is not."""
        return [one for one in self.credentials if one.required and not credentials.get(one.key)]

    def identity(self, credentials: Mapping[str, str]) -> str:
        """The number at the network of whom these credentials speak for; "" when they do not tell."""
        return ""

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
