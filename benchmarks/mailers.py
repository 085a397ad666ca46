"""Who sends in `benchmarks.mail`, and who takes it: each is a program of its own."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests import mail_programs
from tests.fakes.counting_sink import CountingSink
from tests.processes import answers, free_port, wait_for

SENDER = "nieuws@a.example"


@dataclass(frozen=True)
class Run:
    """What one sender did."""

    messages: int
    seconds: float
    cpu: float  # seconds of the sender alone
    peak: float = 0.0  # MB

    @property
    def speed(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds

    @property
    def cost(self) -> float:
        """Microseconds of CPU for each message."""
        return 1e6 * self.cpu / self.messages


@dataclass
class Runs:
    """Of one sender; the median decides."""

    runs: list[Run] = field(default_factory=list)

    @property
    def speed(self) -> float:
        """Messages a second."""
        return median(run.speed for run in self.runs)

    @property
    def cost(self) -> float:
        """Microseconds of CPU for each message."""
        return median(run.cost for run in self.runs)

    @property
    def peak(self) -> float:
        """MB."""
        return max(run.peak for run in self.runs)


@dataclass(frozen=True)
class House:
    """An installation of ours with one newsletter."""

    folder: Path
    database: str = ""  # SQLite when empty

    def prepare(self, readers: int, articles: int) -> None:
        """Readers, and an issue that is going out to them."""
        self.folder.mkdir()
        self._program("tests.mailing", given={"readers": readers, "articles": articles})

    def another_issue(self, articles: int) -> None:
        """The next one, to the same readers."""
        self._program("tests.mailing", given={"articles": articles})

    def size(self) -> int:
        """Bytes of a message."""
        return int(self._program("benchmarks.postage", "size")["messages"])

    def send(self, port: int, connections: int = 4, **env: str) -> Run:
        """Mail the issue with our own engine."""
        return Run(**self._program("benchmarks.postage", "ours", port=port, connections=connections, env=env))

    def django(self, port: int, messages: int) -> Run:
        """Mail it to so many readers with Django's own mail."""
        return Run(**self._program("benchmarks.postage", "django", str(messages), port=port))

    def _program(
        self,
        module: str,
        *words: str,
        given: Any = None,
        port: int = 9,
        connections: int = 4,
        env: dict[str, str] | None = None,
    ) -> Any:
        settings = {
            "OUTREACH_DATA_DIR": str(self.folder),
            "OUTREACH_DATABASE_URL": self.database or f"sqlite:///{self.folder}/bench.sqlite3",
            "OUTREACH_SECRET_KEY": "only-for-benchmarks",
            "OUTREACH_BASE_URL": "https://post.a.example",
            "OUTREACH_MAIL_FROM": SENDER,
            "OUTREACH_MAIL_URL": f"smtp://127.0.0.1:{port}?tls=no",
            "OUTREACH_MAIL_CONNECTIONS": str(connections),
            **(env or {}),
        }
        done = subprocess.run(
            [sys.executable, "-m", module, *words],
            env={**os.environ, **settings},
            input=json.dumps(given),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)


def smtp_source(port: int, messages: int, size: int, sessions: int = 4) -> Run:
    """Postfix's own load generator, in C, on kept connections: it makes nothing, and writes nothing down."""
    words = f"-d -s {sessions} -m {messages} -l {size} -f {SENDER} -t lezer@a.example 127.0.0.1:{port}"
    began, busy = time.perf_counter(), _children()
    subprocess.run([str(found("smtp-source")), *words.split()], check=True)
    return Run(messages, time.perf_counter() - began, _children() - busy)


def rsa_key(folder: Path) -> str:
    """The path of a new key of 2048 bits."""
    path = folder / "dkim.pem"
    words = ["openssl", "genrsa", "-out", str(path), "2048"]
    subprocess.run(words, check=True, capture_output=True)
    return str(path)


def found(program: str) -> str | None:
    """Where a program of Postfix is."""
    return shutil.which(program, path=mail_programs.PATH)


@contextmanager
def sink() -> Iterator[int]:
    """The port of Postfix's smtp-sink, which throws away; of a sink of ours where there is none."""
    program = found("smtp-sink")
    if program is None:
        with CountingSink() as ours:
            yield ours.port
        return
    port, user = free_port(), ["-u", "postfix"] if os.geteuid() == 0 else []
    server = subprocess.Popen([program, *user, f"127.0.0.1:{port}", "256"], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: answers(port), 10, "smtp-sink")
        yield port
    finally:
        server.kill()
        server.wait()


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system
