"""What an article's own page says of it."""

import json
from datetime import datetime
from typing import Any

import pytest

from outreach.feeds import pages
from outreach.feeds.parsing import parse_page

NOW = "2026-11-25T10:00:00+00:00"
HERE = "https://school.example/studiedag/"
EVENT: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "Event",
    "name": "Studiedag",
    "startDate": "2026-12-03T09:00:00+01:00",
}


def read(head: str = "", body: str = "", kind: str = "text/html; charset=utf-8", url: str = HERE) -> Any:
    page = f"<!doctype html><html lang='nl'><head>{head}</head><body>{body}</body></html>"
    return pages.read(page.encode(), kind, base=url, zone="Europe/Brussels", now=NOW)


def linked(*data: Any) -> str:
    blocks = (one if isinstance(one, str) else json.dumps(one) for one in data)
    return "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)


def event(*data: Any, head: str = "", url: str = HERE) -> Any:
    return read(head + linked(*data), url=url)["event"]


def test_open_graph_gives_picture_words_and_text() -> None:
    page = read(
        '<title>Studiedag | School</title><meta property="og:title" content="Studiedag &amp; meer">'
        '<meta property="og:image" content="/beeld.jpg"><meta property="og:image:alt" content="Kind">'
        '<meta property="og:description" content="Een dag vol taal."><meta name=author content="An Peeters">'
        '<meta property="article:published_time" content="2026-11-20T08:00:00+01:00">'
    )
    assert (page["title"], page["description"]) == ("Studiedag & meer", "Een dag vol taal.")
    assert (page["image_url"], page["image_alt"]) == ("https://school.example/beeld.jpg", "Kind")
    assert (page["author"], page["language"]) == ("An Peeters", "nl")
    assert page["published_at"] == "2026-11-20T07:00:00+00:00"


def test_without_open_graph_the_plain_elements_serve() -> None:
    page = read(
        "<title>Studiedag</title><meta name=description content='Een dag.'>"
        "<link rel='canonical' href='/studiedag/'>" + linked({"@type": "NewsArticle", "image": ["/a.png"]})
    )
    assert (page["title"], page["description"], page["canonical"]) == ("Studiedag", "Een dag.", HERE)
    assert page["image_url"] == "https://school.example/a.png"


def test_documents_of_the_article_are_named_and_those_of_the_frame_are_not() -> None:
    page = read(
        body="<main><a href='/b/folder.pdf?x=1'>De <b>folder</b></a> <a href='verslag.docx'>Verslag</a>"
        "</main><footer><a href='/privacy.pdf'>Privacy</a></footer>"
    )
    assert page["downloads"] == [
        {"url": "https://school.example/b/folder.pdf?x=1", "name": "De folder"},
        {"url": "https://school.example/studiedag/verslag.docx", "name": "Verslag"},
    ]


@pytest.mark.parametrize(
    ("more", "starts", "ends", "all_day"),
    [
        ({}, "2026-12-03T08:00:00+00:00", None, False),
        ({"startDate": "2026-12-03T09:00"}, "2026-12-03T08:00:00+00:00", None, False),
        (
            {"startDate": "2026-06-03T09:00", "endDate": "2026-06-03T12:30"},
            "2026-06-03T07:00:00+00:00",
            "2026-06-03T10:30:00+00:00",
            False,
        ),
        ({"startDate": "2026-12-03T08:00:00Z"}, "2026-12-03T08:00:00+00:00", None, False),
        ({"startDate": "2026-12-03"}, "2026-12-02T23:00:00+00:00", None, True),
        (
            {"startDate": "2026-12-03", "endDate": "2026-12-04"},
            "2026-12-02T23:00:00+00:00",
            "2026-12-04T23:00:00+00:00",
            True,
        ),
        # The Events Calendar: a whole day, on the day that summer time ends (25 hours long)
        (
            {"startDate": "2027-10-31T00:00:00+02:00", "endDate": "2027-10-31T23:59:59+01:00"},
            "2027-10-30T22:00:00+00:00",
            "2027-10-31T23:00:00+00:00",
            True,
        ),
        # and on the day that it begins (23 hours)
        (
            {"startDate": "2027-03-28", "endDate": "2027-03-28"},
            "2027-03-27T23:00:00+00:00",
            "2027-03-28T22:00:00+00:00",
            True,
        ),
        ({"endDate": "2026-12-03T08:00:00+01:00"}, "2026-12-03T08:00:00+00:00", None, False),
        ({"startDate": ["2026-12-03T09:00:00+01:00"]}, "2026-12-03T08:00:00+00:00", None, False),
    ],
)
def test_an_event_takes_place_at_its_instant(
    more: dict[str, Any], starts: str, ends: str | None, all_day: bool
) -> None:
    found = event(EVENT | more)
    assert (found["starts_at"], found["ends_at"], found["all_day"]) == (starts, ends, all_day)
    assert found["origin"] == "page"


