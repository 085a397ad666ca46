"""An event loop in a thread of its own: there when it is asked for, gone when it is not needed."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class LoopThread:
    """Starts with the first `call` or `ask`. Every `period` seconds it runs `needed`; False ends it.

    A forked process has no such thread: it needs a new one of these.
    """

    def __init__(self, needed: Callable[[], bool], period: float) -> None:
        self._needed, self._period = needed, period
        self._lock = threading.Lock()
        self._inbox: deque[Callable[[], object]] = deque()
        self._asked = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.now: Callable[[], float] = time.monotonic  # the loop's own clock while it runs

    def call(self, function: Callable[[], object]) -> None:
        """Run `function` in the loop, soon."""
        with self._lock:
            self._inbox.append(function)
            self._running().call_soon_threadsafe(self._serve)

    def ask(self, question: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine in the loop, and wait for what it gives or raises."""
        with self._lock:
            self._asked += 1
            answer = asyncio.run_coroutine_threadsafe(question, self._running())
        try:
            return answer.result()
        finally:
            with self._lock:
                self._asked -= 1

    @property
    def runs(self) -> bool:
        """Whether there is a thread now."""
        return self._loop is not None

    def look(self) -> bool:
        """In the loop: whether it goes on."""
        needed = self._needed()
        with self._lock:
            if needed or self._inbox or self._asked or self._loop is None:
                return self._loop is not None
            loop, self._loop = self._loop, None
        loop.stop()
        return False

    def join(self, seconds: float) -> None:
        """Wait for the thread's end."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = _new_loop()
            self._thread = threading.Thread(target=self._run, args=[self._loop], name="courier", daemon=True)
            self._thread.start()
        return self._loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        self.now = loop.time
        loop.call_later(self._period, self._tick, loop)
        try:
            loop.run_forever()
        finally:
            loop.close()

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.look():
            loop.call_later(self._period, self._tick, loop)

    def _serve(self) -> None:
        while self._inbox:
            function = self._inbox.popleft()
            try:
                function()
            except Exception as error:  # noqa: BLE001 (what others asked for is done all the same)
                asyncio.get_running_loop().call_exception_handler({"message": "courier", "exception": error})


def _new_loop() -> asyncio.AbstractEventLoop:
    """uvloop where it is installed (it has no wheels for every machine): half the time for each mail."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()
