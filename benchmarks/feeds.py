"""Watching a website: what a poll costs when nothing is new, and what it adds to reading the feed."""

from collections.abc import Iterator
from typing import Any

from benchmarks import ground
from benchmarks.timing import seconds
from tests.fakes.website import Website

ARTICLES, TURNS = 50, 9


def measure() -> Iterator[tuple[str, str]]:
    """One feed of fifty articles, on a website of this machine; each time is the median of nine polls."""
    ground.prepare()
    from outreach.feeds.sources import add_source

    with Website() as site:
        for number in range(ARTICLES):
            site.add_article(f"Voorlezen, deel {number}", summary="Zo begin je eraan met kleuters. " * 8)
        source = add_source(site.feed_url)
        one_new = seconds(lambda: (site.add_article(f"Nieuw {len(site.articles)}"), poll(source)), TURNS)
        unchanged = seconds(lambda: poll(source), TURNS)
        site.validators = False
        poll(source)
        same_bytes = seconds(lambda: poll(source), TURNS)
        alone = seconds(lambda: feedparser_alone(site.feed()), TURNS)
        fetched = seconds(lambda: _fetch(site.feed_url), TURNS)
    yield "polls a second, one new article each", f"{1 / one_new:.0f}"
    yield "polls a second, nothing new (304)", f"{1 / unchanged:.0f}"
    yield "time of a poll: nothing new (304) / one new article", f"{unchanged / one_new:.2f}"
    yield "time of a poll: nothing new (same bytes) / one new article", f"{same_bytes / one_new:.2f}"
    yield (
        "time of a poll: one new article / bare fetch and feedparser in-process",
        f"{one_new / (alone + fetched):.1f}",
    )


def poll(source: Any) -> None:
    from outreach.feeds.polling import poll_now

    poll_now(source)
    assert not source.problem, source.problem


def _fetch(url: str) -> None:
    import httpx

    httpx.get(url)


def feedparser_alone(body: bytes) -> None:
    import feedparser

    assert feedparser.parse(body).entries
