"""Memory of `outreach serve --demo`: all its processes, at rest and after somebody has opened the pages."""

import contextlib
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks import ground
from tests.newcomer import Newcomer
from tests.processes import wait_for

REST = 60.0
PAGES = (
    "/",
    "/entries/",
    "/posts/",
    "/posts/write/",
    "/newsletters/",
    "/subscribers/",
    "/accounts/",
    "/sources/",
)


def measure() -> Iterator[tuple[str, str]]:
    """A minute after its start an article was posted twice and mailed to four readers."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Newcomer(Path(folder))
        try:
            demo.arrive()
            time.sleep(REST)
            wait_for(lambda: len(list(Path(folder).glob("var/demo/inbox/new/*"))) == 4, 60, "the newsletter")
            yield "processes at rest", str(len(_tree(demo.process.pid)))
            yield "MB at rest, a minute after the start (RSS)", _megabytes(demo.process.pid, "rss")
            yield (
                "MB at rest, what is shared with other programs counted in part (PSS)",
                _megabytes(demo.process.pid, "pss"),
            )
            _look_around(demo)
            yield "MB after each page was opened (RSS)", _megabytes(demo.process.pid, "rss")
        finally:
            demo.process.stop()
    yield "MB of the process that reads a changed feed, for half a second (RSS)", _reader()


def _tree(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def _megabytes(pid: int, kind: str) -> str:
    total = sum(getattr(process.memory_full_info(), kind) for process in _tree(pid))
    return f"{total / 2**20:.0f}"


def _look_around(demo: Newcomer) -> None:
    demo.enter()
    for page in (*PAGES, *demo.named()):
        for path in re.findall(r'href="(/[a-z]+/\d+/)"', demo.page(page))[:3]:
            demo.page(path)


def _reader() -> str:
    ground.prepare()
    from outreach.feeds.parsing import parse
    from tests.fakes.website import Website

    with Website() as site:
        for number in range(50):
            site.add_article(f"Voorlezen, deel {number}", summary="Zo begin je eraan met kleuters. " * 8)
        feed = site.feed()
        reading = threading.Thread(target=parse, args=(feed, {}, site.feed_url))
        reading.start()
        most = 0
        while reading.is_alive():
            most = max(most, *map(_resident, psutil.Process().children()), 0)
            time.sleep(0.005)
    return f"{most / 2**20:.0f}"


def _resident(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.NoSuchProcess):
        return int(process.memory_info().rss) if "-I" in process.cmdline() else 0
    return 0
