"""Watching many websites, and long feeds: the work of a poll, its parser included."""

import statistics
from collections.abc import Iterator
from typing import Any

from benchmarks import ground
from benchmarks.feeds import feedparser_alone, poll
from benchmarks.timing import work
from tests.fakes.website import Website

ARTICLES, MANY, FEW, LONG = 50, 1_000, 100, 1_000


def measure() -> Iterator[tuple[str, str]]:
    """A thousand sources, then feeds of a thousand entries."""
    yield from _many()
    yield from _long_ones()


def _many() -> Iterator[tuple[str, str]]:
    """A thousand sources, of which a hundred have something new."""
    ground.prepare()
    import psutil

    with Website() as site:
        for number in range(ARTICLES):
            site.add_article(f"Voorlezen, deel {number}", summary="Zo begin je eraan met kleuters. " * 8)
        sources = _sources(site, MANY)
        process = psutil.Process()
        before = process.memory_info().rss
        unchanged = work(lambda: [poll(source) for source in sources]) / MANY
        site.validators = False
        same = work(lambda: [poll(source) for source in sources[:FEW]]) / FEW
        site.add_article("Nieuw")
        changed = work(lambda: [poll(source) for source in sources[:FEW]]) / FEW
        grown = (process.memory_info().rss - before) / 1_000_000
    yield f"CPU of a poll, {MANY} sources with nothing new (304)", f"{unchanged * 1000:.1f} ms"
    yield f"CPU of a poll, {FEW} sources that show something new", f"{changed * 1000:.0f} ms"
    yield "CPU of a poll: nothing new (304) / something new", f"{unchanged / changed:.3f}"
    yield "CPU of a poll: the same bytes / something new", f"{same / changed:.3f}"
    yield f"memory that the process grew by over {MANY + 2 * FEW} polls", f"{grown:.0f} MB"


def _long_ones() -> Iterator[tuple[str, str]]:
    """A feed of a thousand entries with one new one, against feedparser alone on the same bytes."""
    for what, content in (("whole texts", _text()), ("short texts", "")):
        polled, alone = _long(content)
        yield f"CPU of a poll: 1,000 entries with {what}, one new / feedparser alone", f"{polled / alone:.2f}"


def _long(content: str) -> tuple[float, float]:
    ground.prepare()
    from outreach.feeds.models import Source
    from outreach.feeds.sources import add_source

    Source.objects.all().delete()  # every website here is at 127.0.0.1: they would share their articles
    with Website() as site:
        for number in range(LONG):
            site.add_article(f"Lezen {number}", summary="Zo begin je eraan. " * 8, content=content)
        source = add_source(f"{site.feed_url}?{len(content)}")
        polls, parses = [], []
        for turn in range(5):
            site.add_article(f"Nieuw {turn}", content=content)
            polls.append(work(lambda: poll(source)))
            parses.append(work(lambda: feedparser_alone(site.feed())))
    return statistics.median(polls), statistics.median(parses)


def _text() -> str:
    """What a WordPress article has in `content:encoded`: eight paragraphs with links and pictures."""
    return "".join(
        f'<p>Wat kinderen <a href="/artikel/{part}">vertellen</a> over <strong>boeken</strong>, en hoe je '
        "daar <em>mee aan de slag</em> gaat: een verhaal van een leraar die het probeerde.</p>"
        f'<figure><img src="/beeld/{part}.jpg" alt="Kinderen lezen"></figure>'
        for part in range(8)
    )


def _sources(site: Website, count: int) -> list[Any]:
    """The same feed at many addresses, looked at once."""
    from outreach.feeds.models import Source
    from outreach.feeds.sources import add_source

    first = add_source(f"{site.feed_url}?0")
    for number in range(1, count):
        Source.objects.create(
            name=f"Site {number}",
            url=f"{site.feed_url}?{number}",
            site=first.site,
            etag=first.etag,
            last_modified=first.last_modified,
            body_hash=first.body_hash,
            baseline_at=first.baseline_at,
            last_success_at=first.last_success_at,
        )
    return list(Source.objects.filter(url__contains="?"))
