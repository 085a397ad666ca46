"""Whatever a website does to its feed, an article is stored once."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.core import clock
from outreach.feeds import polling
from outreach.feeds.models import Entry, Source
from outreach.feeds.sources import add_source
from tests.fakes.rendering import Article
from tests.fakes.website import Website
from tests.feeds.conftest import NOON


def _add(site: Website, article: Article | None) -> None:
    number = len(site.requests) * 100 + len(site.articles)
    site.add_article(f"Artikel {number}", f"Inhoud n{number}.")


def _edit(site: Website, article: Article) -> None:
    article.title += " (aangepast)"


def _other_guid(site: Website, article: Article) -> None:
    article.guid = f"urn:{article.number}:{len(site.requests)}"


def _no_guid(site: Website, article: Article) -> None:
    article.guid = ""


def _scheme(site: Website, article: Article) -> None:
    swap = ("http:", "https:") if article.guid.startswith("http:") else ("https:", "http:")
    article.guid = article.guid.replace(*swap)
    article.link = article.link.replace(*swap)


def _track(site: Website, article: Article) -> None:
    article.link = f"{article.link.partition('?')[0]}?utm_campaign={len(site.requests)}"


def _repeat(site: Website, article: Article) -> None:
    site.articles.append(article)


def _hide(site: Website, article: Article) -> None:
    hidden = [a for a in site.articles if a is not article]
    site.articles[:] = hidden


def _bump(site: Website, article: Article) -> None:
    article.published = NOON + timedelta(hours=len(site.requests))
    site.articles.sort(key=lambda a: a.published or NOON, reverse=True)


def _fail(mode: str) -> Callable[[Website, Article], None]:
    return lambda site, _: setattr(site, "mode", mode)


CHANGES = [
    _add, _add, _edit, _other_guid, _no_guid, _scheme, _track, _repeat, _hide, _bump,
    _fail("cut"), _fail("500"), _fail("html"), _fail("")
]  # fmt: skip


class Once(TestCase):
    """A website that changes at random, looked at after each change."""

    @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 5)), min_size=3, max_size=10))
    def test_a_changing_feed_never_stores_an_article_twice(
        self, changes: list[tuple[Callable[[Website, Article], None], int]]
    ) -> None:
        with Website() as site, clock.frozen(NOON):
            for number in range(4):
                site.add_article(f"Artikel {number}", f"Inhoud n{number}.")
            source = add_source(site.feed_url)
            everything = {article.summary for article in site.articles}
            for hour, (change, place) in enumerate(changes, start=1):
                if site.articles or change is _add:
                    change(site, site.articles[place % len(site.articles)] if site.articles else None)  # type: ignore[arg-type]
                everything |= {article.summary for article in site.articles}
                with clock.frozen(NOON + timedelta(hours=7 * hour)):
                    polling.poll_one(clock.now())
            stored = list(Entry.objects.filter(source=source).values_list("summary", flat=True))
        assert len(stored) == len(set(stored))
        assert set(stored) <= everything
        assert Source.objects.get().failures <= len(changes)