@pytest.mark.parametrize(
    ("location", "place", "online"),
    [
        ("De Krook, Gent", "De Krook, Gent", ""),
        ({"@type": "Place", "name": "De Krook"}, "De Krook", ""),
        ({"@type": "Place", "name": "De Krook", "address": "Gent"}, "De Krook, Gent", ""),
        (
            {
                "@type": "Place",
                "name": "De Krook",
                "address": {
                    "streetAddress": "Makebaplein 1",
                    "postalCode": "9000",
                    "addressLocality": "Gent",
                },
            },
            "De Krook, Makebaplein 1, 9000 Gent",
            "",
        ),
        (
            {"@type": "Place", "name": "Markt 1, 9000 Gent", "address": {"addressLocality": "Gent"}},
            "Markt 1, 9000 Gent",
            "",
        ),
        ({"@type": "VirtualLocation", "url": "https://zoom.example/j/1"}, "", "https://zoom.example/j/1"),
        (
            [{"@type": "VirtualLocation", "url": "https://zoom.example/j/1"}, {"name": "Gent"}],
            "Gent",
            "https://zoom.example/j/1",
        ),
        ("https://zoom.example/j/1", "", "https://zoom.example/j/1"),
        (None, "", ""),
        ([None, 3, {}], "", ""),
    ],
)
def test_an_event_takes_place_somewhere(location: Any, place: str, online: str) -> None:
    found = event(EVENT | {"location": location})
    assert (found["place"], found["online_url"]) == (place, online)


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("https://schema.org/EventCancelled", "cancelled"),
        ("http://schema.org/EventPostponed", "postponed"),
        ("EventCancelled", "cancelled"),
        ("https://schema.org/EventRescheduled", "scheduled"),
        ("https://schema.org/EventMovedOnline", "scheduled"),
        (None, "scheduled"),
        (["https://schema.org/EventCancelled"], "cancelled"),
    ],
)
def test_an_event_takes_place_or_not(status: Any, found: str) -> None:
    assert event(EVENT | {"eventStatus": status})["status"] == found


@pytest.mark.parametrize(
    "kind",
    [
        "Event",
        "EducationEvent",
        ["Thing", "BusinessEvent"],
        "https://schema.org/Event",
        "Festival",
        "CourseInstance",
    ],
)
def test_every_kind_of_event_is_one(kind: Any) -> None:
    assert event(EVENT | {"@type": kind}) is not None


@pytest.mark.parametrize("kind", ["Article", "EventVenue", "Place", "", None, 7])
def test_what_is_no_event_is_none(kind: Any) -> None:
    assert event(EVENT | {"@type": kind}) is None


def test_an_event_is_found_in_a_graph_and_beside_a_broken_block() -> None:
    assert event("{broken", {"@graph": [{"@type": "WebSite"}, EVENT]}) is not None


@pytest.mark.parametrize(
    "block",
    [
        json.dumps(EVENT)[:-1] + ",}",
        f"<!-- {json.dumps(EVENT)} -->",
        f"//<![CDATA[\n{json.dumps(EVENT)}\n//]]>",
        json.dumps(EVENT | {"description": "eerste\nregel"}).replace("\\n", "\n"),
        json.dumps(EVENT).replace('"', "&quot;"),
        json.dumps([EVENT]),
    ],
)
def test_blocks_as_real_sites_write_them_are_read(block: str) -> None:
    found = event(block)
    assert found is not None
    assert found["starts_at"] == "2026-12-03T08:00:00+00:00"


def test_a_page_that_lists_events_is_none_of_them() -> None:
    assert event([EVENT, EVENT | {"name": "Lezing"}]) is None


def test_of_several_events_the_one_of_the_page_counts() -> None:
    other = EVENT | {"name": "Lezing", "url": "https://school.example/lezing/", "startDate": "2026-12-09"}
    mine = EVENT | {"url": "http://www.school.example/studiedag?utm_source=x"}
    assert event([other, mine])["starts_at"] == "2026-12-03T08:00:00+00:00"


