"""A process is killed -9 at a chosen moment of a request; each post is then on each network exactly once."""

import os
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import services
from tests.chaos.holding import BEFORE, DURING, Held, held
from tests.installation import Installation
from tests.processes import wait_for

pytestmark = pytest.mark.chaos

PACE = 120  # a lease of 2.5 s, look-ups until 5 s
AFTER = "after its answer, before that was written down"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path, pace=PACE) as installation:
        yield installation


@pytest.fixture
def grown_up(tmp_path: Path, redis_url: str, postgres_url: str) -> Iterator[Installation]:
    database = services.new_database(postgres_url, f"outreach_{secrets.token_hex(4)}")
    with Installation(tmp_path, database=database, broker=redis_url, pace=PACE) as installation:
        yield installation


def _both_held(stack: ExitStack, here: Installation, moment: str) -> list[Held]:
    return [stack.enter_context(held(network, moment)) for network in (here.graph, here.x)]


def _is_out_once(here: Installation) -> None:
    wait_for(lambda: here.count("posts_publication", state="published") == 2, 60, "both posts")
    assert [len(here.graph.posts), len(here.x.posts)] == [1, 1]


@pytest.mark.parametrize("moment", [BEFORE, DURING, AFTER])
def test_the_whole_embedded_process_is_killed(here: Installation, moment: str):
    here.furnish(source=False, posts=1)
    with ExitStack() as stack:
        holds = _both_held(stack, here, BEFORE if moment == BEFORE else DURING)
        process = here.serve()
        wait_for(lambda: all(hold.arrived.is_set() for hold in holds), 20, "both requests")
        if moment == AFTER:
            # Stopped, it cannot read the answers that now arrive in its sockets.
            process.signal(signal.SIGSTOP)
            for hold in holds:
                hold.release.set()
            time.sleep(0.3)
        here.kill()
    here.serve()
    _is_out_once(here)
    # What was held before the network acted never counted there: the one request is the second try.
    assert [len(here.graph.sent()), len(here.x.sent())] == [1, 1]


@pytest.mark.parametrize("moment", [BEFORE, DURING])
def test_a_child_of_the_workers_pool_is_killed(grown_up: Installation, moment: str):
    grown_up.furnish(source=False, posts=1)
    with ExitStack() as stack:
        holds = _both_held(stack, grown_up, moment)
        worker = grown_up.worker()
        grown_up.beat()
        wait_for(lambda: all(hold.arrived.is_set() for hold in holds), 20, "both requests")
        for child in worker.children():
            os.kill(child, signal.SIGKILL)
    assert worker.running()
    _is_out_once(grown_up)
