"""Letters, and what a mail server may say to one. No database."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from outreach.core.errors import OutreachError

if TYPE_CHECKING:
    from outreach.mail.couriers import Courier


@dataclass(frozen=True)
class Letter:
    """One mail to one mailbox, before it becomes bytes."""

    from_name: str
    from_address: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    message_id: str  # with its angle brackets; the same on every attempt
    date: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    envelope_from: str = ""  # where bounces go; the From address when empty


class Verdict(Enum):
    """What became of one message."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # 4xx, or the connection failed before the message was handed over
    REFUSED = "refused"  # 5xx about this recipient, perhaps not for ever
    GONE = "gone"  # 5xx: there is no such mailbox, or not any more
    ABOUT_US = "about-us"  # 5xx about the sender (5.7.x): no recipient is to blame
    UNKNOWN = "unknown"  # the connection broke after the final dot: it may have arrived


class Outcome(NamedTuple):
    """A verdict with the server's own words."""

    verdict: Verdict
    reply: str = ""


class RelayDown(OutreachError):
    """The mail server cannot be reached, or refuses us altogether (login, TLS). Nothing was sent."""


class Session(ABC):
    """One kept connection."""

    @abstractmethod
    def send(self, envelope_from: str, to: str, message: bytes) -> Outcome:
        """Hand over one message. Never raises for what a server says about this message.

        Raises RelayDown when the connection cannot be made (again): then nothing was sent.
        """


class Relay(ABC):
    """Where mail leaves by."""

    @abstractmethod
    def session(self) -> AbstractContextManager[Session]:
        """A connection, kept until the block ends. Raises RelayDown."""

    @abstractmethod
    def courier(self) -> "Courier":
        """For many messages at once: a courier for the caller alone (see `outreach.mail.couriers`)."""

    @abstractmethod
    def check(self) -> str:
        """Connect, log in, and say what the server is. Raises RelayDown with what to mend."""
