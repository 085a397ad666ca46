"""A website sends bombs: the worker that watches it goes on, and finds the next article."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests import services
from tests.feeds import hostile
from tests.installation import Installation
from tests.processes import Process, wait_for

pytestmark = pytest.mark.chaos

BOMBS = (
    "a billion laughs in UTF-16",
    "tags that never close",
    "a JSON feed half a million deep",
    "a hundred thousand events",
    "an element with a hundred thousand attributes",
    "zeros of nine megabytes",
)
WAYS = ("bomb", "huge", "hang-up", "loop")
MEGABYTE = 1024 * 1024


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path, pace=120) as installation:
        yield installation


@pytest.fixture
def grown_up(tmp_path: Path, redis_url: str, postgres_url: str) -> Iterator[Installation]:
    database = services.new_database(postgres_url, f"outreach_{secrets.token_hex(4)}")
    with Installation(tmp_path, database=database, broker=redis_url, pace=120) as installation:
        yield installation


def _poll_now(here: Installation) -> None:
    here.rows("UPDATE feeds_source SET next_poll_at = '2020-01-01 00:00:00+00:00' RETURNING id")


def _failures(here: Installation) -> int:
    return int(here.rows("SELECT failures FROM feeds_source")[0][0])


def _bombed(here: Installation) -> None:
    """Each bomb is refused; then an article is found as ever."""
    for number, name in enumerate(BOMBS, 1):
        here.site.instead = hostile.DOCUMENTS[name]
        _poll_now(here)
        wait_for(lambda least=number: _failures(here) >= least, 60, name)
    here.site.instead = None
    for number, way in enumerate(WAYS, 1 + len(BOMBS)):
        here.site.mode = way
        _poll_now(here)
        wait_for(lambda least=number: _failures(here) >= least, 60, way)
    here.site.mode = ""
    here.site.add_article("Na de bommen")
    _poll_now(here)
    wait_for(lambda: here.count("feeds_entry", title="Na de bommen") == 1, 60, "the article")
    assert _failures(here) == 0


def _is_unharmed(process: Process) -> None:
    assert process.running()
    assert max(map(_resident, [process.pid, *process.children()])) < 300 * MEGABYTE


def _resident(pid: int) -> int:
    """Bytes; of a parser that is through by now, none."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def test_the_threads_of_the_embedded_form_go_on(here: Installation) -> None:
    here.site.add_article("Voor de bommen")
    here.furnish(posts=0)
    process = here.serve()
    _bombed(here)
    _is_unharmed(process)


def test_the_children_of_a_workers_pool_go_on(grown_up: Installation) -> None:
    grown_up.site.add_article("Voor de bommen")
    grown_up.furnish(posts=0)
    worker = grown_up.worker()
    before = set(worker.children())
    grown_up.beat()
    _bombed(grown_up)
    assert before <= set(worker.children())
    _is_unharmed(worker)
