"""Real processes are killed -9 a hundred times during 300 publications: network total == unique == approved.

What went out is counted at the networks, never in our own rows.
"""

import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests import services
from tests.fakes.service import Answer, Request, Service
from tests.installation import Installation
from tests.nursery import Life, Nursery
from tests.processes import wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

KILLS, POSTS, PAGES = 100, 160, 40
PACE = 60  # a lease of 5 s: a machine that is busy with other things must not outlast it
SLOWNESS = 0.1  # seconds at most before a network acts, and again before its answer leaves
LOST = 0.1  # of the requests: the connection breaks before the network acted


class Traffic:
    """Counts the posts that arrive at slow networks, and says when the next few have."""

    def __init__(self) -> None:
        self._left, self._arrived, self._lock = 0, threading.Event(), threading.Lock()

    @contextmanager
    def through(self, service: Service) -> Iterator[None]:
        """Let the requests to `service` pass slowly."""
        take = service.take

        def slowly(request: Request) -> tuple[Answer | None, bool]:
            if request.method == "POST":
                self._count()
                time.sleep(random.uniform(0, SLOWNESS))
                if random.random() < LOST:
                    return None, False
            answer = take(request)
            time.sleep(random.uniform(0, SLOWNESS))
            return answer

        service.take = slowly  # type: ignore[method-assign]
        try:
            yield
        finally:
            del service.take

    def watch(self, posts: int) -> None:
        """From now on, count so many."""
        with self._lock:
            self._left = posts
            self._arrived.clear()

    def wait(self) -> None:
        """Until they have arrived, and then for a moment that falls anywhere in a request or after it."""
        assert self._arrived.wait(30), "nothing is posted any more"
        time.sleep(random.uniform(0, 1.5 * SLOWNESS))

    def _count(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                self._arrived.set()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _prepared(stack: ExitStack, here: Installation) -> tuple[Nursery, Traffic]:
    stack.enter_context(here)
    here.furnish(source=False, posts=POSTS, pages=PAGES)
    traffic = Traffic()
    for network in (here.graph, here.x):
        stack.enter_context(traffic.through(network))
    return stack.enter_context(Nursery(here.folder, here.env)), traffic


def test_the_embedded_process_is_killed_a_hundred_times(tmp_path: Path, stack: ExitStack) -> None:
    here = Installation(tmp_path, pace=PACE)
    nursery, traffic = _prepared(stack, here)
    for left in range(KILLS, 0, -1):
        traffic.watch(_some(here, left))
        life = nursery.serve(here.port)
        if random.random() < 0.1:
            time.sleep(random.uniform(0, 1))  # while it starts
        else:
            traffic.wait()
        assert life.running(), life.log.read_text()
        life.kill()
    nursery.serve(here.port)
    _every_post_is_out_once(here, {"whole processes": KILLS})


def test_workers_their_children_and_beat_are_killed_a_hundred_times(
    tmp_path: Path, stack: ExitStack, postgres_url: str
) -> None:
    database = services.new_database(postgres_url, f"outreach_{secrets.token_hex(4)}")
    broker = stack.enter_context(services.redis())
    here = Installation(tmp_path, database=database, broker=broker, pace=PACE)
    nursery, traffic = _prepared(stack, here)
    workers, beat, kills = [nursery.worker("a"), nursery.worker("b")], nursery.beat(), Counter[str]()
    for left in range(KILLS, 0, -1):
        traffic.watch(_some(here, left))
        traffic.wait()
        victim, chance = random.randrange(2), random.random()
        if chance < 0.6 and workers[victim].kill_a_child():
            kills["single children"] += 1
        elif chance < 0.95:
            workers[victim] = _another_worker(nursery, workers[victim], "ab"[victim])
            kills["whole workers"] += 1
        else:
            beat.kill()
            beat = nursery.beat()
            kills["beats"] += 1
    assert all(worker.running() for worker in workers)
    _every_post_is_out_once(here, kills)


def _another_worker(nursery: Nursery, worker: Life, name: str) -> Life:
    worker.kill()
    return nursery.worker(name)


def _some(here: Installation, left: int) -> int:
    """So many posts until the next kill that work is left for the last of them, `left` kills from now."""
    share = max((2 * POSTS - _taken(here)) // (left + 1), 1)
    return random.randint(1, 2 * share - 1)


def _taken(here: Installation) -> int:
    return len(here.graph.posts) + len(here.x.posts)


def _every_post_is_out_once(here: Installation, kills: dict[str, int]) -> None:
    """Network total == unique == approved."""
    assert sum(kills.values()) == KILLS
    wait_for(lambda: here.count("posts_publication", state="published") == 2 * POSTS, 120, "every post")
    found, again = _told(here, "the network has it"), _told(here, "so it is posted again")
    kinds = ", ".join(f"{number} {kind}" for kind, number in kills.items())
    print(f"{KILLS} kills ({kinds}); unknown outcomes settled: {found} were there, {again} were sent again")
    for network, word in ((here.graph, "message"), (here.x, "text")):
        taken = Counter(post[word] for post in network.posts)
        assert (len(network.posts), len(taken)) == (POSTS, POSTS)
    assert found
    assert again


def _told(here: Installation, words: str) -> int:
    said = f"subject LIKE 'publication:%' AND CAST(sentence AS TEXT) LIKE '%{words}%'"
    return int(here.rows(f"SELECT count(*) FROM core_activity WHERE {said}")[0][0])
