"""Real processes for tests: each in a group of its own, ended by that group only, its words kept."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent


def alone(folder: Path, *words: str, given: bytes = b"") -> str:
    """What Python says to `words`, in a process that has nothing of this one; its data are in `folder`."""
    env = {
        "OUTREACH_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "outreach.settings",
        "PATH": "/usr/bin",
    }
    done = subprocess.run(python(*words), cwd=ROOT, env=env, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], timeout: float, what: str = "") -> None:
    """Look ten times a second until `condition` holds; AssertionError after `timeout` seconds."""
    ends = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < ends, f"waited {timeout} s in vain: {what or condition}"
        time.sleep(0.1)


def answers(port: int) -> bool:
    """Whether somebody listens on `port`."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Process:
    """One started program and everything it starts itself."""

    def __init__(
        self, command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                cwd=ROOT,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def said(self) -> str:
        """What it has written so far."""
        return self.log.read_text(errors="replace")

    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def children(self) -> list[int]:
        """The pids of what it has started, such as the children of a worker's pool."""
        return [child.pid for child in psutil.Process(self.pid).children(recursive=True)]

    def signal(self, number: int) -> None:
        """Signal the whole group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """Kill -9 the whole group, as a power cut would."""
        self.signal(signal.SIGKILL)
        self._process.wait()

    def stop(self, timeout: float = 30) -> int:
        """Ask it to end; its exit code."""
        self.signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout)
        finally:
            self.kill()

    def ends(self, timeout: float = 30) -> int:
        """Wait until it ends by itself; its exit code."""
        return self._process.wait(timeout)


def python(*arguments: str) -> list[str]:
    """The command line of this Python with a module: `python("-m", "outreach", "serve")`."""
    return [sys.executable, *arguments]
