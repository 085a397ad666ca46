"""Many short lives of our processes: one program that has imported everything, and forks a child for each.

A hundred starts from nothing would take three minutes of imports. The children are the real thing: the same
`main` as from a command line, in a process group of their own, killed -9 with all that they started.

A program, `python -m tests.nursery`: it reads one life per line as JSON, and answers with its process id.
"""

import contextlib
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from tests.processes import ROOT, python, wait_for

# Beat's intervals are fit for years, not for lives of one second.
INTERVALS = {"publish": 0.1, "settle": 0.3, "plan": 1.0}
EVERYTHING = (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.concurrency.thread",
    "celery.worker.consumer",
    "django.core.management.commands.migrate",
    "facebook",
    "kombu.transport.memory",
    "kombu.transport.redis",
    "outreach.newsletters.sending.delivering",
    "outreach.posts.following",
    "outreach.posts.planning",
    "outreach.posts.reminding",
    "outreach.posts.sending.publishing",
    "outreach.urls",
    "outreach.wsgi",
    "tasks.embedded",
    "tasks.greeting",
    "tasks.ticks",
    "tweepy",
    "waitress.server",
)


class Nursery:
    """Starts lives in the environment of an installation. Use as a context manager.

    `intervals`: which ticks beat sends, and how often in seconds.
    """

    def __init__(
        self, folder: Path, env: Mapping[str, str], intervals: Mapping[str, float] = INTERVALS
    ) -> None:
        self.folder, self.env = folder, {**os.environ, **env, "NURSERY_INTERVALS": json.dumps(intervals)}
        self.lives: list[Life] = []

    def __enter__(self) -> "Nursery":
        self._log = (self.folder / "nursery.log").open("ab")
        pipe = subprocess.PIPE
        self._program = subprocess.Popen(
            python("-m", "tests.nursery"), cwd=ROOT, env=self.env, stdin=pipe, stdout=pipe, stderr=self._log
        )
        return self

    def __exit__(self, *_: Any) -> None:
        for life in self.lives:
            life.kill()
        self._program.kill()
        self._program.wait()
        for file in (self._program.stdin, self._program.stdout, self._log):
            assert file is not None
            file.close()

    def serve(self, port: int) -> "Life":
        """The embedded form."""
        return self._start("serve", "--port", str(port))

    def worker(self, name: str, machine: str = "") -> "Life":
        """A prefork worker with a pool of three; on another `machine`, which has a data folder of its own."""
        quiet = ("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat")
        return self._start("worker", "-n", f"{name}@%h", "--concurrency", "3", *quiet, machine=machine)

    def beat(self) -> "Life":
        """The clock of the workers."""
        return self._start("beat", "--pidfile=")

    def _start(self, kind: str, *words: str, machine: str = "") -> "Life":
        log, data = self.folder / f"{kind}.log", str(self.folder / machine) if machine else ""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps([kind, str(log), data, *words]).encode() + b"\n")
        self._program.stdin.flush()
        life = Life(int(self._program.stdout.readline()), log)
        self.lives.append(life)
        return life


class Life:
    """One forked process and all that it starts."""

    def __init__(self, pid: int, log: Path) -> None:
        self.pid, self.log = pid, log

    def running(self) -> bool:
        """Whether it has not ended."""
        # Not a zombie either: while one of its threads still ends, its files and its port are open.
        return psutil.pid_exists(self.pid)

    def children(self) -> list[int]:
        """The pids of its pool."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return [child.pid for child in psutil.Process(self.pid).children()]
        return []

    def kill(self) -> None:
        """Kill -9 the whole group, as a power cut would; back when nothing of it runs."""
        pool = self.children()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        while self.running() or any(map(_runs, pool)):
            time.sleep(0.005)

    def kill_a_child(self) -> bool:
        """Kill -9 one process of the pool, as a kernel without memory would; False when there is none."""
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(random.choice(self.children()), signal.SIGKILL)
            return True
        return False


def stop(*lives: Life, timeout: float = 60) -> None:
    """Ask the main processes of `lives` to end, as systemd does; back when nothing of them runs."""
    pools = [pid for life in lives for pid in life.children()]
    for life in lives:
        with contextlib.suppress(ProcessLookupError):
            os.kill(life.pid, signal.SIGTERM)
    wait_for(lambda: not any(life.running() for life in lives), timeout, "their end")
    wait_for(lambda: not any(map(_runs, pools)), timeout, "the end of their pools")


def _runs(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def _live(kind: str, log: str, data: str, *words: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    if data:
        from django.conf import settings

        settings.DATA_DIR = Path(data)
        settings.DATA_DIR.mkdir(exist_ok=True)
    if kind == "serve":
        from tasks import embedded

        sys.exit(embedded.main(words))
    from tasks.app import app

    app.start([kind, *words])


def _import_everything() -> None:
    """What a life would import until its first post, look-up and page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    from tasks.app import app

    for name in EVERYTHING:
        importlib.import_module(name)
    schedule, every = app.conf.beat_schedule, json.loads(os.environ["NURSERY_INTERVALS"])
    app.conf.beat_schedule = {name: {**schedule[name], "schedule": every[name]} for name in every}


def main() -> None:
    _import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead: they leave no zombies
    for line in sys.stdin:
        sys.stdout.flush()
        if child := os.fork():
            os.setpgid(child, child)  # before anybody knows of it, so that its group can be killed
            print(child, flush=True)
            continue
        try:
            os.setpgrp()
            _live(*json.loads(line))
        finally:
            os._exit(1)


if __name__ == "__main__":
    main()
