"""What the REST interface of The Events Calendar answers, and what it means."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from outreach.feeds import child

NOW = "2026-11-25T12:00:00+00:00"
BASE = "https://www.kleuter.example/wp-json/tribe/events/v1/events?per_page=50"
ZOOM = "https://us02web.zoom.us/j/86513"
TIMED = {
    "start_date": "2026-12-03 14:00:00",
    "end_date": "2026-12-03 16:00:00",
    "utc_start_date": "2026-12-03 13:00:00",
    "utc_end_date": "2026-12-03 15:00:00",
    "timezone": "Europe/Brussels",
}
EVENT: dict[str, Any] = {
    "id": 7,
    "title": "Dag",
    "url": "https://www.kleuter.example/evenement/dag/",
    **TIMED,
}


def answer(document: object) -> dict[str, Any]:
    context = {"zone": "Europe/Brussels", "now": NOW}
    question = {"headers": {}, "url": BASE, "context": context}
    return child.answer_to(json.dumps(document).encode(), question)


def items(*events: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer({"events": list(events), "rest_url": BASE, "total": 1})["items"]
    return found


def item(**values: object) -> dict[str, Any]:
    [found] = items(EVENT | values)
    return found


def short(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M}" if moment else ""


@pytest.mark.parametrize(
    ("values", "start", "end", "zone"),
    [
        ({}, "2026-12-03 13:00", "2026-12-03 15:00", "Europe/Brussels"),
        # Its own clock counts where its times in UTC lack
        (
            {"utc_start_date": "", "utc_end_date": "", "timezone": "Europe/London"},
            "2026-12-03 14:00",
            "2026-12-03 16:00",
            "Europe/London",
        ),
        ({"utc_start_date": None, "timezone": "Nergens/Huis"}, "2026-12-03 13:00", "2026-12-03 15:00", ""),
        ({"timezone": "UTC+1"}, "2026-12-03 13:00", "2026-12-03 15:00", ""),
        ({"utc_end_date": "2026-12-03 13:00:00"}, "2026-12-03 13:00", "", "Europe/Brussels"),
        ({"utc_end_date": None, "end_date": None}, "2026-12-03 13:00", "", "Europe/Brussels"),
        # Whole days, and those of 23 and 25 hours
        (
            {"all_day": True, "start_date": "2026-12-03 00:00:00", "end_date": "2026-12-04 23:59:59"},
            "2026-12-02 23:00 W",
            "2026-12-04 23:00",
            "Europe/Brussels",
        ),
        (
            {"all_day": True, "start_date": "2027-03-28 00:00:00", "end_date": "2027-03-28 23:59:59"},
            "2027-03-27 23:00 W",
            "2027-03-28 22:00",
            "Europe/Brussels",
        ),
        (
            {"all_day": True, "start_date": "2027-10-31 00:00:00", "end_date": "2027-10-31 23:59:59"},
            "2027-10-30 22:00 W",
            "2027-10-31 23:00",
            "Europe/Brussels",
        ),
        (
            {"all_day": True, "start_date": "2026-12-03 00:00:00", "end_date": "", "timezone": "Asia/Tokyo"},
            "2026-12-02 23:00 W",
            "",
            "Asia/Tokyo",
        ),
        # The nights on which the clocks change
        (
            {"utc_start_date": "", "start_date": "2027-03-28 01:00:00", "end_date": "2027-03-28 04:00:00"},
            "2027-03-28 00:00",
            "2027-03-28 02:00",
            "Europe/Brussels",
        ),
        (
            {"utc_start_date": "", "start_date": "2027-10-31 01:00:00", "end_date": "2027-10-31 04:00:00"},
            "2027-10-30 23:00",
            "2027-10-31 03:00",
            "Europe/Brussels",
        ),
    ],
)
def test_an_event_takes_place_at_its_instant(
    values: dict[str, object], start: str, end: str, zone: str
) -> None:
    event = item(**values)["event"]
    found = short(event["starts_at"]) + (" W" if event["all_day"] else "")
    assert (found, short(event["ends_at"]), event["zone"]) == (start, end, zone)
    assert event["origin"] == "calendar"


@pytest.mark.parametrize(
    ("values", "place", "online"),
    [
        ({"venue": {"venue": "De Krook &#8211; zaal"}}, "De Krook – zaal", ""),
        ({"venue": {"venue": "Gent", "city": "Gent", "address": "Gent"}}, "Gent", ""),
        ({"venue": []}, "", ""),
        (
            {"venues": [{"title": {"rendered": "De Krook"}, "zip": "9000", "city": "Gent"}]},
            "De Krook, 9000 Gent",
            "",
        ),
        ({"website": ZOOM}, "", ZOOM),
        ({"description": f'<a href="{ZOOM}?a=1&amp;b=2">Zoom</a>'}, "", f"{ZOOM}?a=1&b=2"),
        ({"website": "https://www.kleuter.example/dag"}, "", ""),
    ],
)
def test_an_event_says_where(values: dict[str, object], place: str, online: str) -> None:
    event = item(**values)["event"]
    assert (event["place"], event["online_url"]) == (place, online)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"title": "GEANNULEERD: dag"}, "cancelled"),
        ({"event_status": "canceled"}, "cancelled"),
        ({"event_status": "postponed"}, "postponed"),
        ({"title": "Dag &#8211; uitgesteld"}, "postponed"),
        ({"status": "publish"}, "scheduled"),
    ],
)
def test_an_event_says_whether_it_takes_place(values: dict[str, object], status: str) -> None:
    assert item(**values)["event"]["status"] == status


def test_the_other_fields_are_clean() -> None:
    found = item(
        title="Taal &amp; spel &#8211; <b>dag</b>",
        description="<p>Welkom.</p><img src='/a.jpg' alt='Een kind'>",
        image={"url": "https://www.kleuter.example/a.jpg", "width": 1200, "height": 800},
        date_utc="2026-11-01 08:00:00",
        categories=[{"name": "Vorming"}, {"name": "Vorming"}, "x"],
        tags=[{"name": "Taal &amp; co"}],
    )
    assert (found["title"], found["summary"]) == ("Taal & spel – dag", "Welkom.")
    assert (found["image_url"], found["image_alt"]) == ("https://www.kleuter.example/a.jpg", "Een kind")
    assert (found["categories"], short(found["published_at"])) == (
        ["Vorming", "Taal & co"],
        "2026-11-01 08:00",
    )


def test_a_series_is_one_event_on_its_first_day_to_come() -> None:
    days = [
        EVENT | {"id": number, "url": f"https://www.kleuter.example/evenement/koor/2026-12-{number:02}/"}
        for number in (8, 15)
    ]
    [found] = items(*days)
    assert found["guid"] == "https://www.kleuter.example/evenement/koor/"
    assert found["link"].endswith("/2026-12-08/")
    assert found["event"]["repeats"]
    assert not item()["event"]["repeats"]


@pytest.mark.parametrize(
    "values",
    [
        {"start_date": "binnenkort", "utc_start_date": None},
        {"start_date": None, "utc_start_date": 7},
        {"status": "draft"},
        {"status": "private"},
        {"hide_from_listings": True},
    ],
)
def test_an_event_that_cannot_be_read_or_is_not_public_costs_no_other(values: dict[str, object]) -> None:
    found = items(EVENT | values, None, 7, [], {}, EVENT)
    assert [one["title"] for one in found] == ["Dag"]


def test_the_newer_interface_answers_with_a_list() -> None:
    event = {"title": {"rendered": "Dag"}, "link": "https://www.kleuter.example/evenement/dag/"}
    found = answer([EVENT | event])["items"]
    assert [(one["title"], short(one["event"]["starts_at"])) for one in found] == [
        ("Dag", "2026-12-03 13:00")
    ]


def test_a_calendar_without_events_is_one_too() -> None:
    found = answer({"events": [], "rest_url": BASE, "total": 0})
    assert (found["version"], found["items"]) == ("tec-rest", [])


@pytest.mark.parametrize(
    "document",
    [
        {"events": [], "start_date": "2026-12-03"},
        {"events": 7, "rest_url": BASE},
        {"code": "rest_no_route", "rest_url": BASE},
        [{"start_date": "2026-12-03"}],
        [7, "start_date"],
        {"rest_url": [[[]]]},
    ],
)
def test_other_json_is_no_calendar(document: object) -> None:
    assert answer(document) == {"wrong": "json"}
