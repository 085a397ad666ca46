"""The events of a newsletter, one by one and together, as files for a calendar."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.core.sentences import say
from outreach.feeds import choosing
from outreach.feeds.models import Entry, Event, Source
from outreach.newsletters import issues, making
from outreach.newsletters.models import Issue

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-03-01T10:00:00+00:00")
Write = Callable[..., Entry]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def write() -> Write:
    Organisation.objects.create(pk=1, name="Kleine Kinderen")
    source = Source.objects.create(name="Site", url="https://site.example/feed", site="site.example")

    def write(title: str, **values: Any) -> Entry:
        known = {"source": source, "title": title, "link": f"https://site.example/{title}", "language": "nl"}
        entry = Entry.objects.create(**known, content_hash="", first_seen_at=NOW)
        Event.objects.create(entry=entry, **{"starts_at": NOW + timedelta(days=20), **values})
        return entry

    return write


@pytest.fixture
def issue(write: Write) -> Issue:
    """A draft of a Dutch newsletter with two events."""
    write("Lezing", starts_at=datetime.fromisoformat("2026-03-29T01:30:00+00:00"), place="De Krook")
    first, last = (datetime.fromisoformat(f"2026-03-{day}T23:00:00+00:00") for day in (19, 20))
    write("Studiedag", starts_at=first, ends_at=last, all_day=True)
    with clock.frozen(NOW - timedelta(hours=1)):
        newsletter = making.create("Nieuws", sources=Source.objects.all(), language="nl")
    return issues.make_now(newsletter)


def events_at(client: Client, address: str) -> list[Any]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_one_event_goes_into_a_calendar_as_the_feed_has_it(client: Client, issue: Issue) -> None:
    entry = Entry.objects.get(title="Lezing")
    [event] = events_at(client, reverse("event-in-calendar", args=[entry.pk]))
    feed = Calendar.from_ical(client.get(reverse("agenda")).content).walk("VEVENT")
    assert str(event["uid"]) in {str(one["uid"]) for one in feed}
    assert event.decoded("dtstart").isoformat() == "2026-03-29T01:30:00+00:00"
    assert (str(event["summary"]), str(event["location"])) == ("Lezing", "De Krook")
    assert str(event["status"]) == "CONFIRMED"


def test_a_whole_day_is_a_day_and_no_hour(client: Client, issue: Issue) -> None:
    entry = Entry.objects.get(title="Studiedag")
    [event] = events_at(client, reverse("event-in-calendar", args=[entry.pk]))
    assert event.decoded("dtstart").isoformat() == "2026-03-20"
    assert event.decoded("dtend").isoformat() == "2026-03-21"


def test_what_is_called_off_takes_itself_out_of_the_calendar(client: Client, issue: Issue) -> None:
    issues.approve(issue)
    before = events_at(client, reverse("issue-in-calendar", args=[issue.pk]))
    Event.objects.filter(entry__title="Lezing").update(status="cancelled", version=3)
    after = events_at(client, reverse("issue-in-calendar", args=[issue.pk]))
    assert [str(one["uid"]) for one in before] == [str(one["uid"]) for one in after]
    assert [(str(one["status"]), int(one["sequence"])) for one in after] == [
        ("CONFIRMED", 0),
        ("CANCELLED", 3),
    ]


def test_the_dates_of_an_issue_are_public_once_it_is_approved(client: Client, issue: Issue) -> None:
    address = reverse("issue-in-calendar", args=[issue.pk])
    assert client.get(address).status_code == 404
    issues.leave_out(issue.items.get(entry__title="Studiedag"))
    issues.approve(issue)
    assert [str(one["summary"]) for one in events_at(client, address)] == ["Lezing"]
    assert "X-WR-CALNAME:Agenda van Nieuws" in client.get(address).content.decode()


def test_what_was_mailed_stays_known_when_it_is_over(client: Client, issue: Issue) -> None:
    issues.approve(issue)
    entry = Entry.objects.get(title="Lezing")
    with clock.frozen(NOW + timedelta(days=400)):
        assert events_at(client, reverse("event-in-calendar", args=[entry.pk]))


@pytest.mark.parametrize(
    "values",
    [
        {"withdrawn_at": NOW},
        {"page_gone_at": NOW},
        {"state": "ignored", "reason": say(choosing.BY_STAFF)},
        {"question": "event"},
    ],
)
def test_what_is_not_public_is_not_there(client: Client, write: Write, values: dict[str, Any]) -> None:
    entry = write("Geheim")
    address = reverse("event-in-calendar", args=[entry.pk])
    assert events_at(client, address)
    Entry.objects.filter(pk=entry.pk).update(**values)
    assert client.get(address).status_code == 404


def test_an_article_is_no_event(client: Client, write: Write) -> None:
    entry = write("Bericht")
    Event.objects.update(trust="denied")
    assert client.get(reverse("event-in-calendar", args=[entry.pk])).status_code == 404
    assert client.get(reverse("issue-in-calendar", args=[9])).status_code == 404
