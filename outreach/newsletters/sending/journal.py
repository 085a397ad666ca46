"""What happened to the mails of one claim, in a file that outlives this process.

The file bears the claim's name, exists before the claim is committed, is locked by its living owner, and is
removed after the last row of the claim is settled. One line is one write: `h 12` before the first byte of
delivery 12 may leave, `a 12 …` as soon as the server answered. After a kill it tells three things apart: what
was answered, what was handed over, and what was never begun. It is not synced. So a journal from before the
machine's last start, which may have lost its end with the power, proves what was answered and nothing else.
"""

import errno
import fcntl
import json
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
_HEADER = "outreach journal 1"
_LARGEST = 16_000_000  # bytes; ours stay below one million


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

    def __init__(self, path: Path, file: int) -> None:
        self.path, self.token, self._file = path, path.stem, file
        self.broken = False
        self.trouble: Sentence | None = None  # why the disk did not take a line
        # Nothing is begun after this moment. A worker that hung through its lease must not begin more.
        self.until = 0.0

    def handing(self, key: int) -> bool:
        """See `Witness.handing`."""
        return not self.broken and moment() < self.until and self._write(b"h %d\n" % key)

    def answered(self, key: int, outcome: Outcome) -> None:
        """See `Witness.answered`."""
        if not self.broken:
            self._write(f"a {key} {outcome.verdict.value} {json.dumps(outcome.reply)}\n".encode())

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
            os.close(file)

    def _write(self, line: bytes) -> bool:
        """False, and the journal is gone, when the disk does not take it: doubt is better than a lie."""
        try:
            if os.write(self._file, line) == len(line):
                return True
            self.trouble = Unwritable(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))).sentence
        except OSError as error:
            self.trouble = Unwritable(error).sentence
        self.broken = True
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        return False


def begin() -> Journal:
    """A new journal, for a claim of a new name. Raises Unwritable."""
    try:
        while True:
            path = _folder() / f"{secrets.token_hex(8)}.journal"
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            if _is_begun(path, file):
                return Journal(path, file)
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
        data = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
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


def _is_begun(path: Path, file: int) -> bool:
    """False when somebody took it for a dead one, just now. On a full disk nothing is left behind."""
    try:
        if not _lock(file) or not os.fstat(file).st_nlink:
            return False
        os.write(file, f"{_HEADER} {path.stem} {_boot()}\n".encode())
    except OSError:
        path.unlink(missing_ok=True)
        os.close(file)
        raise
    return True


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
