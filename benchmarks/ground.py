"""A fresh Outreach in a folder that is thrown away: an empty database, no mail server, no network."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

Line = tuple[str, str]


def on_both_databases(name: str, measured: Callable[[str], Iterator[Line]]) -> Iterator[Line]:
    """What `measured` says of SQLite and of PostgreSQL: `name` again, each in a process of its own."""
    from tests import services

    if which := os.environ.get("OUTREACH_BENCHMARK_OF"):
        yield from measured(which)
        return
    _again(name, "SQLite", {})
    with services.postgres() as url:
        _again(name, "PostgreSQL", {"OUTREACH_DATABASE_URL": url})


def _again(name: str, which: str, settings: dict[str, str]) -> None:
    env = {**os.environ, **settings, "OUTREACH_BENCHMARK_OF": which}
    subprocess.run([sys.executable, "-m", "benchmarks", name], env=env, check=True)


def prepare(database: str = "") -> None:
    """Set Django up with it, on SQLite or on this `database`; the second time nothing happens."""
    if "OUTREACH_BENCHMARK" in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="outreach-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(
        OUTREACH_BENCHMARK=folder,
        OUTREACH_DATA_DIR=folder,
        OUTREACH_DATABASE_URL=database or f"sqlite:///{folder}/bench.sqlite3",
        OUTREACH_SECRET_KEY="only-for-benchmarks",
        OUTREACH_ALLOW_PRIVATE_ADDRESSES="yes",
        OUTREACH_PAGE_WAIT_MINUTES="0",  # what is measured is ours; the links lead to no page
        DJANGO_SETTINGS_MODULE="outreach.settings",
    )
    import django

    django.setup()
    from django.core.management import call_command

    from outreach.core import logs

    logs.configure("error")
    call_command("migrate", verbosity=0)
