"""What happened to the mails of one claim, in a file that outlives this process.

The file bears the claim's name, exists before the claim is committed, is locked by its living owner, and is
removed after the last row of the claim is settled. `h 12` is written before the first byte of delivery 12 may
leave, `a 12 …` as soon as the server answered: straight into the file's pages in the memory of the kernel,
which stay when a process dies (a system call for each line would also hand the interpreter to the other
thread). The line break comes last: what has none is no line. After a kill it tells three things apart: what
was answered, what was handed over, and what was never begun. It is not synced. So a journal from before the
machine's last start, which may have lost its end with the power, proves what was answered and nothing else.
"""

import errno
import fcntl
import json
import mmap
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import structlog
from django.conf import settings

from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, Sentence, say
from outreach.mail.base import Outcome, Verdict

log = structlog.get_logger(__name__)

_NAME = re.compile(r"([0-9a-f]{16})\.journal")
_LINE_BREAK = ord("\n")
_HEADER = "outreach journal 1"
_LARGEST = 16_000_000  # bytes; ours stay below one million
_PAGES = 64 * 1024  # bytes at first, and each time when they are full


class Unwritable(OutreachError):
    """No journal can be written here, so nothing can be mailed."""

    def __init__(self, why: OSError) -> None:
        words = N_("No newsletter can be mailed: the folder %(folder)s cannot be written (%(why)s).")
        super().__init__(say(words, folder=str(_path()), why=why.strerror or "?"))


@dataclass
class Found:
    """What a journal tells. `whole`: a row that it does not name was never begun."""

    token: str
    whole: bool = False
    handed: set[int] = field(default_factory=set)
    answers: dict[int, Outcome] = field(default_factory=dict)


class Journal:
    """The Witness of one claim (see outreach.mail.couriers)."""

    def __init__(self, path: Path, file: int, pages: mmap.mmap) -> None:
        """`file` is locked; `pages` are its own, with room for a start. See `begin`."""
        self.path, self.token, self._file = path, path.stem, file
        self.broken = False
        self.trouble: Sentence | None = None  # why the disk did not take a line
        self._pages, self._end = pages, 0
        self._write(f"{_HEADER} {path.stem} {_boot()}".encode())
        # Nothing is begun after this moment. A worker that hung through its lease must not begin more.
        self.until = 0.0

    def handing(self, key: int) -> bool:
        """See `Witness.handing`."""
        return not self.broken and moment() < self.until and self._write(b"h %d" % key)

    def answered(self, key: int, outcome: Outcome) -> None:
        """See `Witness.answered`."""
        if not self.broken:
            self._write(f"a {key} {outcome.verdict.value} {json.dumps(outcome.reply)}".encode())

    def remove(self) -> None:
        """Every row of the claim is settled."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Leave it to whoever replays it. Harmless to repeat."""
        self.broken = True
        file, self._file = self._file, -1
        if file >= 0:
            self._pages.close()
            os.close(file)

    def _write(self, line: bytes) -> bool:
        """False, and the journal is gone, when the disk does not take it: doubt is better than a lie."""
        start, end = self._end, self._end + len(line)
        try:
            if end >= len(self._pages):
                self._grow(end)
            self._pages[start:end] = line
            self._pages[end] = _LINE_BREAK
        except OSError as error:
            self._give_up(error)
            return False
        except ValueError:  # closed meanwhile
            return False
        self._end = end + 1
        return True

    def _give_up(self, why: OSError) -> None:
        self.trouble, self.broken = Unwritable(why).sentence, True
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _grow(self, end: int) -> None:
        size = len(self._pages)
        while size <= end:
            size += _PAGES
        _make_room(self._file, len(self._pages), size)
        self._pages.resize(size)


def _make_room(file: int, start: int, end: int) -> None:
    """Zeros, so that the disk has room for what is written into the pages.

    Without it a full disk would be a signal that ends the process. Raises OSError.
    """
    if os.pwrite(file, bytes(end - start), start) < end - start:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def begin() -> Journal:
    """A new journal, for a claim of a new name. Raises Unwritable."""
    try:
        while True:
            path = _folder() / f"{secrets.token_hex(8)}.journal"
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            if pages := _first_pages(path, file):
                return Journal(path, file, pages)
            os.close(file)
    except OSError as error:
        raise Unwritable(error) from None


@contextmanager
def dead() -> Iterator[list[Path]]:
    """The journals whose owners live no more. They are ours until the block ends."""
    files: list[int] = []
    try:
        yield [path for path in _paths() if _seize(path, files)]
    finally:
        for file in files:
            os.close(file)


def of(token: str) -> Found | None:
    """What the journal of the claim `token` tells, whoever owns it; None when this machine has none."""
    path = _path() / f"{token}.journal"
    return read(path) if _NAME.fullmatch(path.name) and path.exists() else None


def read(path: Path) -> Found:
    """What the journal at `path` tells. Whatever stands there, this raises nothing."""
    found = Found(path.stem)
    try:
        data = path.read_bytes().rstrip(b"\0") if path.stat().st_size <= _LARGEST else b""
    except OSError:
        return found
    header, *lines = data.split(b"\n")[:-1] or [b""]  # a torn last line says nothing
    found.whole = header == f"{_HEADER} {path.stem} {_boot()}".encode()
    if header.startswith(f"{_HEADER} {path.stem} ".encode()):
        found.whole &= all(_understood(line, found) for line in lines)
    return found


def moment() -> float:
    """Seconds on a clock that also runs while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _first_pages(path: Path, file: int) -> mmap.mmap | None:
    """None when somebody took it for a dead one, just now. On a full disk nothing is left behind."""
    try:
        if not _lock(file) or not os.fstat(file).st_nlink:
            return None
        _make_room(file, 0, _PAGES)
        return mmap.mmap(file, _PAGES)
    except OSError:
        path.unlink(missing_ok=True)
        os.close(file)
        raise


def _understood(line: bytes, found: Found) -> bool:
    kind, _, rest = line.partition(b" ")
    try:
        if kind == b"h":
            found.handed.add(int(rest))
            return True
        key, verdict, reply = rest.split(b" ", 2)
        found.answers[int(key)] = Outcome(Verdict(verdict.decode()), str(json.loads(reply)))
    except ValueError:
        return False
    return kind == b"a"


def _path() -> Path:
    return Path(settings.DATA_DIR) / "journals"


def _folder() -> Path:
    path = _path()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _paths() -> list[Path]:
    path = _path()
    return sorted(one for one in path.iterdir() if _NAME.fullmatch(one.name)) if path.is_dir() else []


def _seize(path: Path, files: list[int]) -> bool:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    files.append(file)
    return stat.S_ISREG(os.fstat(file).st_mode) and _lock(file)


def _lock(file: int) -> bool:
    """A lock of the open file: another thread of this process is kept out too."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@lru_cache(maxsize=1)
def _boot() -> str:
    """Which run of the machine this is; the same word where that cannot be known."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"
