"""What the last look knew is left out of the next one, and that makes no difference."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.models import Activity
from outreach.feeds import remembering, storing
from outreach.feeds.models import Entry, EntryKey, LastLook, Source
from outreach.feeds.parsing import Feed, Happening, Item
from outreach.feeds.sources import add_source
from tests.fakes.rendering import Article
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The titles that each look read, also a look that turned out to need more."""
    looks: list[list[str]] = []
    store = storing.store

    def spy(source: Source, feed: Any, *rest: Any) -> Any:
        looks.append([item.title for item in feed.items])
        return store(source, feed, *rest)

    monkeypatch.setattr(storing, "store", spy)
    return looks


def change(site: Website, number: int, **values: Any) -> Article:
    article = Article(**(vars(site.articles[number]) | values))
    site.articles[number] = article
    return article


def test_only_what_is_new_is_read(site: Website, source: Source, read: list[list[str]]) -> None:
    site.add_article("Open dag")
    poll(source)
    site.add_article("Nog een")
    poll(source, 2)
    assert read == [["Open dag"], ["Nog een"]]
    assert list(Entry.objects.filter(state="new").values_list("title", flat=True)) == ["Nog een", "Open dag"]


def test_a_feed_with_its_last_article_gone_has_nothing_to_read(
    site: Website, source: Source, read: list[list[str]]
) -> None:
    site.articles.pop()
    poll(source)
    assert read == [[]]
    assert not source.problem


def test_what_changed_is_read_and_taken_over(site: Website, source: Source, read: list[list[str]]) -> None:
    article = change(site, 1, title="Rekenen, nu met blokken")
    poll(source)
    assert read == [[article.title]]
    assert Entry.objects.get(link=article.link).title == article.title


def test_what_leaves_the_site_before_it_is_posted_is_noticed(site: Website, source: Source) -> None:
    article = site.add_article("Open dag")
    poll(source)
    site.remove_article(article)
    poll(source, 2)
    assert Entry.objects.get(link=article.link).withdrawn_at


def test_what_comes_back_is_noticed(site: Website, source: Source, read: list[list[str]]) -> None:
    article = site.add_article("Open dag")
    poll(source)
    Entry.objects.filter(link=article.link).update(withdrawn_at=clock.now())
    site.add_article("Nog een")
    poll(source, 2)
    assert read[1:] == [["Nog een"], [one.title for one in site.articles]]
    assert Entry.objects.get(link=article.link).withdrawn_at is None


def test_an_entry_that_is_gone_from_the_rows_is_seen_anew(site: Website, source: Source) -> None:
    Entry.objects.filter(link=site.articles[0].link).delete()
    site.add_article("Nog een")
    poll(source)
    assert Entry.objects.count() == 4


def test_an_article_that_shares_a_key_with_a_known_one_is_compared_with_it(
    site: Website, source: Source, read: list[list[str]]
) -> None:
    site.add_article("Ander nieuws", link=site.articles[1].link)
    poll(source)
    assert read == [["Ander nieuws"], [one.title for one in site.articles]]
    assert Entry.objects.filter(state="new").get().title == "Ander nieuws"


def test_where_articles_share_their_addresses_all_is_read_each_time(site: Website, db: None) -> None:
    for number in range(3):
        change(site, number, link=f"{site.url}/actueel/")
    with clock.frozen(NOON):
        source = add_source(site.feed_url)
    assert not LastLook.objects.exists()
    site.add_article("Open dag")
    assert not poll(source).problem


def test_once_a_day_all_is_read(site: Website, source: Source, read: list[list[str]]) -> None:
    for day in range(4):
        site.add_article(f"Deel {day}")
        poll(source, 1 + 12 * day)
    assert [len(look) for look in read] == [1, 1, 6, 1]


def test_after_another_language_or_a_damaged_feed_all_is_read(
    site: Website, source: Source, read: list[list[str]]
) -> None:
    site.title = "Grote kinderen"
    poll(source)
    site.add_article("Met & zonder", extra="<dc:subject>A & B</dc:subject>")
    poll(source, 2)
    site.add_article("Daarna")
    poll(source, 3)
    assert [len(look) for look in read] == [3, 4, 5]


def test_the_same_entry_in_another_feed_of_the_site_stays_with_the_first(
    site: Website, source: Source
) -> None:
    with clock.frozen(NOON):
        other = add_source(f"{site.feed_url}?alle")
    assert LastLook.objects.get(source=other).items == {}
    assert len(LastLook.objects.get(source=source).items) == 3


