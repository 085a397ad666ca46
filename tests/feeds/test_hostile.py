"""Whatever a website sends is read or refused, within ten seconds of work and 300 MB."""

import contextlib
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from outreach.feeds import child, parsing
from outreach.feeds.parsing import FeedError, parse, parse_page
from tests.feeds import hostile

URL = "https://www.hostile.example/feed"
MEGABYTE = 1024 * 1024


@dataclass
class Spent:
    """What the process took: the most memory that it had at once (0: it was ended), and seconds of work."""

    bytes: int = 0
    seconds: float = 0.0


# The kernel's count for a process that has ended begins with the memory of the one that started it: ours.
_AND_SAY = (
    "; import re; sys.stderr.write(re.search(r'VmPeak:\\s*(\\d+)', open('/proc/self/status').read())[1])"
)


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> Spent:
    """The very process that parses, measured."""
    found, real = Spent(), subprocess.run

    def run(*arguments: Any, **options: Any) -> Any:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            done = real(*arguments, **options)
        finally:
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            found.seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.bytes = int(done.stderr) * 1024 if done.returncode == 0 else 0
        return done

    monkeypatch.setattr(parsing, "_START", parsing._START + _AND_SAY)
    monkeypatch.setattr(subprocess, "run", run)
    return found


@contextlib.contextmanager
def in_words() -> Iterator[None]:
    """What is refused is refused in a whole sentence; any other exception fails the test."""
    refused = ""
    try:
        yield
    except FeedError as error:
        refused = str(error)
    assert not refused or (refused.endswith(".") and "%(" not in refused)


def bounded(spent: Spent) -> None:
    """Its address space is limited, so what it holds of the machine's memory is less."""
    assert spent.bytes <= 300 * MEGABYTE
    assert 0 < spent.seconds <= 10


@pytest.mark.parametrize("name", hostile.DOCUMENTS)
def test_a_document_is_read_or_refused_in_words(name: str, spent: Spent) -> None:
    body, kind = hostile.DOCUMENTS[name]
    assert len(body) <= 10_000_000  # more is not fetched
    with in_words():
        feed = parse(body, {"content-type": kind}, URL)
        assert all(len(item.title) <= 500 and len(item.summary) <= 2000 for item in feed.items)
    bounded(spent)


@pytest.mark.parametrize("name", hostile.PAGES)
def test_a_page_is_read_or_refused_in_words(name: str, spent: Spent) -> None:
    body = hostile.PAGES[name]
    assert len(body) <= 3_000_000
    with in_words():
        assert len(parse_page(body, {"content-type": "text/html"}, URL).title) <= 500
    bounded(spent)


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(parsing, "SECONDS", 0.3)
    with pytest.raises(FeedError, match="too much memory or time"):
        parse(b"<rss/>", {}, URL)


@pytest.mark.parametrize(
    "crash",
    [
        "import os; os.kill(os.getpid(), 9)",
        "import ctypes; ctypes.string_at(0)",
        "print('no JSON')",
        "import sys; sys.exit(3)",
    ],
)
def test_a_process_that_breaks_is_a_sentence(monkeypatch: pytest.MonkeyPatch, crash: str) -> None:
    monkeypatch.setattr(parsing, "_START", crash)
    with pytest.raises(FeedError):
        parse(b"<rss/>", {}, URL)


def test_the_limits_are_what_is_promised() -> None:
    assert child.MEMORY_BYTES <= 300 * MEGABYTE
    assert child.CPU_SECONDS < parsing.SECONDS <= 10
