"""The broker carries hints: it may be emptied, stopped and started again at any time."""

import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import redis

from tests import services
from tests.installation import Installation
from tests.processes import free_port, wait_for

pytestmark = pytest.mark.chaos

POSTS, PAGES = 20, 5


@pytest.fixture
def grown_up(tmp_path: Path, postgres_url: str) -> Iterator[Installation]:
    database = services.new_database(postgres_url, f"outreach_{secrets.token_hex(4)}")
    broker = f"redis://127.0.0.1:{free_port()}/0"
    with Installation(tmp_path, database=database, broker=broker, pace=120) as installation:
        installation.furnish(source=False, posts=POSTS, pages=PAGES)
        yield installation


def _redis(stack: ExitStack, here: Installation) -> None:
    port = int(here.broker.removesuffix("/0").rpartition(":")[2])
    stack.enter_context(services.redis_at(port, here.folder))


def _published(here: Installation) -> int:
    return here.count("posts_publication", state="published")


def _all_are_out_once(here: Installation) -> None:
    wait_for(lambda: _published(here) == 2 * POSTS, 90, "every post")
    for taken in (Counter(p["message"] for p in here.graph.posts), Counter(p["text"] for p in here.x.posts)):
        assert len(taken) == POSTS
        assert set(taken.values()) == {1}


def test_redis_is_emptied_again_and_again(grown_up: Installation):
    with ExitStack() as stack:
        _redis(stack, grown_up)
        grown_up.worker()
        grown_up.beat()
        for share in (1, 4, 8):
            wait_for(lambda least=share: _published(grown_up) >= least * POSTS // 5, 60, "some posts")
            redis.Redis.from_url(grown_up.broker).flushall()
        _all_are_out_once(grown_up)


def test_redis_is_killed_and_comes_back_empty(grown_up: Installation):
    with ExitStack() as stack:
        _redis(stack, grown_up)
        grown_up.worker()
        grown_up.beat()
        wait_for(lambda: _published(grown_up) >= POSTS // 5, 60, "some posts")
    with ExitStack() as stack:
        _redis(stack, grown_up)
        _all_are_out_once(grown_up)


def test_two_workers_and_two_beats_double_nothing(grown_up: Installation):
    with ExitStack() as stack:
        _redis(stack, grown_up)
        for number in range(2):
            grown_up.worker(f"worker{number}")
            grown_up.beat(f"beat{number}")
        _all_are_out_once(grown_up)
