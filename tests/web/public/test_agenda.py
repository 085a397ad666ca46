"""The organisation's own calendar feed, read back by our own reader of calendars."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.core.sentences import say
from outreach.feeds import calendars, choosing, rules
from outreach.feeds.models import Entry, Event, Rule, Source

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-03-01T10:00:00+00:00")


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def source() -> Source:
    Organisation.objects.create(pk=1, name="Kleine Kinderen")
    return Source.objects.create(name="Site", url="https://site.example/feed", site="site.example")


def happening(source: Source, title: str, starts: str, ends: str = "", **values: Any) -> Event:
    entry = Entry.objects.create(
        source=source,
        title=title,
        summary="Lees, schrijf; speel.\nEn luister.",
        link=f"https://site.example/{title.lower()}",
        language="nl",
        content_hash="",
        categories=["Agenda", "Taal, spel"],
        first_seen_at=NOW,
    )
    end = datetime.fromisoformat(ends) if ends else None
    return Event.objects.create(entry=entry, starts_at=datetime.fromisoformat(starts), ends_at=end, **values)


def body(client: Client) -> bytes:
    response = client.get(reverse("agenda"))
    assert response.status_code == 200
    return response.content


def read(client: Client) -> list[dict[str, Any]]:
    now = NOW.isoformat()
    read = calendars.read(body(client), base="https://x.example/", zone="Europe/Brussels", now=now)
    return list(read["items"])


@pytest.mark.parametrize(
    ("starts", "ends", "all_day"),
    [
        ("2026-03-20T19:00:00+00:00", "2026-03-20T21:00:00+00:00", False),
        ("2026-03-20T19:00:00+00:00", "", False),
        # over the hour that summer time takes away, and the one that it gives back
        ("2026-03-29T00:30:00+00:00", "2026-03-29T01:30:00+00:00", False),
        ("2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00", False),
        # whole days: one of 23 hours, one of 25, and three in a row
        ("2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00", True),
        ("2026-10-24T22:00:00+00:00", "2026-10-25T23:00:00+00:00", True),
        ("2026-04-01T22:00:00+00:00", "2026-04-04T22:00:00+00:00", True),
    ],
)
def test_an_event_comes_back_at_the_same_instant(
    client: Client, source: Source, starts: str, ends: str, all_day: bool
) -> None:
    happening(source, "Studiedag", starts, ends, all_day=all_day, place="De Krook; Gent, zaal 1")
    item = read(client)[0]
    event = item["event"]
    assert (event["starts_at"], event["ends_at"], event["all_day"]) == (starts, ends or None, all_day)
    assert event["place"] == "De Krook; Gent, zaal 1"
    assert item["title"] == "Studiedag"
    assert item["summary"] == "Lees, schrijf; speel. En luister."
    assert item["link"] == "https://site.example/studiedag"
    assert item["categories"] == ["Agenda", "Taal, spel"]


def test_what_is_called_off_stays_and_says_so(client: Client, source: Source) -> None:
    happening(source, "Lezing", "2026-03-20T19:00:00+00:00", status="cancelled", version=2)
    text = body(client).decode()
    assert "STATUS:CANCELLED" in text
    assert "SEQUENCE:2" in text


def test_an_event_whose_page_is_gone_is_not_invited_to(client: Client, source: Source) -> None:
    gone = happening(source, "Weg", "2026-03-20T19:00:00+00:00").entry
    assert len(read(client)) == 1
    Entry.objects.filter(pk=gone.pk).update(page_gone_at=NOW)
    assert read(client) == []


def test_it_holds_what_is_to_come_and_nothing_doubtful(client: Client, source: Source) -> None:
    happening(source, "Komt", "2026-03-20T19:00:00+00:00")
    happening(source, "Pas", "2026-02-20T19:00:00+00:00")
    happening(source, "Lang-geleden", "2026-01-20T19:00:00+00:00")
    happening(source, "Misschien", "2026-03-20T19:00:00+00:00", trust="asked")
    happening(source, "Geen", "2026-03-20T19:00:00+00:00", trust="denied")
    gone = happening(source, "Weg", "2026-03-20T19:00:00+00:00").entry
    Entry.objects.filter(pk=gone.pk).update(withdrawn_at=NOW)
    unwanted = happening(source, "Niet", "2026-03-20T19:00:00+00:00").entry
    Entry.objects.filter(pk=unwanted.pk).update(state="ignored", reason=say(choosing.BY_STAFF))
    assert [item["title"] for item in read(client)] == ["Komt", "Pas"]


def test_programs_are_told_how_it_is_called_and_when_to_come_back(client: Client, source: Source) -> None:
    response = client.get(reverse("agenda"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] in {"max-age=900, public", "public, max-age=900"}
    assert "X-WR-CALNAME:Agenda van Kleine Kinderen" in response.content.decode()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT4H" in response.content.decode()


def test_a_program_that_has_it_gets_no_more_than_that(client: Client, source: Source) -> None:
    event = happening(source, "Lezing", "2026-03-20T19:00:00+00:00")
    first = client.get(reverse("agenda"))
    with clock.frozen(NOW + timedelta(hours=1)):
        again = client.get(reverse("agenda"), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Event.objects.filter(pk=event.pk).update(version=1, status="cancelled")
    assert client.get(reverse("agenda"), headers={"if-none-match": first["ETag"]}).status_code == 200


def test_an_empty_agenda_is_a_calendar_too(client: Client, source: Source) -> None:
    assert read(client) == []


def test_the_identity_of_an_event_does_not_change(client: Client, source: Source) -> None:
    event = happening(source, "Lezing", "2026-03-20T19:00:00+00:00")
    before = read(client)[0]["guid"]
    Event.objects.filter(pk=event.pk).update(starts_at=event.starts_at + timedelta(days=1))
    Entry.objects.update(title="Lezing in de Krook")
    assert read(client)[0]["guid"] == before


def test_what_is_held_back_or_asked_about_is_not_public(client: Client, source: Source) -> None:
    happening(source, "Bekend", "2026-03-20T19:00:00+00:00")
    Entry.objects.update(first_seen_at=NOW - timedelta(days=1))
    twin = happening(source, "Tweeling", "2026-03-20T19:00:00+00:00").entry
    Entry.objects.filter(pk=twin.pk).update(question="duplicate", first_seen_at=NOW - timedelta(days=1))
    happening(source, "Vastgehouden", "2026-03-20T19:00:00+00:00")
    Source.objects.update(held_at=NOW - timedelta(hours=1))
    assert [item["title"] for item in read(client)] == ["Bekend"]


def test_what_a_rule_sends_nowhere_is_not_public(client: Client, source: Source) -> None:
    now_ruled, ruled, picked = (
        happening(source, title, "2026-03-20T19:00:00+00:00").entry
        for title in ("Intern-1", "Intern-2", "Toch")
    )
    Entry.objects.filter(pk=ruled.pk).update(
        state="ignored", reason=say(rules.NOWHERE, rule="x"), categories=["Anders"]
    )
    Entry.objects.filter(pk=picked.pk).update(state="planned")
    conditions = [{"field": "category", "op": "has", "value": "Agenda"}]
    Rule.objects.create(source=source, conditions=conditions, action="ignore")
    assert [item["title"] for item in read(client)] == ["Toch"]
    Rule.objects.update(action="newsletter")
    assert [item["title"] for item in read(client)] == ["Intern-1", "Toch"]
    assert now_ruled.state == "new"


def test_the_agenda_takes_the_same_queries_however_long_it_is(
    client: Client, source: Source, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        happening(source, f"Lezing-{number}", "2026-03-20T19:00:00+00:00")
    with django_assert_max_num_queries(6):
        body(client)