Change = Callable[[Website, random.Random], object]
DAILY: list[Change] = [
    lambda site, luck: site.add_article(f"Nieuw {len(site.articles)}"),
    lambda site, luck: site.add_article("Oud", published=NOON - timedelta(days=400)),
    lambda site, luck: _one(site, luck, title=f"Titel {luck.random()}"),
    lambda site, luck: _one(site, luck, link=f"{site.url}/{luck.random()}"),
    lambda site, luck: _one(site, luck, published=None),
    lambda site, luck: site.articles.pop() if len(site.articles) > 2 else None,
    lambda site, luck: site.articles.pop(0) if len(site.articles) > 2 else None,
    lambda site, luck: luck.shuffle(site.articles),
]
RARE: list[Change] = [
    lambda site, luck: site.add_article("Nieuwsbrief", link=luck.choice(site.articles).link),
    lambda site, luck: site.add_article("Nieuwsbrief", guid=luck.choice(site.articles).guid),
    lambda site, luck: site.add_article("Zonder adres", link=site.url, guid=""),
    lambda site, luck: site.articles.append(luck.choice(site.articles)),
    lambda site, luck: _one(site, luck, extra="<dc:subject>A & B</dc:subject>"),
    lambda site, luck: setattr(site, "title", f"Kinderen {luck.random()}"),
    lambda site, luck: setattr(site, "flavour", luck.choice(["wordpress", "drupal", "atom"])),
]


def _one(site: Website, luck: random.Random, **values: Any) -> None:
    change(site, luck.randrange(len(site.articles)), **values)


@pytest.mark.usefixtures("parsed_here")
@pytest.mark.parametrize("seed", range(20))
def test_a_life_with_memory_and_one_without_end_the_same(
    seed: int, read: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Website() as site:
        with_memory = _life(site, seed)
        assert (
            any(len(look) <= 2 for look in read) or seed == 7
        )  # an article stands there twice, all its life
        site.articles.clear()
        monkeypatch.setattr(remembering, "memory_of", lambda source, now: remembering.NO_MEMORY)
        assert _life(site, seed) == with_memory


def _life(site: Website, seed: int) -> list[Any]:
    """Everything that a random life of a feed leaves in the rows; they are gone afterwards."""
    luck = random.Random(seed)
    site.title, site.flavour = "Kleine Kinderen", "wordpress"
    for number in range(8):
        site.add_article(f"Begin {number}")
    with clock.frozen(NOON):
        source = add_source(site.feed_url)
    for hour in range(1, 16):
        for _ in range(luck.randint(1, 2)):
            luck.choice(DAILY if luck.random() < 0.9 else RARE)(site, luck)
        poll(source, hour)
    left = [*_rows(source)]
    Source.objects.all().delete()
    return left


def _rows(source: Source) -> list[Any]:
    columns = (
        "title",
        "summary",
        "link",
        "state",
        "question",
        "withdrawn_at",
        "first_seen_at",
        "published_at",
    )
    names = {
        pk: number for number, pk in enumerate(Entry.objects.order_by("pk").values_list("pk", flat=True))
    }
    keys = sorted((names[key.entry_id], key.kind, key.value) for key in EntryKey.objects.all())
    said = [str(activity.sentence) for activity in Activity.objects.order_by("pk")]
    Activity.objects.all().delete()
    return [*Entry.objects.order_by("pk").values_list(*columns), keys, said, source.held_at]


def test_an_event_is_known_for_one_when_it_is_left_out() -> None:
    """It stands last, where its date puts it: an old article before it still fills the feed's last place."""
    values = {"name": "A", "url": "https://a.example/feed", "site": "a.example"}
    source = Source.objects.create(baseline_at=NOON - timedelta(days=9), **values)
    news, old = [_item(day) for day in range(4)], _item(20)
    event = replace(_item(30), event=Happening(NOON + timedelta(days=20)))
    _look(source, [*news, event])
    looked = _look(source, [*news[1:], old, event], read=[old])
    assert looked.whole_at == NOON
    assert Entry.objects.get(title=old.title).state == "ignored"


def test_what_was_forgotten_during_a_look_is_read_whole(site: Website, source: Source) -> None:
    memory = remembering.memory_of(source, NOON)
    feed = Feed("u", "", "", "nl", "rss20", cut=False, complete=True, items=[], frame=memory.frame)
    LastLook.objects.all().delete()
    with pytest.raises(remembering.Forgotten):
        storing.store(source, replace(feed, digests=list(memory.items)), NOON, memory)


def _item(days: int) -> Item:
    at = NOON - timedelta(days=days)
    return Item(
        f"urn:{days}",
        f"https://a.example/{days}",
        f"Van {days} dagen her",
        published_at=at,
        digest=f"d{days}",
    )


def _look(source: Source, shown: list[Item], read: list[Item] | None = None) -> LastLook:
    digests = [item.digest for item in shown]
    items = shown if read is None else read
    feed = Feed("u", "", "", "nl", "rss20", cut=False, complete=True, items=items, frame="f", digests=digests)
    with clock.frozen(NOON):
        storing.store(source, feed, NOON, remembering.memory_of(source, NOON))
    return LastLook.objects.get()
