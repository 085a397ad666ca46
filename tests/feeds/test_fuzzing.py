"""Damaged and invented input: a sentence may come out, an exception may not."""

import json
import random
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.feeds import calendars, child, identity, linked_data, matching, moments, pages
from outreach.feeds.models import Entry
from outreach.feeds.parsing import Item
from tests.fakes.cms import the_events_calendar
from tests.fakes.cms.content import meetings
from tests.fakes.rendering import FLAVOURS
from tests.fakes.website import Website
from tests.feeds import hostile

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
CONTEXT = {"zone": "Europe/Brussels", "now": NOW.isoformat()}
URL = "https://school.example/feed"


_ELEMENTS = (
    '<rss version="2.0" xmlns:ev="http://purl.org/rss/1.0/modules/event/" '
    'xmlns:xCal="urn:ietf:params:xml:ns:xcal" xmlns:gd="http://schemas.google.com/g/2005"><channel>'
    "<item><title>Studiedag</title><ev:startdate>2026-12-03</ev:startdate>"
    "<ev:location x='1'>Gent</ev:location></item>"
    "<item><title>Webinar</title><xCal:dtstart tzid='Europe/London'>20261203T140000</xCal:dtstart></item>"
    "<item><title>Lezing</title><gd:when startTime='2026-12-03' endTime='2026-12-04'/></item>"
    "<item><title>Infoavond, 3 december om 14u30</title><description>"
    "&lt;time datetime='2026-12-03'&gt;Van 9u tot 12u, 3, 4 en 5 december&lt;/time&gt;</description></item>"
    "</channel></rss>"
)


def _seeds() -> list[bytes]:
    """One whole document of each kind, to damage."""
    site = Website(url="https://school.example")
    site.add_article("Studiedag", "Op 3 december om 14u.", starts="2030-03-01T09:00:00+01:00", place="Gent")
    site.add_article("Vacature", "Leraar <b>gezocht</b> &amp; gevonden", image="https://school.example/a.png")
    feeds = []
    for flavour in FLAVOURS:
        site.flavour = flavour
        feeds.append(site.feed())
    event = {"@type": "Event", "startDate": "2026-12-03", "location": [{"name": "Gent", "address": {}}]}
    return [
        *feeds,
        hostile.feed([{"id": "1", "url": URL, "title": "x", "date_published": "2026-11-25", "tags": ["a"]}]),
        hostile.calendar(
            "RRULE:FREQ=WEEKLY;BYDAY=WE\r\nDTEND:20260302T100000\r\nEXDATE:20260304T090000\r\n", 3
        ),
        f"<html><script type='application/ld+json'>{json.dumps(event)}</script>".encode(),
        the_events_calendar.rest(meetings()),
        _ELEMENTS.encode(),
    ]


def _damaged(body: bytes, random: random.Random) -> bytes:
    """`body` with up to twenty pieces taken out, doubled, moved or overwritten."""
    data = bytearray(body)
    for _ in range(random.randint(1, 20)):
        start = random.randrange(len(data) or 1)
        end = min(len(data), start + random.randint(1, 60))
        piece, way = data[start:end], random.randrange(5)
        if way == 0:
            del data[start:end]
        elif way == 1:
            data[start:start] = piece * random.randint(1, 5)
        elif way == 2:
            data[start:end] = random.randbytes(len(piece))
        elif way == 3:
            data[start:start] = random.choice([b"<", b"&", b"\0", b"]]>", b"\xff", b"'", b"{", b"\r\n", b";"])
        else:
            other = random.randrange(len(data) or 1)
            data[other:other] = piece
    return bytes(data)


def _answer(body: bytes, kind: str, content_type: str) -> dict[str, Any]:
    question = {"kind": kind, "headers": {"content-type": content_type}, "url": URL, "context": CONTEXT}
    return child.answer_to(body, question)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_document_is_read_or_refused(seed: int) -> None:
    luck = random.Random(seed)
    for body in _seeds():
        for _ in range(4):
            damaged = _damaged(body, luck)
            for kind, content_type in (("feed", "application/xml"), ("page", "text/html")):
                answer = _answer(damaged, kind, content_type)
                json.dumps(answer)
                assert answer.get("wrong", "") != "unreadable" or answer["raw"]


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
_EVENT_NAMES = (
    "@type",
    "startDate",
    "endDate",
    "location",
    "name",
    "url",
    "eventStatus",
    "@graph",
    "subEvent",
)


