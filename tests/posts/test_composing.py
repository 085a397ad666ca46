"""What an entry or staff say, as each network takes it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.core import measure
from outreach.feeds.events import too_late
from outreach.feeds.models import Entry, Event
from outreach.posts.text import links, words
from outreach.posts.text.composing import compose, compose_staff

LINK = "https://school.example/artikel"


def article(**values: object) -> Entry:
    return Entry(**{"title": "Nieuwe studiedag", "link": LINK, "language": "nl", **values})


def test_the_link_stands_in_the_text_on_x_and_on_a_card_on_facebook() -> None:
    entry = article(summary="Over taal en rekenen.", categories=["Digitale didactiek"])
    on_x, on_facebook = compose("x", entry, tag="oabc"), compose("facebook", entry, tag="oabc")
    expected = "Nieuwe studiedag\n\nOver taal en rekenen.\n\n#DigitaleDidactiek\n"
    assert on_x.text == expected + f"{LINK}?utm_id=oabc"
    assert on_x.link == ""
    assert on_facebook.text == expected.rstrip()
    assert on_facebook.link == f"{LINK}?utm_id=oabc"


def test_signs_and_emoji_are_posted_as_written() -> None:
    made = compose(
        "x", article(title="’s Avonds: taal & rekenen <1A> 👩🏽‍🏫", summary="Foto's van collega's")
    )
    assert made.text == f"’s Avonds: taal & rekenen <1A> 👩🏽‍🏫\n\nFoto's van collega's\n\n{LINK}"


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("", "Alleen tekst.", f"Alleen tekst.\n\n{LINK}"),
        (LINK, "Alleen tekst.", f"Alleen tekst.\n\n{LINK}"),
        ("", "", LINK),
        ("Zelfde", "Zelfde", f"Zelfde\n\n{LINK}"),
    ],
)
def test_what_says_nothing_is_left_out(title: str, summary: str, expected: str) -> None:
    assert compose("x", article(title=title, summary=summary)).text == expected


def test_hashtags_go_first_then_the_end_of_the_summary_then_the_end_of_the_title() -> None:
    tags = ["onderwijs", "taal", "rekenen"]
    roomy = compose("x", article(summary="woord " * 10, categories=tags)).text
    assert "#onderwijs #taal #rekenen" in roomy
    tight = compose("x", article(summary="woord " * 37, categories=tags)).text
    assert "#rekenen" not in tight
    assert "…" not in tight
    tighter = compose("x", article(summary="woord " * 60, categories=tags)).text
    assert "#" not in tighter
    assert "woord…" in tighter
    assert "Nieuwe studiedag\n" in tighter
    tightest = compose("x", article(title="titel " * 90, summary="woord " * 60)).text
    assert "woord" not in tightest
    assert tightest.endswith(f"titel…\n\n{LINK}")


def test_an_event_says_its_day_hour_and_place_in_the_language_of_the_entry() -> None:
    starts = datetime(2026, 12, 3, 13, 0, tzinfo=UTC)
    event = Event(starts_at=starts, ends_at=starts + timedelta(hours=3), place="Gent")
    assert "📅 donderdag 3 december 2026 14.00, Gent\n" in compose("x", article(), event).text
    assert (
        "📅 jeudi 3 décembre 2026 14:00\n📍 Gent" in compose("facebook", article(language="fr"), event).text
    )


def test_an_event_of_several_whole_days_says_the_first_and_the_last() -> None:
    starts = datetime(2026, 6, 30, 22, 0, tzinfo=UTC)  # midnight in Brussels
    one = Event(starts_at=starts, ends_at=starts + timedelta(days=1), all_day=True)
    three = Event(starts_at=starts, ends_at=starts + timedelta(days=3), all_day=True)
    assert "📅 woensdag 1 juli 2026\n" in compose("x", article(), one).text
    assert "📅 woensdag 1 juli 2026 – vrijdag 3 juli 2026\n" in compose("x", article(), three).text


def test_an_event_is_too_late_when_it_has_begun_and_a_whole_day_when_it_is_over(now: datetime) -> None:
    assert too_late(Event(starts_at=now), now)
    assert not too_late(Event(starts_at=now + timedelta(seconds=1)), now)
    assert not too_late(Event(starts_at=now - timedelta(hours=9), all_day=True), now)
    assert too_late(Event(starts_at=now - timedelta(hours=24), all_day=True), now)
    assert not too_late(None, now)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://a.example", "https://a.example?utm_id=o1"),
        ("https://a.example/x?y=1&z=a%20b#deel", "https://a.example/x?y=1&z=a%20b&utm_id=o1#deel"),
        ("https://a.example/x?", "https://a.example/x?utm_id=o1"),
        ("https://a.example/x?y=1&", "https://a.example/x?y=1&utm_id=o1"),
        ("https://a.example/x?utm_id=site", "https://a.example/x?utm_id=site&utm_id=o1"),
        ("", ""),
    ],
)
def test_a_tag_is_added_and_nothing_else_changes(link: str, expected: str) -> None:
    assert links.tagged(link, "o1") == expected


def test_a_link_is_sent_as_ascii_so_that_all_of_it_is_a_link() -> None:
    assert links.clean("https://café.example/één pagina".replace(" ", "%20")) == (
        "https://xn--caf-dma.example/%C3%A9%C3%A9n%20pagina"
    )


@pytest.mark.parametrize(
    "link",
    [
        "ftp://a.example",
        "javascript:alert(1)",
        "www.a.example",
        "https://",
        "https://a b",
        "https://x:y@a.example",
        "https://a.example:99999",
        "https://[::1",
        "https://a.example/" + "x" * 2000,
        "https://a..b",
        "http:///x",
    ],
)
def test_what_is_no_web_address_is_never_a_link(link: str) -> None:
    assert links.usable(link) == ""


def test_hashtags_are_words_without_signs_and_no_more_than_three() -> None:
    found = words.hashtags(
        ["AI & onderwijs", "’s-Hertogenbosch", "ai onderwijs", "2026", "Geen categorie", "één", "vier"]
    )
    assert found == ("#AIOnderwijs", "#sHertogenbosch", "#één")


def test_staff_text_is_never_shortened_and_its_length_is_told() -> None:
    made = compose_staff("x", "a" * 300, LINK)
    assert made.text == "a" * 300 + "\n\n" + LINK
    # Of a domain that is in no list the whole address counts.
    assert (made.length, made.limit, made.fits) == (300 + 2 + len(LINK), 280, False)


def test_a_picture_leaves_no_room_for_a_card_so_the_link_ends_the_text() -> None:
    with_card = compose_staff("facebook", "Kijk", LINK, "o1")
    with_picture = compose_staff("facebook", "Kijk", LINK, "o1", picture=True)
    assert (with_card.text, with_card.link) == ("Kijk", f"{LINK}?utm_id=o1")
    assert (with_picture.text, with_picture.link) == (f"Kijk\n\n{LINK}?utm_id=o1", "")


def test_a_link_that_also_ends_the_text_is_said_once() -> None:
    assert compose_staff("x", f"Kijk {LINK}", LINK, "o1").text == f"Kijk\n\n{LINK}?utm_id=o1"


def test_control_characters_and_long_gaps_do_not_reach_a_network() -> None:
    assert compose_staff("x", "a\x00b\r\n\r\n\r\n\r\nc\ufeff  ", "").text == "a b\n\nc"


TEXT = st.text(max_size=700) | st.text("a .,…'’éé👩🏽‍🏫🇧🇪#@w.be/:\n漢", max_size=700)
LINKS = st.from_regex(
    r"https://school\.example/[a-z0-9éü/_-]{0,60}(\?[a-z]=[a-z0-9]{1,9})?(#[a-z]{1,9})?", fullmatch=True
)


@settings(deadline=None, max_examples=150)
@given(
    title=TEXT,
    summary=TEXT,
    categories=st.lists(TEXT, max_size=4),
    link=LINKS,
    place=TEXT,
    has_event=st.booleans(),
)
def test_whatever_an_entry_holds_its_post_fits_and_holds_the_whole_link(
    title: str, summary: str, categories: list[str], link: str, place: str, has_event: bool
) -> None:
    entry = article(title=title, summary=summary, categories=categories, link=link)
    event = Event(starts_at=datetime(2026, 12, 3, tzinfo=UTC), place=place) if has_event else None
    made = compose("x", entry, event, tag="o123456")
    assert made.length == measure.weighted_length(made.text) <= 280
    assert made.text.endswith(links.tagged(links.clean(link), "o123456"))


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Vertelavond", "Herinnering: Vertelavond"),
        ("Herinneringseducatie in de klas", "Herinnering: Herinneringseducatie in de klas"),
        ("Herinnering aan de oorlog", "Herinnering: Herinnering aan de oorlog"),
        ("HERINNERING: Vertelavond", "HERINNERING: Vertelavond"),
        ("Vertelavond (herinnering)", "Vertelavond (herinnering)"),
    ],
)
def test_a_heading_is_left_out_only_where_the_title_says_the_same(title: str, said: str) -> None:
    made = compose("facebook", article(title=title), kind="reminder", remind_days=7)
    assert made.text.splitlines()[0] == said
