"""How many ticks of one kind work at once on this machine.

Without this, a long mailing would take one worker after the other every two seconds, until none is left to
post. A seat is a locked file: the system frees it when its holder dies, however it dies.
"""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

SEATS = {"poll": 2, "publish": 2}
"""Kinds of work that wait for other machines, one at a time; every other kind has one seat.

Mailing has one too: it keeps OUTREACH_MAIL_CONNECTIONS open at once from one process.
"""


def of(name: str) -> int:
    """How many ticks `name` may work at once on this machine."""
    return SEATS.get(name, 1)


def total(kinds: Iterable[str]) -> int:
    """The seats of all `kinds` together: with so many threads or processes no kind waits for another."""
    return sum(map(of, kinds))


@contextmanager
def take(name: str) -> Iterator[bool]:
    """A seat for `name` until the block ends; False when all are taken."""
    folder: Path = settings.DATA_DIR / "seats"
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        yield any(stack.enter_context(locked(folder / f"{name}.{number}")) for number in range(of(name)))


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Hold the lock on `path` until the block ends; False when somebody else has it."""
    with path.open("a+") as file:
        try:
            # A lock of the open file, not of the process: two threads exclude each other too.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
