"""One round of mailing one issue through one courier: claim, hand over, record, and end in good order."""

from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from itertools import islice
from time import monotonic

import structlog
from django.db import DatabaseError

from outreach.core import clock, stopping
from outreach.core.errors import OutreachError
from outreach.core.sentences import NOTHING, Sentence
from outreach.mail.base import Outcome, Verdict
from outreach.mail.couriers import Courier, Parcel
from outreach.newsletters.models import Issue
from outreach.newsletters.sending import claiming, objecting, outcomes, recording
from outreach.newsletters.sending.allowance import Allowance
from outreach.newsletters.sending.claiming import Claim
from outreach.newsletters.sending.journal import Unwritable
from outreach.newsletters.sending.letters import Letters, Unmailable
from outreach.newsletters.sending.parcels import parcel_of
from outreach.newsletters.sending.picking import Row
from outreach.newsletters.sending.recording import Result
from outreach.relays.limits import Limit
from outreach.relays.using import Way

log = structlog.get_logger(__name__)

_BOX_SECONDS = 10.0
_LOOK_SECONDS = 0.2
"""How often to look whether somebody paused the issue."""
_FLUSH_SECONDS = 0.1
_NOTHING_SECONDS = 1.0
"""Where there was nothing to claim, the last answers are waited for without asking again and again."""
_FIRST, _LEAST, _MOST = 50, 20, 1000
"""Rows in a chunk: what is sent in about five seconds, so who leaves is soon heard."""
_CHUNK_SECONDS = 5.0
_NO_ADDRESS = Outcome(Verdict.GONE, "553 5.1.3 No mail can be written to this address.")
_AT_ONCE, _ENOUGH = 100, 200
"""Messages that are made at once, and that may wait in the courier: memory stays flat."""


class End(Enum):
    """Why a round ended."""

    THROUGH = "nothing more is due"
    TIME = "its time is over"
    STOPPED = "the issue or the process is to stop, or the lease was lost"
    TROUBLE = "the mail server is away"
    DISK = "no journal can be written"
    LIMIT = "the mail server was given as much as it may be"


