"""An article in the feeds of two hosts is one; what only shares an address or a number is asked about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from threading import Barrier, Thread

import pytest
from django.apps import apps
from django.db import connections, transaction

from outreach.core import clock
from outreach.feeds import asking, holding, storing
from outreach.feeds.models import Entry, EntryKey, Event, Source
from outreach.feeds.parsing import Feed, Happening, Item
from outreach.feeds.sources import add_source
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = pytest.mark.django_db

NEWS = Item(
    guid="https://site.example/?p=5",
    link="https://site.example/nieuws",
    title="Een nieuw artikel",
    summary="Wat er in dat nieuwe artikel te lezen staat.",
    published_at=NOON,
)


def watched(url: str, site: str) -> Source:
    values = {"name": site, "url": url, "site": site, "baseline_at": NOON - timedelta(days=9)}
    return Source.objects.create(**values)


@pytest.fixture
def own(db: None) -> Source:
    return watched("https://site.example/feed", "site.example")


@pytest.fixture
def copy(db: None) -> Source:
    return watched("https://feeds.service.example/site", "feeds.service.example")


def look(source: Source, *items: Item, hours: float = 0) -> None:
    with clock.frozen(NOON + timedelta(hours=hours)):
        store(source, *items)


def store(source: Source, *items: Item) -> None:
    feed = Feed(source.url, "", "", "nl", "rss20", cut=False, complete=True, items=list(items))
    storing.store(source, feed, clock.now())


def stored() -> list[tuple[str, str, str]]:
    return list(Entry.objects.order_by("pk").values_list("title", "state", "question"))


@pytest.mark.parametrize("first", ["own", "copy"])
def test_an_article_and_its_copy_on_another_host_are_one(own: Source, copy: Source, first: str) -> None:
    for source in (own, copy) if first == "own" else (copy, own):
        look(source, NEWS)
    assert stored() == [("Een nieuw artikel", "new", "")]
    # The copy goes on with the old title for a while.
    look(own, replace(NEWS, title="Een beter artikel"), hours=1)
    look(copy, NEWS, hours=1)
    assert len(stored()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_hosts_that_show_it_at_the_same_moment_make_it_once(own: Source, copy: Source) -> None:
    start, failed = Barrier(2), []

    def run(source: Source) -> None:
        try:
            start.wait()
            with transaction.atomic():
                store(source, NEWS)
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[source]) for source in (own, copy)]
    with clock.frozen(NOON):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failed
    assert stored() == [("Een nieuw artikel", "new", "")]


def test_a_copy_that_leads_to_the_service_is_asked_about(own: Source, copy: Source) -> None:
    look(own, NEWS)
    look(copy, replace(NEWS, guid="xyz", link="https://feeds.service.example/~r/site/3/xyz"))
    assert stored()[1:] == [("Een nieuw artikel", "new", "duplicate")]


def test_who_writes_about_an_article_elsewhere_has_an_article_of_their_own(own: Source, copy: Source) -> None:
    look(own, NEWS)
    about = Item(guid="https://blog.example/9", link=NEWS.link, title="Lees dit eens", summary="Mooi stuk.")
    look(copy, about, hours=3)
    assert stored()[1:] == [("Lees dit eens", "new", "duplicate")]


def test_a_number_means_something_on_its_own_site_only(own: Source, copy: Source) -> None:
    look(own, NEWS)
    look(copy, Item(guid="https://blog.example/?p=5", link="https://blog.example/ander", title="Iets anders"))
    assert stored()[1:] == [("Iets anders", "new", "")]


@pytest.mark.parametrize("summary", ["", "Wat er in dit artikel te lezen staat."])
@pytest.mark.parametrize("host", ["localhost", "wp.agency.example"])
def test_two_sites_that_were_made_on_one_machine_have_articles_of_their_own(
    own: Source, host: str, summary: str
) -> None:
    """WordPress goes on naming that machine in its guids."""
    other = watched("https://other.example/feed", "other.example")
    mine = replace(NEWS, guid=f"http://{host}/?p=5", summary=summary)
    look(own, mine)
    look(other, replace(mine, link="https://other.example/5", title="Een ander artikel"), hours=1)
    assert stored() == [("Een nieuw artikel", "new", ""), ("Een ander artikel", "new", "")]


def test_an_article_that_only_has_the_guid_of_another_site_is_asked_about(own: Source, copy: Source) -> None:
    look(own, NEWS)
    other = replace(NEWS, link="https://site.example/ander", title="Iets anders", summary="Een andere tekst.")
    look(copy, other, hours=1)
    assert stored()[1:] == [("Iets anders", "new", "duplicate")]


def test_what_was_known_before_keys_had_a_site_is_known(own: Source, copy: Source) -> None:
    look(copy, NEWS)
    Entry.objects.update(state="planned")
    EntryKey.objects.update(site=copy.site)  # as it was kept then
    look(copy, replace(NEWS, title="Een beter artikel"), hours=1)
    assert len(stored()) == 1
    EntryKey.objects.exclude(site=copy.site).delete()
    migration = import_module("outreach.feeds.migrations.0009_keys_of_their_own_site")
    migration.keep_with_their_own_site(apps, None)
    look(own, replace(NEWS, title="Een beter artikel"), hours=2)
    look(copy, replace(NEWS, title="Een beter artikel"), hours=3)
    assert [state for _, state, _ in stored()] == ["planned"]


SOON = Happening(starts_at=NOON + timedelta(days=9), place="Gent")
MOVED = replace(SOON, starts_at=SOON.starts_at + timedelta(days=1))


def test_a_copy_that_lags_behind_does_not_move_an_event_back(own: Source, copy: Source) -> None:
    look(own, replace(NEWS, event=SOON))
    look(copy, replace(NEWS, event=SOON))
    look(own, replace(NEWS, event=MOVED), hours=1)
    look(copy, replace(NEWS, event=SOON), hours=1)
    event = Event.objects.get()
    assert (event.starts_at, event.version) == (MOVED.starts_at, 1)
    look(own, NEWS, hours=2)
    look(copy, replace(NEWS, event=SOON), hours=2)
    assert Event.objects.get().trust == "withdrawn"


def test_the_source_that_told_of_an_event_is_followed_until_it_is_gone(own: Source, copy: Source) -> None:
    look(own, NEWS)
    look(copy, replace(NEWS, event=replace(SOON, origin="calendar")), hours=1)
    look(copy, replace(NEWS, event=replace(MOVED, origin="calendar")), hours=2)
    assert Event.objects.get().starts_at == MOVED.starts_at
    other = watched("https://site.example/agenda.ics", "site.example")
    look(other, replace(NEWS, event=replace(SOON, origin="calendar")), hours=3)
    assert Event.objects.get().starts_at == MOVED.starts_at
    copy.delete()
    look(other, replace(NEWS, event=replace(SOON, origin="calendar")), hours=4)
    assert Event.objects.get().starts_at == SOON.starts_at


OLDER = replace(NEWS, guid="urn:0", link="https://site.example/oud", title="Een ouder artikel")
OLDER = replace(OLDER, summary="Van gisteren.", published_at=NOON - timedelta(days=1))


def test_what_staff_say_is_the_same_takes_the_place_of_what_was_there(own: Source) -> None:
    """A system that makes a new guid at each edit."""
    Source.objects.update(read_pages=False)
    event = replace(NEWS, guid="urn:1:1", event=SOON)
    look(own, event, OLDER)
    Entry.objects.update(state="planned")
    edited = replace(event, guid="urn:1:2", title="Een beter artikel", summary="Met sprekers.", event=MOVED)
    look(own, edited, OLDER, hours=1)
    old, new = Entry.objects.filter(link=NEWS.link).order_by("pk")
    assert (bool(old.withdrawn_at), new.question) == (True, "duplicate")
    asking.it_is_the_same(new)
    old.refresh_from_db()
    assert (old.withdrawn_at, old.missing_at) == (None, None)
    assert (old.title, old.event.starts_at) == (edited.title, MOVED.starts_at)
    look(own, replace(edited, event=replace(MOVED, status="cancelled")), OLDER, hours=2)
    old.refresh_from_db()
    assert (old.withdrawn_at, old.event.status) == (None, "cancelled")


def test_of_two_that_are_the_same_and_are_both_shown_the_first_is_followed(own: Source) -> None:
    again = replace(
        NEWS, guid="urn:2", link="https://site.example/opnieuw", published_at=NOON + timedelta(hours=1)
    )
    look(own, NEWS)
    look(own, again, NEWS, hours=1)
    old, new = Entry.objects.order_by("pk")
    asking.it_is_the_same(new)
    for hours in (2, 3, 4):
        look(own, again, NEWS, hours=hours)
    old.refresh_from_db()
    assert (old.link, old.changes.count()) == (NEWS.link, 2)


@pytest.mark.parametrize("released", [False, True])
def test_whether_it_is_new_is_asked_before_whether_it_is_an_event(own: Source, released: bool) -> None:
    look(own, NEWS)
    again = replace(NEWS, guid="urn:2", link="https://site.example/2", hint=replace(SOON, origin="text"))
    look(own, NEWS, again, hours=1)
    entry = Entry.objects.get(link=again.link)
    assert entry.question == "duplicate"
    if released:
        Source.objects.update(held_at=entry.first_seen_at)
        holding.release_to_post(Source.objects.get())
    else:
        asking.it_is_new(entry)
    entry.refresh_from_db()
    assert entry.question == "event"


@pytest.mark.parametrize(("later", "found"), [(0, 1), (3, 2)])
def test_where_there_is_only_a_title_the_date_tells_two_articles_of_one_number_apart(
    own: Source, later: int, found: int
) -> None:
    look(own, replace(NEWS, guid="10", summary=""))
    date = NOON + timedelta(hours=later)
    other = Item(guid="10", link="https://site.example/ander", title="Iets heel anders", published_at=date)
    look(own, other, hours=3)
    assert len(stored()) == found


@pytest.fixture
def weekly() -> Iterator[tuple[Website, Source]]:
    """A feed of one item, at an address that stays."""
    with Website() as site, clock.frozen(NOON):
        site.add_article("Week 1", link=f"{site.url}/nieuws/", guid="urn:w:1")
        yield site, add_source(site.feed_url, mode="automatic")


def test_news_that_is_always_put_in_one_place_is_asked_about_once(weekly: tuple[Website, Source]) -> None:
    site, source = weekly
    for number in range(2, 5):
        site.articles.clear()
        site.add_article(
            f"Week {number}",
            link=f"{site.url}/nieuws/",
            guid=f"urn:w:{number}",
            published=NOON + timedelta(weeks=number),
        )
        poll(source, hours=24 * 7 * number)
    assert [(title, question) for title, _, question in stored()] == [
        ("Week 1", ""),
        ("Week 2", "duplicate"),
        ("Week 3", ""),
        ("Week 4", ""),
    ]


def test_an_article_that_is_edited_under_a_new_guid_is_the_same(weekly: tuple[Website, Source]) -> None:
    site, source = weekly
    [article] = site.articles
    article.guid, article.title = "urn:w:1:edited", "Week 1, verbeterd"
    poll(source)
    assert [title for title, _, _ in stored()] == ["Week 1, verbeterd"]


def test_a_guid_that_is_used_again_is_asked_about(site: Website, source: Source) -> None:
    old = site.articles[0]
    site.add_article("Heel ander nieuws", guid=old.guid)
    site.remove_article(old)
    poll(source)
    assert stored()[-1] == ("Heel ander nieuws", "new", "duplicate")
