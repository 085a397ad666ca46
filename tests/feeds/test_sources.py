"""Adding a source, looking without storing, and what staff do with entries."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.http import FetchError
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import N_, NOTHING, say
from outreach.feeds import choosing
from outreach.feeds.looking import entry_from, look
from outreach.feeds.models import Entry, EntryKey, Source
from outreach.feeds.parsing import FeedError
from outreach.feeds.sources import add_source
from outreach.feeds.why import why
from tests.fakes.website import Website
from tests.feeds.conftest import NOON, poll

pytestmark = pytest.mark.django_db


def test_a_source_gets_its_name_and_language_from_the_feed(source: Source, site: Website) -> None:
    assert (source.name, source.language, source.site) == ("Kleine Kinderen", "nl", "127.0.0.1")
    assert source.etag
    assert source.next_poll_at > NOON
    assert site.feed_requests()[0].headers.get("if-none-match") is None
    assert "shows 3 articles" in str(Activity.objects.get(subject=subject_of(source)).sentence)


def test_given_names_and_choices_are_kept(site: Website) -> None:
    source = add_source(
        f" {site.feed_url} ", name="Nieuws", mode="automatic", language="fr", cooling_minutes=0
    )
    assert (source.url, source.name, source.mode) == (site.feed_url, "Nieuws", "automatic")
    assert (source.language, source.cooling_minutes) == ("fr", 0)
    assert set(source.entries.values_list("language", flat=True)) == {"fr"}


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("404", "There is nothing at"),
        ("500", "has trouble"),
        ("empty", "is empty"),
        ("json", "JSON"),
        ("loop", "keeps sending us on"),
        ("to-file", "not a web address"),
        ("html", "no feed or calendar of its website was found"),
    ],
)
def test_an_address_without_a_feed_is_refused_with_what_came_back(
    site: Website, mode: str, words: str
) -> None:
    site.mode = mode
    with pytest.raises(BadInput, match=words) as caught:
        add_source(site.feed_url)
    assert caught.value.field == "url"
    assert not Source.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": "ftp://example.org/feed"}, "url"),
        ({"url": "https://example.org/" + "x" * 1000}, "url"),
        ({"url": "http://example.org:99999/"}, "url"),
        ({"mode": "sometimes"}, "mode"),
        ({"language": "de"}, "language"),
        ({"cooling_minutes": -1}, "cooling_minutes"),
    ],
)
def test_what_cannot_be_meant_names_its_field(site: Website, values: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        add_source(**({"url": site.feed_url} | values))  # type: ignore[arg-type]
    assert caught.value.field == field
    assert not site.requests


@pytest.mark.parametrize("spelling", ["{}", "{}#top", "{}?utm_source=x"])
def test_a_feed_is_watched_once(source: Source, site: Website, spelling: str) -> None:
    with pytest.raises(BadInput, match="watched already"):
        add_source(spelling.format(site.feed_url))
    assert Source.objects.count() == 1


def test_looking_stores_nothing(site: Website) -> None:
    feed = look(site.feed_url)
    assert [item.title for item in feed.items] == [article.title for article in site.articles]
    assert (feed.title, feed.home) == ("Kleine Kinderen", site.url)
    assert not Entry.objects.exists()


def test_looking_at_a_file_needs_no_network(site: Website, tmp_path: Path) -> None:
    site.add_article("Studiedag", starts="2026-05-04T09:30")
    file = tmp_path / "feed.xml"
    file.write_bytes(site.feed())
    entry = entry_from(look(str(file)).items[0])
    assert (entry.title, entry.pk) == ("Studiedag", None)
    assert entry.event.starts_at.isoformat() == "2026-05-04T07:30:00+00:00"
    assert not site.requests


def test_looking_at_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no file"):
        look(str(tmp_path / "geen.xml"))
    with pytest.raises(BadInput, match="cannot be read"):
        look(str(tmp_path))
    with pytest.raises(FetchError):
        look("http://nowhere.invalid/")
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><html></html>")
    with pytest.raises(FeedError, match="web page"):
        look(str(page))


def test_why_tells_an_entry_s_history_under_any_spelling_of_its_address(
    source: Source, site: Website
) -> None:
    article = site.add_article("Open dag")
    poll(source)
    for url in (article.link, article.link.rstrip("/"), f"{article.link}?utm_source=mail#top"):
        entry, log = why(url)
        assert entry.title == "Open dag"
        assert "Seen for the first time" in str(log[0].sentence)
    with pytest.raises(BadInput, match="No source has shown"):
        why("https://elders.example/")
    with pytest.raises(BadInput, match="No source has shown"):
        why("http://[")
    with pytest.raises(BadInput, match="Give the web address of the article"):
        why(" ")


def test_what_becomes_of_an_entry_is_decided_once_and_kept_with_it(source: Source, site: Website) -> None:
    site.add_article("Nieuw")
    poll(source)
    entry, person = Entry.objects.get(title="Nieuw"), User.objects.create(username="an")
    waits = say(N_("It waits until an account is connected that new entries are posted on."))
    assert choosing.keep_waiting(entry, waits)
    entry.refresh_from_db()
    assert not choosing.keep_waiting(entry, waits)
    assert choosing.ignore(entry, say(choosing.BY_STAFF), person)
    assert not choosing.ignore(entry, waits)
    assert not choosing.take(entry)
    entry.refresh_from_db()
    assert (entry.state, str(entry.reason)) == ("ignored", "Staff decided not to post it.")
    told = Activity.objects.filter(subject=subject_of(entry)).order_by("pk")
    assert [line.actor for line in told] == [None, None, person]
    assert choosing.take(entry, again=True)
    entry.refresh_from_db()
    assert (entry.state, bool(entry.reason)) == ("planned", False)


def test_a_chosen_old_entry_that_left_the_short_feed_is_not_taken_for_withdrawn(
    source: Source, site: Website
) -> None:
    oldest = site.articles.pop()
    Entry.objects.filter(title=oldest.title).update(state="new", reason=NOTHING)
    site.add_article("Nieuw")
    poll(source)
    assert Entry.objects.get(title=oldest.title).withdrawn_at is None


def test_in_a_calendar_s_feed_the_event_that_is_pushed_off_the_end_is_not_withdrawn(
    source: Source, site: Website
) -> None:
    site.articles.reverse()
    last = site.add_article("Ver weg")
    site.articles.append(site.articles.pop(0))
    poll(source)
    site.articles.remove(last)
    poll(source, 2)
    assert Entry.objects.get(title="Ver weg").withdrawn_at is None


def test_news_of_a_watched_feed_is_not_lost_to_another_feed_that_is_added_just_then(
    source: Source, site: Website
) -> None:
    site.add_article("Net verschenen")
    with clock.frozen(NOON + timedelta(minutes=5)):
        add_source(f"{site.url}/feed/?cat=2")
    entry = Entry.objects.get(title="Net verschenen")
    assert entry.state == "ignored"
    poll(source, 0.4)
    entry.refresh_from_db()
    assert (entry.state, entry.source, bool(entry.reason)) == ("new", source, False)
    assert Entry.objects.filter(state="new").count() == 1


def test_an_article_that_is_listed_twice_is_one(source: Source, site: Website) -> None:
    for article in site.articles:
        article.guid = ""
    poll(source)
    site.articles.append(site.articles[0])
    site.articles[0].title = "Nieuwe titel"
    poll(source, 2)
    assert Entry.objects.count() == 3


def test_the_loser_of_a_race_sees_the_winner_s_entry(
    source: Source, site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked up the keys before either wrote: the unique constraint decides."""
    with clock.frozen(NOON):
        second = add_source(f"{site.url}/feed/?cat=2")
    site.add_article("Gelijk")
    poll(source)
    from outreach.feeds import storing

    real, calls = storing._known, []

    def blind(site_name: str, keys: object) -> object:
        calls.append(site_name)
        return {} if len(calls) == 1 else real(site_name, keys)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_known", blind)
    poll(second)
    assert Entry.objects.count() == 4
    assert len(calls) > 1
    assert not second.problem
    assert EntryKey.objects.values("entry").distinct().count() == 4


@pytest.mark.parametrize(
    ("mode", "words"), [("review", "wait for approval"), ("automatic", "without review")]
)
def test_what_becomes_of_new_articles_is_said_when_a_source_is_added(
    site: Website, db: None, mode: str, words: str
) -> None:
    added = add_source(site.feed_url, mode=mode)
    [line] = Activity.objects.filter(subject=subject_of(added))
    assert str(line.sentence).startswith("The source was added. It shows 3 articles, which are not posted.")
    assert words in str(line.sentence)
