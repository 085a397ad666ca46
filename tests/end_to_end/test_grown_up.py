"""The main job over real sockets, on several processes: gunicorn, workers, beat, PostgreSQL, Redis."""

import json
import os
import secrets
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import services
from tests.end_to_end import main_job
from tests.installation import Installation
from tests.processes import wait_for

pytestmark = pytest.mark.services


@pytest.fixture
def here(tmp_path: Path, redis_url: str, postgres_url: str) -> Iterator[Installation]:
    database = services.new_database(postgres_url, f"outreach_{secrets.token_hex(4)}")
    with services.redis() as broker, Installation(tmp_path, database=database, broker=broker) as installation:
        yield installation


def _start(here: Installation) -> None:
    here.worker()
    here.beat()


def test_a_new_article_reaches_each_network_once(here: Installation):
    main_job.article_reaches_each_network_once(here, _start)


def test_a_newsletter_reaches_each_reader_once(here: Installation):
    main_job.article_is_mailed_once_to_each_reader(here, _start)


def test_two_workers_and_two_beats_double_nothing(here: Installation):
    def start(here: Installation) -> None:
        for number in range(2):
            here.worker(f"worker{number}")
            here.beat(f"beat{number}")

    main_job.article_reaches_each_network_once(here, start)


def test_the_pages_answer_and_no_page_needs_the_broker(here: Installation):
    here.furnish(source=False)
    here.gunicorn()
    with urllib.request.urlopen(f"http://127.0.0.1:{here.port}/log-in/") as page:
        assert page.status == 200


def test_workers_and_beat_can_be_asked_whether_they_live(here: Installation):
    here.furnish(source=False)
    here.worker()
    assert "pong" in here.module("celery", "-A", "tasks", "inspect", "ping", "--timeout", "10")


def test_a_worker_takes_all_queues_unless_it_is_told_which(here: Installation):
    here.furnish(source=False)
    here.worker("every")
    here.worker("mailer", "-Q", "mail")
    said = here.module("celery", "-A", "tasks", "inspect", "active_queues", "--json", "--timeout", "10")
    taken = {
        name.partition("@")[0]: {queue["name"] for queue in queues}
        for name, queues in json.loads(said).items()
    }
    assert taken == {"every": {"default", "mail"}, "mailer": {"mail"}}


def test_a_worker_of_several_processes_starts_with_one_for_each_seat(here: Installation):
    here.furnish(source=False)
    worker = here.start("plain", "-m", "celery", "-A", "tasks", "worker")
    wait_for(lambda: len(worker.children()) >= 11, 30, "eleven processes")
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.ends() == 0
