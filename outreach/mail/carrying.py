"""A courier by SMTP: the desk where parcels are handed in, and where their reports are picked up."""

import asyncio
import threading
from collections.abc import Callable, Sequence

from outreach.core.sentences import Sentence
from outreach.mail.base import Outcome
from outreach.mail.couriers import Courier, Parcel, Report, Witness
from outreach.mail.depot import Depot
from outreach.mail.envelopes import Job

# To wake up the other thread for each mail would cost more than the mail does.
_AT_ONCE = 100
_SOON = 0.01


class SmtpCourier(Courier):
    """See `Courier`. The connections belong to the depot, so any number of couriers share them."""

    def __init__(self, depot: Callable[[], Depot], *, first: bool = False) -> None:
        self._depot, self._first = depot, first
        self._news = threading.Condition()
        self._reports: list[Report] = []  # guarded by _news
        self._given = self._taken = 0
        self._fresh: list[Report] = []  # this and the rest belong to the event loop
        self._under_way = 0
        self._flushing = False
        self._trouble: Sentence | None = None
        self.recalled = False

    # --- for who gives the parcels

    def submit(self, parcels: Sequence[Parcel], witness: Witness) -> None:
        """See `Courier.submit`."""
        jobs = [Job(parcel, witness, self) for parcel in parcels]
        self._given += len(jobs)
        self._depot().hand_in(self, jobs, first=self._first)

    def reports(self, wait: float) -> list[Report]:
        """See `Courier.reports`."""
        with self._news:
            if not self._reports and wait > 0 and self.waiting:
                self._news.wait_for(lambda: self._reports, wait)
            taken, self._reports = self._reports, []
        self._taken += len(taken)
        return taken

    def recall(self) -> None:
        """See `Courier.recall`."""
        if self.waiting:
            self._depot().recall(self)

    @property
    def waiting(self) -> int:
        """See `Courier.waiting`."""
        return self._given - self._taken

    @property
    def trouble(self) -> Sentence | None:
        """See `Courier.trouble`."""
        return self._trouble

    def close(self) -> None:
        """See `Courier.close`."""
        self.recall()
        with self._news:
            self._news.wait_for(lambda: len(self._reports) >= self.waiting)
        self._depot().close()

    # --- in the event loop

    def opened(self, jobs: int) -> None:
        """`jobs` more are in the queue: a new attempt, whatever was wrong before."""
        self._under_way += jobs
        self._trouble, self.recalled = None, False

    def failed(self, why: Sentence) -> None:
        """The server cannot be reached."""
        self._trouble = why

    def note(self, key: int, outcome: Outcome | None) -> None:
        """One report; the other thread hears of several at a time."""
        self._fresh.append(Report(key, outcome))
        self._under_way -= 1
        if not self._under_way or len(self._fresh) >= _AT_ONCE:
            self._flush()
        elif not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_later(_SOON, self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self._fresh:
            with self._news:
                self._reports += self._fresh
                self._news.notify_all()
            self._fresh = []
