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
        return _run(tmp_path, python("-m", "outreach", *words), stdin, env)

    return run


@pytest.fixture
def newsletter(tmp_path: Path, outreach: Outreach) -> str:
    """The name of a newsletter of all sources that are there, in the database of `outreach`."""
    assert outreach("migrate").code == 0
    ran = _run(tmp_path, python("-c", _MAKE_NEWSLETTER), "", {"DJANGO_SETTINGS_MODULE": "outreach.settings"})
    assert ran.code == 0, ran.err
    return "Nieuws"


_MAKE_NEWSLETTER = """
import django
django.setup()
from outreach.feeds.models import Source
from outreach.newsletters import making
making.create("Nieuws", sources=Source.objects.all(), mode="approval", language="nl")
"""


def _run(folder: Path, command: list[str], stdin: str, env: dict[str, str]) -> Ran:
    settings = {
        "OUTREACH_DATA_DIR": str(folder / "data"),
        "OUTREACH_DATABASE_URL": f"sqlite:///{folder / 'data' / 'outreach.sqlite3'}",
        "OUTREACH_MAIL_URL": "inbox://",
        "OUTREACH_LANGUAGE": "en",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
    }
    (folder / "here").mkdir(exist_ok=True)
    done = subprocess.run(
        command,
        cwd=folder / "here",
        env={**os.environ, **settings, **env},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)
