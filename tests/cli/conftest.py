"""Running the command as people do: a process of its own, with a folder of its own."""

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import ROOT, python


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What `--json` said."""
        return json.loads(self.out)


Outreach = Callable[..., Ran]


@pytest.fixture
def outreach(tmp_path: Path) -> Outreach:
    """`outreach("source", "list")` in an empty folder, with an empty database. Says English."""

    def run(*words: str, stdin: str = "", **env: str) -> Ran:
        settings = {
            "OUTREACH_DATA_DIR": str(tmp_path / "data"),
            "OUTREACH_DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'outreach.sqlite3'}",
            "OUTREACH_LANGUAGE": "en",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
        }
        (tmp_path / "here").mkdir(exist_ok=True)
        done = subprocess.run(
            python("-m", "outreach", *words),
            cwd=tmp_path / "here",
            env={**os.environ, **settings, **env},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return run
