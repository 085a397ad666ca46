"""How much of an issue may go out now: the limit of the mail server, and those of readers' domains."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic

from outreach.core import clock
from outreach.core.pace import paced
from outreach.mail.base import Outcome, Verdict
from outreach.newsletters.sending.objecting import domain_of
from outreach.newsletters.sending.picking import Row
from outreach.relays import domains, quotas
from outreach.relays.limits import Limit
from outreach.relays.using import Way

_LONGEST_WAIT = timedelta(minutes=10)
"""A domain that is slow now may be fast soon: its readers come again within this."""
_GROUP_SECONDS = 10
"""Readers whose turns are so near to each other come at the same moment."""


class Allowance:
    """What one round takes, uses and gives back."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._open = 0  # taken, and not answered for so far
        self._spare = 0  # of those: taken for rows that were not there
        self._accepted: Counter[str] = Counter()
        self._began = monotonic()
        self.held: tuple[str, Limit] | None = None  # a domain whose readers wait, and why

    def take(self, wanted: int) -> int:
        """How many messages may be claimed."""
        lacking = max(0, wanted - self._spare)
        granted = quotas.take(self._way.key, self._way.limits, lacking, clock.now()) if lacking else 0
        self._open += granted
        taken = min(wanted, self._spare + granted)
        self._spare += granted - taken
        return taken

    def spare(self, count: int) -> None:
        """For so many there was no message; the next claim has them."""
        self._spare += count

    def give_back(self) -> None:
        """What was not used is there for others."""
        left, self._open, self._spare = self._open, 0, 0
        if left > 0:
            quotas.give_back(self._way.key, self._way.limits, left, clock.now())

    def heard(self, row: Row, outcome: Outcome) -> None:
        """The server answered for `row`."""
        self._open -= 1
        if outcome.verdict is Verdict.ACCEPTED:
            self._accepted[domain_of(row)] += 1
        elif domains.asks_for_patience(outcome):
            domain = domain_of(row)
            pace = self._accepted[domain] / max(1.0, monotonic() - self._began)
            domains.slow_down(self._way.key, domain, pace * 60, clock.now())

    def put_off(self, rows: list[Row]) -> Iterator[tuple[datetime, list[int]]]:
        """Which of `rows` are not to go now because of their domain, and when to come back with them."""
        now = clock.now()
        limited = domains.of(self._way.key, now)
        by_domain: dict[str, list[int]] = defaultdict(list)
        if limited:
            for row in rows:
                by_domain[domain_of(row)].append(row.pk)
        for domain, limits in limited.items():
            keys = by_domain.get(domain, [])
            granted = quotas.take(self._way.key, limits, len(keys), now, domain) if keys else 0
            yield from self._later(domain, limits[0], keys[granted:], now)

    def _later(
        self, domain: str, limit: Limit, keys: list[int], now: datetime
    ) -> Iterator[tuple[datetime, list[int]]]:
        if not keys:
            return
        self.held = (domain, limit)
        most = paced(_LONGEST_WAIT)
        times = quotas.appointments(self._way.key, domain, limit, len(keys), now, most)
        size = max(1, _GROUP_SECONDS * limit.most // limit.seconds)
        together = bisect_left(times, times[-1])  # from here on all come again at the same moment
        for start in range(0, together, size):
            yield times[start], keys[start : min(start + size, together)]
        yield times[-1], keys[together:]