class Round:
    """See `run`. One thread; the courier has its own."""

    def __init__(self, issue: Issue, way: Way) -> None:
        self.issue, self._number = issue, issue.pk
        self._courier: Courier = way.relay.courier()
        self._allowance = Allowance(way)
        self.answered = 0
        self._letters = Letters(issue)
        self._claims: dict[str, Claim] = {}
        self._todo: deque[tuple[Claim, Row]] = deque()
        self._out: dict[int, tuple[Claim, Row]] = {}
        self._back: dict[str, list[int]] = defaultdict(list)
        self._results: list[Result] = []
        self._began = self._flushed = self._looked = monotonic()
        self._end: End | None = None
        self._limited = False
        self._no_journal: Sentence | None = None
        self._nothing_until = 0.0

    def run(self) -> End:
        """Mail what is due, until there is nothing more, the time is over, or somebody says stop.

        Whatever happens: what has begun is waited for and recorded, what has not begun is given back.
        """
        try:
            with self._in_good_order():
                while self._goes_on():
                    if not self._feed() and not self._out:
                        self._end = self._end or (End.LIMIT if self._limited else End.THROUGH)
                    self._gather()
        finally:
            if self._out or stopping.stopping():
                self._courier.close()  # else its connections serve the next round
            for mine in self._claims.values():  # what could not be recorded is replayed by the next tick
                mine.journal.close()
        return self._end or End.STOPPED

    @contextmanager
    def _in_good_order(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._courier.recall()
            while self._out:
                with suppress(DatabaseError):  # then the lease ends; the journal knows what was answered
                    self._keep()
                self._collect()
            self._flush()
            self._give_back()
            self._allowance.give_back()

    # --- whether to go on

    def _goes_on(self) -> bool:
        if self._end is None:
            self._keep()
        if self._end is None and monotonic() - self._began > _BOX_SECONDS:
            self._end = End.TIME
        if self._end is None and not self._may_send():
            self._end = End.STOPPED
        return self._end is None

    def _may_send(self) -> bool:
        if stopping.stopping():
            return False
        if monotonic() - self._looked < _LOOK_SECONDS:
            return True
        self._looked = monotonic()
        return Issue.objects.filter(pk=self.issue.pk, state=Issue.State.SENDING).exists()

    def _keep(self) -> None:
        """Renew the leases that are a quarter over. One that is lost ends the round."""
        for mine in self._claims.values():
            if claiming.needs_renewal(mine) and not claiming.renew(mine, clock.now()):
                log.warning("lease-lost", issue=self.issue.pk)
                self._end = End.STOPPED
                self._courier.recall()

    # --- out

    def _feed(self) -> bool:
        """Give the courier what it can hold. False when there is nothing to give."""
        if self._courier.waiting >= _ENOUGH:
            return True
        if not self._todo and (monotonic() < self._nothing_until or not self._claim()):
            return False
        self._submit()
        return True

    def _claim(self) -> bool:
        most = self._allowance.take(self._chunk())
        mine = self._claimed(most) if most else None
        if mine is None:
            self._allowance.spare(most)
            self._limited = not most
            self._nothing_until = monotonic() + _NOTHING_SECONDS
            return False
        self._claims[mine.token] = mine
        for due_at, keys in self._allowance.put_off(list(mine.rows.values())):
            claiming.give_back(mine.token, keys, self.issue.pk, due_at)
            for key in keys:
                self._settled(mine.token, key)
        self._allowance.spare(most - len(mine.rows))
        self._todo.extend((mine, row) for row in mine.rows.values())
        return True

    def _claimed(self, most: int) -> Claim | None:
        try:
            return claiming.claim(self.issue, most)
        except Unwritable as error:
            self._no_journal, self._end = error.sentence, End.DISK
            return None

    def _chunk(self) -> int:
        if not self.answered:
            return _FIRST
        pace = self.answered / (monotonic() - self._began)
        return max(_LEAST, min(_MOST, int(pace * _CHUNK_SECONDS)))

    def _submit(self) -> None:
        """The next messages of one claim, whose journal is their witness."""
        if not self._todo:
            return
        first = self._todo[0][0]
        some = [row for mine, row in islice(self._todo, _AT_ONCE) if mine is first]
        made = list(map(self._made, some))
        if None in made:
            return  # the issue is paused, and all of these are given back
        for row, one in zip(some, made, strict=True):
            self._todo.popleft()
            if isinstance(one, Parcel):
                self._out[row.pk] = (first, row)
            else:
                self._refuse(first, row)
        self._courier.submit([one for one in made if isinstance(one, Parcel)], first.journal)

    def _refuse(self, mine: Claim, row: Row) -> None:
        """Nothing leaves: one reader's address is none, and the others get their mail."""
        self._allowance.spare(1)
        self._results.append(Result(mine.token, row, _NO_ADDRESS))

    @property
    def trouble(self) -> Sentence:
        """Why the mail server is away, or the disk takes nothing."""
        return self._no_journal or self._courier.trouble or NOTHING

    @property
    def held(self) -> tuple[str, Limit] | None:
        """A domain whose readers were put off in this round, and its limit."""
        return self._allowance.held

    def _made(self, row: Row) -> Parcel | Outcome | None:
        try:
            return parcel_of(self._letters, row)
        except Unmailable:
            return _NO_ADDRESS
        except OutreachError as error:  # a setting that makes no letter is no reader's fault
            self._stop_issue(error.sentence, "")
            return None

    # --- in

    def _gather(self) -> None:
        self._collect()
        if len(self._results) >= recording.BATCH or monotonic() - self._flushed > _FLUSH_SECONDS:
            self._flush()

    def _collect(self) -> None:
        for report in self._courier.reports(_FLUSH_SECONDS):
            mine, row = self._out.pop(report.key)
            if report.outcome is None:
                self._came_back(mine, row)
            else:
                self._came_through(mine, row, report.outcome)

    def _came_back(self, mine: Claim, row: Row) -> None:
        self._back[mine.token].append(row.pk)
        if self._end is None and (trouble := mine.journal.trouble):
            self._no_journal, self._end = trouble, End.DISK
        self._end = self._end or (End.TROUBLE if self._courier.trouble else End.STOPPED)

    def _came_through(self, mine: Claim, row: Row, outcome: Outcome) -> None:
        self.answered += 1
        self._allowance.heard(row, outcome)
        if not objecting.stops(self._number, row, outcome):
            self._results.append(Result(mine.token, row, outcome))
            return
        self._back[mine.token].append(row.pk)
        claiming.claimed(mine.token).filter(pk=row.pk).update(reply=outcomes.kept(outcome.reply))
        self._stop_issue(objecting.words(outcome), outcome.reply)

    def _flush(self) -> None:
        """Commit what is known. Only then may a journal go."""
        self._flushed = monotonic()
        while some := self._results[: recording.BATCH]:
            if recording.record(self.issue, some) < len(some):
                log.warning("lease-lost", issue=self.issue.pk)
                self._end = End.STOPPED
            del self._results[: len(some)]
            for result in some:
                self._settled(result.token, result.row.pk)
        self._flushed = monotonic()

    def _settled(self, token: str, key: int) -> None:
        mine = self._claims[token]
        mine.rows.pop(key, None)
        if not mine.rows:
            mine.journal.remove()
            del self._claims[token]

    def _give_back(self) -> None:
        for mine, row in self._todo:
            self._back[mine.token].append(row.pk)
        self._todo.clear()
        while self._back:
            token, keys = self._back.popitem()
            claiming.give_back(token, keys, self.issue.pk)
            for key in keys:
                self._settled(token, key)

    def _stop_issue(self, why: Sentence, raw: str) -> None:
        """Pause the whole issue: what is wrong is wrong for every reader."""
        objecting.pause(self.issue, why, raw)
        self._end = End.STOPPED
        self._courier.recall()
