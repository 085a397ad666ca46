"""Real processes are killed -9 again and again while one issue goes out to very many readers.

What arrived is counted at the mail server, which writes each down before it answers; never in our rows.
A seed that failed is tried again with OUTREACH_TEST_SEED.
"""

import json
import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import services
from tests.fakes.counting_sink import CountingSink
from tests.installation import Installation
from tests.mailing import address
from tests.nursery import Life, Nursery, stop
from tests.processes import wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

KILLS, READERS = 30, 100_000
STOPS, FEWER = 6, 12_000
PACE = 60  # what is in doubt is sent again after 5 s
CONNECTIONS = 4
TICKS = {"deliver": 0.2}
SLOWNESS = 0.003  # seconds at most before the server answers
DAWDLING = 0.1  # the part of the kills that comes while a process starts


class Mailing:
    """An installation whose issue is going out, and the server that it goes to."""

    def __init__(
        self, folder: Path, stack: ExitStack, readers: int, database: str = "", broker: str = ""
    ) -> None:
        self.seed = int(os.environ.get("OUTREACH_TEST_SEED", random.randrange(10**6)))
        print(f"OUTREACH_TEST_SEED={self.seed}")
        self.random, self.readers = random.Random(self.seed), readers
        self.sink = stack.enter_context(CountingSink(SLOWNESS))
        self.here = stack.enter_context(
            Mailed(self.sink, folder, database=database, broker=broker, pace=PACE)
        )
        made = json.loads(self.here.module("tests.mailing", stdin=json.dumps({"readers": readers})))
        assert made["deliveries"] == readers
        self.nursery = stack.enter_context(Nursery(folder, self.here.env, TICKS))
        self._line = 0

    def some_arrive(self, left: int, alive: Callable[[], bool]) -> None:
        """Wait until some have, so that work is left for the last of `left` kills, and then for a moment."""
        share = max((self.readers - self.sink.count()) // (left + 1), 1)
        goal = min(self.sink.count() + self.random.randint(1, 2 * share - 1), self.readers)
        ends = time.monotonic() + 120
        while self.sink.count() < goal:
            assert alive()
            assert time.monotonic() < ends, "nothing is mailed any more"
            time.sleep(0.002)
        time.sleep(self.random.uniform(0, 0.02))

    def is_over(self) -> None:
        """Wait until the issue is sent."""
        wait_for(lambda: self.here.count("newsletters_issue", state="sent") == 1, 300, "the end of the issue")

    def rows(self, condition: str) -> set[str]:
        """The addresses of the deliveries of which this holds in our ledger."""
        tables = "newsletters_delivery d JOIN subscribers_subscriber s ON s.id = d.subscriber_id"
        return {row[0] for row in self.here.rows(f"SELECT s.address FROM {tables} WHERE {condition}")}


class Mailed(Installation):
    """Its mail server is a fast one."""

    def __init__(self, sink: CountingSink, folder: Path, **values: object) -> None:
        super().__init__(folder, **values)  # type: ignore[arg-type]
        self.sink = sink

    @property
    def env(self) -> dict[str, str]:
        """Quiet: this is much mail."""
        mail = {"OUTREACH_MAIL_URL": self.sink.url, "OUTREACH_MAIL_CONNECTIONS": str(CONNECTIONS)}
        return {**super().env, **mail, "OUTREACH_LOG_LEVEL": "warning"}


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def grown_up(tmp_path: Path, stack: ExitStack, postgres_url: str) -> Callable[[int], Mailing]:
    """The same on PostgreSQL and Redis."""
    database = services.new_database(postgres_url, f"outreach_{secrets.token_hex(4)}")
    broker = stack.enter_context(services.redis())
    return lambda readers: Mailing(tmp_path, stack, readers, database, broker)


def test_an_embedded_process_that_is_killed_loses_nobody(tmp_path: Path, stack: ExitStack) -> None:
    mailing = Mailing(tmp_path, stack, READERS)
    for left in range(KILLS, 0, -1):
        life = mailing.nursery.serve(mailing.here.port)
        if mailing.random.random() < DAWDLING:
            time.sleep(mailing.random.uniform(0, 1))
        else:
            mailing.some_arrive(left, life.running)
        life.kill()
    mailing.nursery.serve(mailing.here.port)
    mailing.is_over()
    _nobody_is_lost_and_who_got_it_twice_is_marked(mailing, {"whole processes": KILLS})


def test_two_workers_and_their_children_that_are_killed_lose_nobody(
    grown_up: Callable[[int], Mailing],
) -> None:
    """On two machines, which so mail at the same time: on one they would take turns."""
    mailing, kills = grown_up(READERS), Counter[str]()
    nursery = mailing.nursery
    workers = [nursery.worker(name, machine=name) for name in "ab"]
    nursery.beat()
    for left in range(KILLS, 0, -1):
        mailing.some_arrive(left, lambda: True)
        chance, victim = mailing.random.random(), mailing.random.randrange(2)
        if chance < 0.4 and workers[victim].kill_a_child():
            kills["single children"] += 1
        elif chance < 0.8:
            workers[victim].kill()
            workers[victim] = nursery.worker("ab"[victim], machine="ab"[victim])
            kills["whole workers"] += 1
        else:
            _kill_both(workers)
            workers = [nursery.worker(name, machine=name) for name in "ab"]
            kills["both workers"] += 1
    mailing.is_over()
    _nobody_is_lost_and_who_got_it_twice_is_marked(mailing, kills)


def _kill_both(workers: list[Life]) -> None:
    for worker in workers:
        worker.kill()


def _nobody_is_lost_and_who_got_it_twice_is_marked(mailing: Mailing, kills: dict[str, int]) -> None:
    taken = mailing.sink.recipients()
    twice = {to for to, times in taken.items() if times > 1}
    repeats, connections = sum(taken.values()) - len(taken), mailing.sink.connections()
    sent, marked = mailing.rows("d.state = 'sent'"), mailing.rows("d.repeated")
    kinds = ", ".join(f"{number} {kind}" for kind, number in kills.items())
    print(f"{kinds} killed; at most {connections} connections; {len(taken)} readers have it, {repeats} twice")
    assert sum(kills.values()) == KILLS
    assert {address(number) for number in range(mailing.readers)} - taken.keys() == set()
    assert max(taken.values()) <= 2
    assert repeats <= connections * KILLS
    assert twice - marked == set()
    assert sent - taken.keys() == set()
    assert len(sent) == mailing.readers
    assert len({mark for _, mark in mailing.sink.taken()}) == len(
        taken
    )  # a repetition has the same Message-ID


def test_an_embedded_process_that_is_told_to_end_repeats_nothing(tmp_path: Path, stack: ExitStack) -> None:
    mailing = Mailing(tmp_path, stack, FEWER)
    for left in range(STOPS, 0, -1):
        life = mailing.nursery.serve(mailing.here.port)
        mailing.some_arrive(left, life.running)
        stop(life)
    mailing.nursery.serve(mailing.here.port)
    mailing.is_over()
    _everybody_has_it_once(mailing)


def test_workers_that_are_told_to_end_repeat_nothing(grown_up: Callable[[int], Mailing]) -> None:
    mailing = grown_up(FEWER)
    mailing.nursery.beat()
    for left in range(STOPS, 0, -1):
        workers = [mailing.nursery.worker(name, machine=name) for name in "ab"]
        mailing.some_arrive(left, lambda: True)
        stop(*workers)
    mailing.nursery.worker("c")
    mailing.is_over()
    _everybody_has_it_once(mailing)


def _everybody_has_it_once(mailing: Mailing) -> None:
    assert mailing.sink.recipients() == {address(number): 1 for number in range(mailing.readers)}
    assert mailing.rows("d.state = 'sent'") == set(mailing.sink.recipients())
    assert mailing.rows("d.repeated") == set()
