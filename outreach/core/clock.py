"""The one source of time, so that tests can travel."""

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
    """Within the block it is `instant`. For tests and for simulations; not for threads."""
    global _source
    before, _source = _source, lambda: instant
    try:
        yield
    finally:
        _source = before
