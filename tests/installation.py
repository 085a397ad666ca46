"""A whole Outreach as real processes, between a website, the networks and a mail server that are ours.

The embedded form (one process, SQLite) and the grown-up one (workers, beat, gunicorn, PostgreSQL, Redis) are
the same to a test.
"""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.fakes.graph import FakeGraph
from tests.fakes.postoffice import PostOffice
from tests.fakes.website import Website
from tests.fakes.x_api import FakeX
from tests.processes import ROOT, Process, answers, free_port, python, wait_for


class Installation:
    """Start and stop it; look at its rows by `count`. Use as a context manager."""

    def __init__(self, folder: Path, *, database: str = "", broker: str = "", pace: int = 60) -> None:
        self.folder, self.port, self.pace = folder, free_port(), pace
        self.database = database or f"sqlite:///{folder / 'outreach.sqlite3'}"
        self.broker = broker
        self.site, self.graph, self.x, self.office = Website(live=True), FakeGraph(), FakeX(), PostOffice()
        self.x.window = 100_000
        self.running: dict[str, Process] = {}
        self._started = 0

    def __enter__(self) -> "Installation":
        for fake in (self.site, self.graph, self.x, self.office):
            fake.__enter__()
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.kill()
        for fake in (self.site, self.graph, self.x, self.office):
            fake.__exit__(None, None, None)
        print(self.logs())  # pytest shows it when the test has failed

    @property
    def env(self) -> dict[str, str]:
        """The settings that point at the fakes."""
        return {
            "OUTREACH_DATA_DIR": str(self.folder),
            "OUTREACH_DATABASE_URL": self.database,
            "OUTREACH_BROKER_URL": self.broker or "memory://localhost",
            "OUTREACH_BASE_URL": f"http://127.0.0.1:{self.port}",
            "OUTREACH_SECRET_KEY": "only-for-tests",
            "OUTREACH_ALLOW_PRIVATE_ADDRESSES": "yes",
            "OUTREACH_FACEBOOK_API_URL": self.graph.url,
            "OUTREACH_X_API_URL": self.x.url,
            "OUTREACH_MAIL_URL": self.office.url,
            "OUTREACH_MAIL_FROM": "nieuws@kleurrijk.example",
            "OUTREACH_PACE": str(self.pace),
            "OUTREACH_LANGUAGE": "nl",
            "OUTREACH_PAGE_WAIT_MINUTES": "0",
            "OUTREACH_LOG_LEVEL": "debug",  # all of it is searched for secrets
        }

    def furnish(self, **wanted: Any) -> dict[str, Any]:
        """Make the rows that a test starts from; see `tests.furnishing`."""
        facebook, x = self.graph.credentials, self.x.credentials
        asked = {"facebook": facebook, "x": x, "feed": self.site.feed_url, **wanted}
        return dict(json.loads(self.module("tests.furnishing", stdin=json.dumps(asked))))

    def slot_now(self) -> None:
        """The newsletter's next issue is due at this moment."""
        self.module("tests.furnishing", stdin="{}")

    def command(self, *words: str) -> Any:
        """What an `outreach` command says, as data."""
        return json.loads(self.module("outreach", *words, "--json"))

    def count(self, table: str, **where: str) -> int:
        """Rows of `table` with these texts in these columns."""
        clause = " AND ".join(f"{column} = '{value}'" for column, value in where.items()) or "1 = 1"
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE {clause}")[0][0])

    def rows(self, query: str) -> list[Any]:
        """Read the database directly."""
        if self.database.startswith("sqlite"):
            import sqlite3

            with sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=20) as file:
                return list(file.execute(query))
        import psycopg

        with psycopg.connect(self.database) as connection:
            return list(connection.execute(query))

    def serve(self) -> Process:
        """Start the embedded form; back when its pages answer."""
        process = self.start("serve", "-m", "outreach", "serve", "--port", str(self.port))
        wait_for(lambda: answers(self.port) or not process.running(), 30, "the pages")
        assert process.running(), process.said()
        return process

    def worker(self, name: str = "worker", *options: str) -> Process:
        """Start a prefork worker; back when it is ready."""
        words = ("--loglevel", "INFO", "--concurrency", "4", "--without-gossip", "--without-mingle")
        process = self.start(
            name, "-m", "celery", "-A", "tasks", "worker", "-n", f"{name}@%h", *words, *options
        )
        wait_for(lambda: process.children() or not process.running(), 30, "the worker")
        assert process.running(), process.said()
        return process

    def beat(self, name: str = "beat") -> Process:
        """Start beat."""
        return self.start(name, "-m", "celery", "-A", "tasks", "beat", "--pidfile=")

    def gunicorn(self) -> Process:
        """Start the pages of the grown-up form; back when they answer."""
        address = f"127.0.0.1:{self.port}"
        process = self.start("gunicorn", "-m", "gunicorn", "-b", address, "outreach.wsgi")
        wait_for(lambda: answers(self.port) or not process.running(), 30, "the pages")
        assert process.running(), process.said()
        return process

    def start(self, name: str, *words: str) -> Process:
        """Start any Python module under a name."""
        self._started += 1
        process = Process(python(*words), self.folder / f"{self._started:02}-{name}.log", self.env)
        self.running[name] = process
        return process

    def kill(self, names: Iterable[str] = ()) -> None:
        """Kill -9 these, or all: the whole process group of each."""
        for name in list(names) or list(self.running):
            self.running.pop(name).kill()

    def logs(self) -> str:
        """The ends of all logs, for a failure."""
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in found)

    def module(self, module: str, *words: str, stdin: str = "") -> str:
        """Run a Python module to its end; what it said on standard output."""
        done = subprocess.run(
            python("-m", module, *words),
            cwd=ROOT,
            env={**os.environ, **self.env},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout
