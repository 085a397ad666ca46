"""The one source of time, so that tests can travel."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present instant, in UTC."""
    return _source()


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Within the block it is `instant`, for the whole process. For tests and for simulations.

    Raises RuntimeError in any thread but the main one: two that leave their blocks crosswise would leave the
    clock standing.
    """
    global _source
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("the clock of a process is frozen by its main thread only")
    before, _source = _source, lambda: instant
    try:
        yield
    finally:
        _source = before
