"""Where the couriers of one mail server meet: what waits, and the connections that carry it.

Everything here but the constructor, `hand_in`, `prove`, `describe` and `close` runs in the event loop.
"""

import asyncio
import atexit
import os
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet

from outreach.core.sentences import Sentence
from outreach.mail import connecting
from outreach.mail.base import Outcome, RelayDown, Verdict
from outreach.mail.connecting import Server
from outreach.mail.envelopes import Job
from outreach.mail.greeting import greet
from outreach.mail.line import Line
from outreach.mail.loops import LoopThread

if TYPE_CHECKING:
    from outreach.mail.carrying import SmtpCourier

# So long no further connection is tried after the server took no more of them.
_CONTENT = 30.0
# A thread is cheap; to start one for each mail of a kind that comes every second is not.
_LINGERING = 5.0
_GOODBYE = 6.0

_DEPOTS: "WeakSet[Depot]" = WeakSet()


class Depot:
    """One per server and process: a process that was forked needs its own."""

    def __init__(self, server: Server) -> None:
        self.server, self.pid = server, os.getpid()
        self._queue: deque[Job] = deque()
        self._lines: set[Line] = set()
        self._idle: list[Line] = []
        self._leaving: set[Line] = set()
        self._opening: set[asyncio.Task[None]] = set()
        self._most, self._content_until, self._busy_at = server.connections, 0.0, 0.0
        self._closing = False
        times = server.timeouts
        shortest = min(times.connect, times.command, times.body, times.dot)
        self._thread = LoopThread(self._look_after, min(1.0, max(0.02, shortest / 4)))
        _DEPOTS.add(self)

    # --- from any thread

    def hand_in(self, desk: "SmtpCourier", jobs: list[Job], *, first: bool = False) -> None:
        """Let the `jobs` of `desk` wait for a connection; `first`: before all others."""
        self._thread.call(partial(self._enqueue, desk, jobs, first))

    def recall(self, desk: "SmtpCourier") -> None:
        """Report the jobs of `desk` that have not begun as such."""
        self._thread.call(partial(self._recall, desk))

    def prove(self) -> None:
        """Make sure of a connection. Raises RelayDown."""
        self._thread.ask(self._prove())

    def describe(self) -> str:
        """Make a connection for once, and say what it is. Raises RelayDown."""
        return self._thread.ask(self._describe())

    def close(self) -> None:
        """Say goodbye on each connection that has nothing to do; without work, stop the thread."""
        if self._thread.runs and self._thread.ask(self._close()):
            self._thread.call(self._thread.look)
            self._thread.join(_GOODBYE)

    # --- jobs

    def _enqueue(self, desk: "SmtpCourier", jobs: list[Job], first: bool) -> None:
        desk.opened(len(jobs))
        if first:
            self._queue.extendleft(reversed(jobs))
        else:
            self._queue.extend(jobs)
        self._closing = False
        self._work()

    def take(self) -> Job | None:
        """The next job, for a connection that has room."""
        return self._queue.popleft() if self._queue else None

    def settle(self, job: Job, outcome: Outcome) -> None:
        """What became of it: to the witness, then to its courier."""
        try:
            if outcome.verdict is not Verdict.UNKNOWN:
                job.witness.answered(job.parcel.key, outcome)
        finally:  # a report that never comes would keep its reader waiting for good
            job.desk.note(job.parcel.key, outcome)

    def again(self, job: Job) -> None:
        """Nothing of it left: it takes another connection."""
        self._queue.appendleft(job)
        if job.desk.recalled:
            self._give_back(lambda one: one is job)

    def stop(self, job: Job) -> None:
        """Its witness says that it must not be begun; nor what waits behind it."""
        job.desk.note(job.parcel.key, None)
        self._recall(job.desk)

    def _recall(self, desk: "SmtpCourier") -> None:
        desk.recalled = True
        self._give_back(lambda job: job.desk is desk)

    def _give_back(self, which: Callable[[Job], bool]) -> None:
        back = [job for job in self._queue if which(job)]
        self._queue = deque(job for job in self._queue if not which(job))
        for job in back:
            job.desk.note(job.parcel.key, None)

    # --- connections

    @property
    def now(self) -> Callable[[], float]:
        """The loop's clock."""
        return self._thread.now

    def rests(self, line: Line) -> None:
        """`line` has nothing to do."""
        if self._closing:
            line.quit()
        else:
            self._idle.append(line)

    def leaving(self, line: Line) -> None:
        """`line` says goodbye: it carries nothing more."""
        self._lines.discard(line)
        self._leaving.add(line)

    def gone(self, line: Line) -> None:
        """`line` is no more."""
        self._lines.discard(line)
        self._leaving.discard(line)
        if line in self._idle:
            self._idle.remove(line)
        self._work()

    def _work(self) -> None:
        while self._queue and self._idle:
            self._idle.pop().begin()  # the one that rested last, so that the others are closed in time
        if self._queue:
            self._grow()

    def _grow(self) -> None:
        """More connections, as there is work for them: at first one, then twice as many each time."""
        if self.now() > self._content_until:
            self._most = self.server.connections
        opening = len(self._opening)
        room = self._most - len(self._lines) - len(self._leaving)
        for _ in range(min(room, len(self._queue), max(1, len(self._lines))) - opening):
            task = asyncio.get_running_loop().create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opened)

    async def _open(self) -> None:
        line = Line(self, await greet(self.server))
        self._lines.add(line)
        self.rests(line)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed(error)
        if not isinstance(error, RelayDown | None):
            asyncio.get_running_loop().call_exception_handler({"message": "courier", "exception": error})
        self._work()

    def _failed(self, error: BaseException) -> None:
        """Where other connections work, the server only takes no more of them. Else nothing can go out."""
        if self._lines:
            self._most = len(self._lines)
            self._content_until = self.now() + _CONTENT
        elif not self._opening:
            self._trouble(_sentence(self.server, error))

    def _trouble(self, why: Sentence) -> None:
        for desk in {job.desk for job in self._queue}:
            desk.failed(why)
        self._give_back(lambda job: True)

    async def _prove(self) -> None:
        self._closing = False
        if not self._lines:
            await self._open()

    async def _describe(self) -> str:
        greeted = await greet(self.server)
        line = Line(self, greeted)
        self._lines.add(line)
        line.quit()
        return greeted.description

    # --- the end

    async def _close(self) -> bool:
        """Whether nothing is left."""
        self._closing = not self._queue
        for line in [*self._idle]:
            self._idle.remove(line)
            line.quit()
        if self._closing:
            for task in self._opening:
                task.cancel()
        ends = self.now() + _GOODBYE
        while (self._leaving or (self._closing and self._opening)) and self.now() < ends:
            await asyncio.sleep(0.005)
        return not (self._lines or self._leaving or self._opening or self._queue)

    def _look_after(self) -> bool:
        """Silent and idle connections. Whether there is anything left to look after."""
        now = self.now()
        for line in [*self._lines, *self._leaving]:
            line.look(now)
        for line in [line for line in self._idle if line.idle_since < now - self.server.idle]:
            self._idle.remove(line)
            line.quit()
        if self._lines or self._leaving or self._opening or self._queue:
            self._busy_at = now
            return True
        return not self._closing and now < self._busy_at + _LINGERING


@atexit.register
def _say_goodbye() -> None:
    """A process that ends leaves no server waiting for its next command."""
    for depot in list(_DEPOTS):
        if depot.pid == os.getpid():
            depot.close()


def _sentence(server: Server, error: BaseException) -> Sentence:
    if isinstance(error, RelayDown):
        return error.sentence
    return connecting.lost(server)
