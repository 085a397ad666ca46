"""A source over time: what is stored, once, and what is said when it fails."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from outreach.core import clock, leases
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import say
from outreach.feeds import asking, choosing, events, polling, withdrawing
from outreach.feeds.models import Entry, EntryKey, Showing, Source
from outreach.feeds.sources import add_source
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = pytest.mark.django_db


def new_titles() -> list[str]:
    return list(Entry.objects.filter(state="new").order_by("pk").values_list("title", flat=True))


def said_about(row: Any) -> list[str]:
    return [str(a.sentence) for a in Activity.objects.filter(subject=subject_of(row)).order_by("pk")]


def test_what_is_there_at_the_first_look_is_stored_and_not_posted(source: Source) -> None:
    assert Entry.objects.count() == 3
    assert not new_titles()
    for entry in Entry.objects.all():
        assert str(entry.reason) == "It was already there when the source was added."
        assert "already there" in said_about(entry)[-1]


def test_a_new_article_is_stored_once_however_often_it_is_shown(site: Website, source: Source) -> None:
    article = site.add_article("Open dag", "Kom kijken.", categories=("Nieuws",), author="An")
    for hour in (1, 2, 3):
        site.validators = hour != 2
        poll(source, hour)
    [entry] = Entry.objects.filter(state="new")
    assert (entry.title, entry.summary, entry.link) == ("Open dag", "Kom kijken.", article.link)
    assert (entry.author, entry.categories, entry.language) == ("An", ["Nieuws"], "nl")
    assert entry.published_at == article.published
    assert entry.first_seen_at == NOON + timedelta(hours=1)


def test_the_first_article_of_a_feed_that_was_empty_is_new(db: None) -> None:
    with Website() as site, clock.frozen(NOON):
        source = add_source(site.feed_url)
        site.add_article("De eerste")
        poll(source)
    assert new_titles() == ["De eerste"]


def test_an_unchanged_feed_costs_a_304_and_no_parsing(
    site: Website, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "parse", None)
    poll(source)
    assert site.feed_requests()[-1].headers["if-none-match"] == source.etag
    site.validators = False
    poll(source, 2)
    assert (source.failures, bool(source.problem)) == (0, False)
    assert source.last_success_at == NOON + timedelta(hours=2)


def test_once_a_day_the_feed_is_fetched_whole(site: Website, source: Source) -> None:
    poll(source, 24)
    assert "if-none-match" not in site.feed_requests()[-1].headers


@pytest.mark.parametrize("change", ["http to https", "other domain", "new guids", "tracking"])
def test_known_articles_stay_known_when_their_guids_or_links_change(
    site: Website, source: Source, change: str
) -> None:
    for article in site.articles:
        if change == "http to https":
            article.guid = article.guid.replace("http:", "https:")
            article.link = article.link.replace("http:", "https:")
        elif change == "other domain":
            article.guid = article.guid.replace("127.0.0.1", "nieuw.example")
            article.link = article.link.replace("127.0.0.1", "nieuw.example")
        elif change == "new guids":
            article.guid = f"urn:x:{article.number}"
        else:
            article.guid, article.link = "", f"{article.link}?utm_source=feed"
    poll(source)
    assert Entry.objects.count() == 3


def test_an_edited_article_is_updated_and_not_new(site: Website, source: Source) -> None:
    article = site.add_article("Open dga")
    poll(source)
    article.title, article.summary = "Open dag", "Verbeterd."
    poll(source, 2)
    [entry] = Entry.objects.filter(state="new")
    assert (entry.title, entry.summary) == ("Open dag", "Verbeterd.")
    assert entry.changed_at == NOON + timedelta(hours=2)
    assert said_about(entry)[-1] == "The website changed it."


def test_an_edit_after_posting_changes_the_row_and_not_its_state(site: Website, source: Source) -> None:
    article = site.add_article("Open dag")
    poll(source)
    Entry.objects.filter(state="new").update(state="planned")
    article.title = "Open dag: volzet"
    poll(source, 2)
    entry = Entry.objects.get(title="Open dag: volzet")
    assert entry.state == "planned"


def test_an_article_taken_off_the_site_while_it_waits_is_marked_and_comes_back(
    site: Website, source: Source
) -> None:
    article = site.add_article("Te vroeg")
    poll(source)
    site.remove_article(article)
    poll(source, 2)
    entry = Entry.objects.get(title="Te vroeg")
    assert entry.withdrawn_at == NOON + timedelta(hours=2)
    site.articles.insert(0, article)
    poll(source, 3)
    entry.refresh_from_db()
    assert entry.withdrawn_at is None
    assert said_about(entry)[-2:] == [
        "It left the website before it was posted.",
        "It is back on the website.",
    ]


def test_an_article_that_was_set_aside_for_its_absence_is_news_when_it_is_back(
    site: Website, source: Source
) -> None:
    article = site.add_article("Bij de ene server wel")
    poll(source)
    site.remove_article(article)
    poll(source, 2)
    entry = Entry.objects.get(title="Bij de ene server wel")
    choosing.ignore(entry, say(withdrawing.LEFT))
    site.articles.insert(0, article)
    poll(source, 3)
    assert new_titles() == ["Bij de ene server wel"]
    assert said_about(entry)[-1] == "It is back on the website."


def test_a_draft_of_long_ago_in_its_place_among_the_others_is_news(site: Website, source: Source) -> None:
    site.add_article("Lang bewaard", published=site.articles[1].published)
    site.articles[:2] = site.articles[1::-1]
    poll(source)
    assert new_titles() == ["Lang bewaard"]
    assert not Entry.objects.exclude(question="").exists()


def test_what_seems_old_and_stands_in_front_is_asked_about(site: Website, source: Source) -> None:
    site.add_article("Bovenaan gehouden", published=NOON - timedelta(days=700))
    poll(source)
    entry = Entry.objects.get(title="Bovenaan gehouden")
    assert (entry.state, entry.question) == ("new", "duplicate")
    assert "seems older than the watch" in str(entry.reason)
    asking.it_is_the_same(entry)
    entry.refresh_from_db()
    assert str(entry.reason) == "It was on the website before, said staff."


def test_an_article_that_falls_off_the_end_of_a_short_feed_is_not_withdrawn(
    site: Website, source: Source
) -> None:
    site.add_article("Wacht op goedkeuring")
    poll(source)
    for number in range(3):
        site.add_article(f"Later {number}")
    del site.articles[3:]
    poll(source, 2)
    assert Entry.objects.get(title="Wacht op goedkeuring").withdrawn_at is None


def test_a_feed_that_breaks_off_withdraws_nothing_and_is_read_again(site: Website, source: Source) -> None:
    site.add_article("Eerst")
    poll(source)
    site.add_article("Dan")
    site.mode = "cut"
    poll(source, 2)
    assert new_titles() == ["Eerst", "Dan"]
    assert (source.etag, source.body_hash) == ("", "")
    assert not Entry.objects.filter(withdrawn_at__isnull=False)


def test_an_old_article_that_fills_up_a_short_feed_is_not_news(site: Website, source: Source) -> None:
    old = site.add_article("Uit 2019", published=NOON - timedelta(days=2500))
    site.articles.remove(old)
    site.articles.append(old)
    poll(source)
    assert not new_titles()
    assert "older than everything" in str(Entry.objects.get(title="Uit 2019").reason)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("404", "There is nothing at"),
        ("500", "has trouble"),
        ("html", "with a web page, not with a feed"),
        ("empty", "is empty"),
        ("json", "JSON"),
        ("loop", "keeps sending us on"),
        ("hang-up", "broke off"),
    ],
)
def test_a_failure_is_said_once_and_its_end_too(site: Website, source: Source, mode: str, words: str) -> None:
    before = Activity.objects.filter(subject=subject_of(source)).count()
    site.mode = mode
    poll(source, 1)
    poll(source, 8)
    assert words in str(source.problem)
    assert source.failures == 2
    site.mode = ""
    poll(source, 20)
    assert (source.failures, bool(source.problem)) == (0, False)
    said = said_about(source)[before:]
    assert len(said) == 2
    assert said[1] == "The source can be read again."
    assert Entry.objects.count() == 3


def test_trouble_that_comes_back_is_said_when_it_lasts(site: Website, source: Source) -> None:
    before = len(said_about(source))
    for hour, mode in enumerate(["500", "", "500", "", "500", "500", "500", ""], 1):
        site.mode = mode
        poll(source, 2 * hour)
    again = "The source can be read again."
    trouble = said_about(source)[before]
    assert said_about(source)[before:] == [trouble, again, trouble, again]
    assert "has trouble" in trouble


def test_a_failing_source_is_asked_less_and_less(site: Website, source: Source) -> None:
    site.mode = "500"
    waits = []
    for hour in (1, 10, 20, 30, 40, 50, 60):
        poll(source, hour)
        waits.append((source.next_poll_at - NOON - timedelta(hours=hour)) / timedelta(minutes=15))
    assert [round(w) for w in waits[:4]] == [1, 2, 4, 8]
    assert all(w <= 24 * 1.05 for w in waits)


def test_the_wait_that_the_server_asks_for_is_kept(site: Website, source: Source) -> None:
    site.mode = "503"
    poll(source)
    assert source.next_poll_at == NOON + timedelta(hours=3)


def test_one_broken_source_does_not_stop_the_other(site: Website, source: Source) -> None:
    with Website() as other, clock.frozen(NOON):
        other.add_article("Oud")
        second = add_source(other.feed_url)
        other.add_article("Nieuw bij de andere")
        site.mode = "html"
        later = NOON + timedelta(hours=1)
        while polling.poll_one(later):
            pass
        second.refresh_from_db()
    assert new_titles() == ["Nieuw bij de andere"]


def test_a_failure_of_our_own_is_caught_and_said(
    source: Source, site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add_article("Nieuw")
    monkeypatch.setattr(polling.storing, "store", lambda *_: 1 / 0)
    poll(source)
    assert "could not handle this feed" in str(source.problem)
    assert source.next_poll_at > NOON + timedelta(hours=1)


def test_nothing_is_due_before_its_time_or_while_somebody_looks(source: Source) -> None:
    assert not polling.poll_one(NOON)
    later = NOON + timedelta(hours=1)
    leases.claim(Source.objects.filter(pk=source.pk), later, timedelta(minutes=3))
    assert not polling.poll_one(later)
    assert polling.poll_one(later + timedelta(minutes=4))


def test_a_worker_that_lost_its_lease_writes_nothing(
    site: Website, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add_article("Nieuw")
    real = polling.parse

    def slow(*args: Any) -> Any:
        Source.objects.filter(pk=source.pk).update(claim="another")
        return real(*args)

    monkeypatch.setattr(polling, "parse", slow)
    etag = source.etag
    poll(source)
    assert not new_titles()
    assert (source.etag, source.claim) == (etag, "another")


def test_two_feeds_of_one_site_share_an_article(site: Website, source: Source) -> None:
    with clock.frozen(NOON):
        add_source(f"{site.url}/feed/?cat=2")
    site.add_article("In twee rubrieken")
    later = NOON + timedelta(hours=1)
    assert polling.poll_one(later)
    assert polling.poll_one(later)
    assert new_titles() == ["In twee rubrieken"]


def test_that_another_feed_shows_an_article_as_new_too_is_kept(site: Website, source: Source) -> None:
    with clock.frozen(NOON):
        add_source(f"{site.url}/feed/?cat=2")
    site.add_article("In twee rubrieken")
    later = NOON + timedelta(hours=1)
    while polling.poll_one(later):
        pass
    shown = {row.entry.title: row.at for row in Showing.objects.select_related("entry")}
    assert shown.pop("In twee rubrieken") == later
    assert set(shown.values()) == {None}  # what was there when the feed was added is no news of it


def test_an_article_with_the_same_number_in_another_part_of_the_site_is_another(
    site: Website, source: Source
) -> None:
    site.add_article("Oud nummer", guid="7")
    poll(source)
    with clock.frozen(NOON + timedelta(hours=2)):
        for article in site.articles:
            article.link, article.title = f"{site.url}/fr/{article.number}/", f"Autre {article.number}"
            article.guid = "7" if article.guid == "7" else f"urn:{article.number}"
        add_source(f"{site.url}/feed/?lang=fr")
    assert Entry.objects.count() == 8


def test_a_guid_that_all_articles_share_is_no_key(site: Website, source: Source) -> None:
    for article in site.articles:
        article.guid = "https://example.org/"
    site.add_article("Vierde", guid="https://example.org/")
    poll(source)
    site.add_article("Vijfde", guid="https://example.org/")
    poll(source, 2)
    assert new_titles() == ["Vierde", "Vijfde"]


def test_articles_without_guid_that_share_a_link_are_told_apart_by_their_words(
    site: Website, source: Source
) -> None:
    for title in ("Een", "Twee"):
        site.add_article(title, guid="", link=f"{site.url}/nieuws/")
    poll(source)
    del site.articles[1]
    poll(source, 2)
    assert new_titles() == ["Een", "Twee"]


def test_an_event_is_stored_with_its_time_on_the_site_s_clock(site: Website, source: Source) -> None:
    article = site.add_article(
        "Studiedag", starts="2026-05-04T09:30", ends="2026-05-04T16:00:00+02:00", place="Gent"
    )
    poll(source)
    event = Entry.objects.get(title="Studiedag").event
    assert event.starts_at.isoformat() == "2026-05-04T07:30:00+00:00"
    assert event.ends_at is not None
    assert event.ends_at.isoformat() == "2026-05-04T14:00:00+00:00"
    assert (event.place, event.all_day) == ("Gent", False)
    article.starts, article.ends = "2026-05-11", ""
    poll(source, 2)
    event.refresh_from_db()
    assert event.all_day
    assert event.ends_at is None
    article.starts = ""
    poll(source, 3)
    assert events.event_of(Entry.objects.get(title="Studiedag")) is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_see_the_same_article_at_once_store_it_once(site: Website) -> None:
    with clock.frozen(NOON):
        first = add_source(site.feed_url)
        second = add_source(f"{site.url}/feed/?cat=2")
    for number in range(3):
        site.add_article(f"Gelijk {number}")
    start = threading.Barrier(2)

    def look(source: Source) -> None:
        start.wait()
        polling.poll_now(source)
        connection.close()

    threads = [threading.Thread(target=look, args=(source,)) for source in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new_titles()) == [f"Gelijk {number}" for number in range(3)]
    assert EntryKey.objects.values("entry").distinct().count() == 6
    assert not any(source.problem for source in Source.objects.all())