def test_of_several_events_the_one_with_the_title_of_the_page_counts() -> None:
    head = '<meta property="og:title" content="Studiedag">'
    found = event([EVENT | {"name": "Lezing", "startDate": "2026-12-01"}, EVENT], head=head)
    assert found["starts_at"] == "2026-12-03T08:00:00+00:00"


def test_of_a_series_the_next_day_is_announced() -> None:
    days = [
        EVENT | {"startDate": f"2026-{day}T20:00:00+01:00", "url": HERE}
        for day in ("11-03", "12-08", "12-01")
    ]
    assert event(days)["starts_at"] == "2026-12-01T19:00:00+00:00"


def test_the_parts_of_an_event_are_no_events_of_their_own() -> None:
    parts = [EVENT | {"name": f"Sessie {number}"} for number in range(3)]
    assert event(EVENT | {"startDate": "2026-12-02", "subEvent": parts})["all_day"] is True


def test_an_event_in_a_year_that_cannot_be_meant_is_none() -> None:
    assert event(EVENT | {"startDate": "0001-01-01"}) is None
    assert event(EVENT | {"startDate": "geen datum"}) is None


def test_the_one_coming_date_that_a_page_marks_is_a_hint() -> None:
    body = (
        "<main><time class='entry-date published' datetime='2026-12-01'>1</time>"
        "<time datetime='2026-12-03T14:00'>3 december</time><time datetime='2026-10-01'>1</time></main>"
        "<aside><time datetime='2026-12-24'>24</time></aside>"
    )
    hint = read(body=body)["hint"]
    assert (hint["starts_at"], hint["origin"], hint["all_day"]) == (
        "2026-12-03T13:00:00+00:00",
        "time",
        False,
    )


@pytest.mark.parametrize(
    "marked",
    [
        "<meta itemprop='startDate' content='2026-12-03T14:00:00+01:00'>",
        "<span property='schema:startDate' content='2026-12-03T14:00:00+01:00'>3 december</span>",
        "<main><time itemprop='startDate' datetime='2026-12-03T14:00'>3 december</time></main>",
    ],
)
def test_microdata_mark_the_start_of_an_event(marked: str) -> None:
    page = read(body=marked, head="<title>Afgelast: lezing</title>")
    assert (page["hint"]["starts_at"], page["hint"]["origin"]) == ("2026-12-03T13:00:00+00:00", "time")
    assert page["hint"]["status"] == "cancelled"


def test_several_coming_dates_are_no_hint() -> None:
    body = "<main><time datetime='2026-12-03'>3</time><time datetime='2026-12-04'>4</time></main>"
    assert read(body=body)["hint"] is None


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"", "text/html"),
        (b"\x00\xff\xfe<", "text/html; charset=nonsense"),
        (b"<" * 5000, "text/html"),
        (b"<script type='application/ld+json'>" + b"[" * 50_000, "text/html"),
        (b"<meta property=og:image content='http://[::1'>", "text/html"),
        (b"<time datetime='9999-99-99'><a href='http://[/x.pdf'>", ""),
        (b"<![if gte mso 9]><!DOCTYPE [<!ELEMENT", "text/html"),
    ],
)
def test_whatever_a_page_holds_an_answer_comes_out(page: bytes, kind: str) -> None:
    assert isinstance(pages.read(page, kind, base=HERE, zone="Europe/Brussels", now=NOW), dict)


@pytest.mark.parametrize(
    ("body", "kind", "title"),
    [
        (
            "<title>Caf\xe9 \u201cx\u201d</title>".encode("cp1252"),
            "text/html; charset=iso-8859-1",
            "Café “x”",
        ),
        ("<meta charset=windows-1252><title>Café</title>".encode("cp1252"), "text/html", "Café"),
        ("<title>Café</title>".encode(), "text/html", "Café"),
        ("\ufeff<title>Café</title>".encode("utf-16"), "text/html; charset=utf-16", "Café"),
    ],
)
def test_pages_are_read_in_their_own_letters(body: bytes, kind: str, title: str) -> None:
    assert pages.read(body, kind, base=HERE, zone="Europe/Brussels", now=NOW)["title"] == title


def test_the_process_with_limits_answers_for_a_page(settings: Any) -> None:
    body = f"<html><head>{linked(EVENT)}</head></html>".encode()
    page = parse_page(body, {"content-type": "text/html"}, HERE)
    assert page.event is not None
    assert page.event.starts_at == datetime.fromisoformat("2026-12-03T08:00:00+00:00")
