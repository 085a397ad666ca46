"""Networks that live in memory and do what a test tells them, at the seam of `networks.base.Network`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from outreach.core import measure
from outreach.core.sentences import say
from outreach.networks.base import Connection, Credential, Health, Limits, Network, Payload, Receipt


class Killed(BaseException):
    """The process dies here: nothing of ours runs any more."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request, before or after the network took the post."""

    error: BaseException
    accepted: bool


@dataclass(frozen=True)
class Asked:
    payload: Payload
    since: datetime


@dataclass
class Fake(Network):
    """Takes posts; `faults` are used up one per request, `answers` one per look-up."""

    posts: list[Payload] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    faults: list[Fault | None] = field(default_factory=list)
    answers: list[BaseException] = field(default_factory=list)
    lag: int = 0  # so many look-ups do not see what is there
    health: Health | Exception = field(default_factory=lambda: Health("The Page", "77"))
    before: Callable[[], None] = lambda: None
    requests: int = 0
    connections: list[Connection] = field(default_factory=list)

    def publish(self, connection: Connection, payload: Payload) -> Receipt:
        self.before()
        self.requests += 1
        self.connections.append(connection)
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault.accepted:
            self.posts.append(payload)
        if fault is not None:
            raise fault.error
        return self._receipt(len(self.posts))

    def find(self, connection: Connection, payload: Payload, since: datetime) -> Receipt | None:
        self.asked.append(Asked(payload, since))
        if self.answers:
            raise self.answers.pop(0)
        if self.lag:
            self.lag -= 1
            return None
        return self._receipt(self.posts.index(payload) + 1) if payload in self.posts else None

    def check(self, connection: Connection) -> Health:
        if isinstance(self.health, Exception):
            raise self.health
        return self.health

    def _receipt(self, number: int) -> Receipt:
        return Receipt(f"{self.name}-{number}", f"https://{self.name}.example/{number}")


class FakeX(Fake):
    name = label = template = "x"
    settings = {"api_url": "X_API_URL"}
    limits = Limits(text=280, cashtags=1)
    credentials = (Credential("token", "Access token"), Credential("handle", "Name", secret=False))
    look_after = (timedelta(seconds=15), timedelta(seconds=60))

    def measure(self, text: str) -> int:
        return measure.weighted_length(text)


class FakeFacebook(Fake):
    name = label = template = "facebook"
    settings = {"api_url": "FACEBOOK_API_URL", "api_version": "FACEBOOK_API_VERSION"}
    limits = Limits(text=5000)
    link_is_card = True
    credentials = (Credential("token", "Access token"),)
    look_after = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))

    def measure(self, text: str) -> int:
        return len(text)


def error(kind: type, **values: object) -> Exception:
    """A NetworkError of `kind` with a sentence."""
    return kind(say("It said no."), **values)
