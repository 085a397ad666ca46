"""`outreach serve`: everything in one process."""

import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Process, answers, free_port, python, wait_for


class Serving:
    """An `outreach serve` on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.started: list[Process] = []

    def start(self, *options: str, port: int = 0, **env: str) -> Process:
        """Start one; the same folder each time."""
        number = len(self.started)
        command = python("-m", "outreach", "serve", "--port", str(port or self.port), *options)
        settings = {
            "OUTREACH_DATA_DIR": str(self.folder / "data"),
            "OUTREACH_DATABASE_URL": f"sqlite:///{self.folder / 'data' / 'outreach.sqlite3'}",
            "OUTREACH_LANGUAGE": "en",
        }
        process = Process(command, self.folder / f"{number}.log", {**settings, **env})
        self.started.append(process)
        return process

    def ready(self) -> Process:
        """Start one and wait until its pages answer."""
        process = self.start()
        wait_for(lambda: answers(self.port) and "running at" in process.said(), 20, process.said())
        return process


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    place = Serving(tmp_path)
    yield place
    for process in place.started:
        process.kill()


def test_it_serves_pages_and_ticks_and_ends_cleanly_when_asked(serving: Serving):
    process = serving.ready()
    with urllib.request.urlopen(f"http://127.0.0.1:{serving.port}/log-in/") as page:
        assert page.status == 200
    wait_for(lambda: _beats(serving) >= {"poll", "publish", "deliver"}, 15, "signs of life")
    assert process.stop(timeout=10) == 0
    assert "Traceback" not in process.said(), process.said()


def test_ctrl_c_ends_it_too(serving: Serving):
    process = serving.ready()
    process.signal(signal.SIGINT)
    assert process.ends(timeout=10) == 0


def test_it_says_how_to_get_in_when_nobody_can(serving: Serving):
    process = serving.ready()
    wait_for(lambda: "/set-up/?key=" in process.said(), 10, "the address of the first account")
    address = next(word for word in process.said().split() if "/set-up/?key=" in word)
    with urllib.request.urlopen(address) as page:
        assert page.status == 200


def test_a_second_start_on_the_same_folder_is_refused_in_a_sentence(serving: Serving):
    serving.ready()
    second = serving.start(port=free_port())
    assert second.ends() == 1
    assert "already running" in second.said()
    assert "Traceback" not in second.said()


def test_after_a_power_cut_it_starts_again(serving: Serving):
    serving.ready().kill()
    serving.ready()


def test_a_port_in_use_is_said_in_a_sentence(serving: Serving, tmp_path: Path):
    serving.ready()
    other = Serving(tmp_path / "other")
    other.folder.mkdir()
    second = other.start(port=serving.port)
    assert second.ends() == 1
    assert f"Port {serving.port} is in use" in second.said()


def test_a_wrong_setting_is_said_in_a_sentence(serving: Serving):
    process = serving.start(OUTREACH_LANGUAGE="de")
    assert process.ends() == 2
    assert "OUTREACH_LANGUAGE" in process.said()
    assert "Traceback" not in process.said()


def test_a_database_that_does_not_answer_is_said_in_a_sentence(serving: Serving):
    process = serving.start(OUTREACH_DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert process.ends() == 1
    assert "database" in process.said()
    assert "Traceback" not in process.said()


def _beats(serving: Serving) -> set[str]:
    import sqlite3

    with sqlite3.connect(serving.folder / "data" / "outreach.sqlite3") as rows:
        return {name for (name,) in rows.execute("SELECT name FROM core_heartbeat")}
