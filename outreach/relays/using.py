"""The mail servers of this installation, as its settings name them: the first, and a spare one."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import structlog
from django.conf import settings

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, Sentence, say
from outreach.mail.base import Outcome, Relay, RelayDown, Session
from outreach.mail.couriers import Courier
from outreach.mail.urls import relay_for
from outreach.relays import health, limits, quotas
from outreach.relays.limits import Limit

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Way:
    """One mail server: how to reach it, and how much it may be given."""

    key: str
    relay: Relay
    limits: tuple[Limit, ...]
    alone: bool  # there is no other

    def down(self, why: Sentence) -> bool:
        """It cannot be reached: the other takes over. True when that is news."""
        log.warning("mail-server-away", server=self.key, why=str(why))
        return health.note_down(self.key, why, clock.now(), alone=self.alone)


def ways() -> list[Way]:
    """In their order. Raises OutreachError when there is none, or when a setting cannot be used."""
    if not settings.MAIL_URL:
        raise OutreachError(say(N_("No mail server is set. Whoever runs the server sets OUTREACH_MAIL_URL.")))
    limits.of_domains(settings.MAIL_DOMAIN_LIMITS)
    first = (settings.MAIL_URL, settings.MAIL_LIMIT, "OUTREACH_MAIL_LIMIT")
    spare = (settings.MAIL_URL_SPARE, settings.MAIL_LIMIT_SPARE, "OUTREACH_MAIL_LIMIT_SPARE")
    return [_way(*one) for one in (first, spare) if one[0]]


def ways_or_none() -> list[Way]:
    """The same for the ticks: without a server rows wait, and the pages say so."""
    if not settings.MAIL_URL:
        return []
    try:
        return ways()
    except OutreachError as error:
        log.warning("mail-settings", why=str(error))
        return []


def relay() -> Relay:
    """For one mail at a time, by whichever server takes it. Raises OutreachError as `ways` does."""
    return _AnyOf(ways())


def relay_or_none() -> Relay | None:
    """The same for the ticks."""
    found = ways_or_none()
    return _AnyOf(found) if found else None


class _AnyOf(Relay):
    """Single mails never wait behind a newsletter: they count, and go out whatever the limit says."""

    def __init__(self, ways: list[Way]) -> None:
        self._ways = ways

    @contextmanager
    def session(self) -> Iterator[Session]:
        """By the first server that can be reached; one that rests comes last. Raises RelayDown."""
        with ExitStack() as stack:
            yield self._open(stack)

    def courier(self) -> Courier:
        """Of the first server."""
        return self._ways[0].relay.courier()

    def check(self) -> str:
        """Of each server. Raises RelayDown."""
        return "; ".join(way.relay.check() for way in self._ways)

    def _open(self, stack: ExitStack) -> Session:
        now = clock.now()
        ordered = sorted(self._ways, key=lambda way: health.is_resting(way.key, now))
        for number, way in enumerate(ordered, 1):
            try:
                return _Counting(way, stack.enter_context(way.relay.session()))
            except RelayDown as error:
                way.down(error.sentence)
                if number == len(ordered):
                    raise
        raise AssertionError("there is a server, else nobody asks")


class _Counting(Session):
    def __init__(self, way: Way, session: Session) -> None:
        self._way, self._session = way, session

    def send(self, envelope_from: str, to: str, message: bytes) -> Outcome:
        quotas.note(self._way.key, self._way.limits, 1, clock.now())
        try:
            return self._session.send(envelope_from, to, message)
        except RelayDown as error:
            self._way.down(error.sentence)
            raise


def _way(url: str, limit: str, setting: str) -> Way:
    key = hashlib.sha256(url.encode()).hexdigest()[:16]
    relay = relay_for(url, inbox=settings.DATA_DIR / "inbox", connections=settings.MAIL_CONNECTIONS)
    return Way(key, relay, limits.parsed(limit, setting), alone=not settings.MAIL_URL_SPARE)