@given(st.dictionaries(st.sampled_from(_EVENT_NAMES), _anything, max_size=8))
def test_linked_data_of_any_shape_is_read(data: dict[str, Any]) -> None:
    data.setdefault("@type", "Event")
    found = linked_data.nodes([json.dumps(data)])
    linked_data.event_of(found, [URL], "x", ZoneInfo("Europe/Brussels"), NOW)
    linked_data.author_of(linked_data.article_of(found))
    linked_data.image_of(data)


@given(_anything)
def test_a_json_feed_of_any_shape_is_read(items: Any) -> None:
    _answer(hostile.feed(items), "feed", "application/json")
    _answer(hostile.feed([items]), "feed", "application/json")
    _answer(hostile.feed([{"id": items, "title": items, "url": items, "tags": items}]), "feed", "")


_REST_NAMES = (
    "id title url link description excerpt image all_day start_date end_date utc_start_date utc_end_date"
    " timezone venue venues website categories tags status date_utc hide_from_listings event_status"
)


@given(st.lists(_anything | st.dictionaries(st.sampled_from(_REST_NAMES.split()), _anything), max_size=4))
def test_events_of_any_shape_are_read(events: list[Any]) -> None:
    whole = {"start_date": "2026-12-03 14:00:00", "end_date": "", "id": 1}
    known = [whole | one for one in events if isinstance(one, dict)]
    for document in ({"rest_url": URL, "events": [*events, *known]}, events, known):
        answer = _answer(json.dumps(document).encode(), "feed", "application/json")
        json.dumps(answer)
        assert answer.get("wrong", "json") == "json"


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    for value in (text, f"2026-11-25{text}", f"25 november 2026 {text}", f"Wed, 25 Nov 2026 {text}"):
        found = moments.moment(value, ZoneInfo("Europe/Brussels"), NOW)
        assert found is None or found.tzinfo is not None


_PROPERTIES = (
    "DTSTART",
    "DTEND",
    "DURATION",
    "RRULE",
    "RDATE",
    "EXDATE",
    "STATUS",
    "URL",
    "LOCATION",
    "SUMMARY",
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(_PROPERTIES), st.text(max_size=40)), max_size=8))
def test_a_calendar_of_any_lines_is_read(lines: list[tuple[str, str]]) -> None:
    inside = "".join(f"{name}:{value}\r\n" for name, value in lines)
    body = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n{inside}END:VEVENT\r\nEND:VCALENDAR\r\n"
    calendars.read(body.encode("utf-8", "replace"), base=URL, **CONTEXT)


_addresses = st.text(max_size=60) | st.from_regex(
    r"https?://[^/]{0,20}(:[0-9x]{0,6})?/.{0,20}", fullmatch=True
)


@given(st.lists(st.tuples(st.text(max_size=30) | _addresses, _addresses, st.text(max_size=30)), max_size=6))
def test_items_of_any_kind_are_recognised_again(triples: list[tuple[str, str, str]]) -> None:
    items = [Item(guid=guid, link=link, title=title) for guid, link, title in triples]
    items = identity.without_repeats([item for item in items if item.title or item.link])
    keys = identity.keys_of(items)
    known: dict[identity.Key, Entry] = {}
    for item, own in zip(items, keys, strict=True):
        assert own.own
        known |= {key: Entry(title=item.title, link=item.link) for key in own.own}
    for item, own in zip(items, keys, strict=True):
        assert identity.match(item, own, known) is not None


@given(_addresses)
def test_any_address_has_a_normal_form_that_stays(address: str) -> None:
    once = identity.normal_url(address)
    assert isinstance(identity.site_of(address), str)
    assert identity.url_key(address) is None or once


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=4))
def test_any_words_fit_or_not(text: str, phrases: list[str]) -> None:
    for compare in (matching.holds_words, matching.is_one_of, matching.holds):
        assert compare(text, phrases) in {True, False}


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page(body: bytes) -> None:
    for kind in ("text/html", "text/html; charset=utf-16", ""):
        json.dumps(pages.read(body, kind, base=URL, **CONTEXT))
