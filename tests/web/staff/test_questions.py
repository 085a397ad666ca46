"""What only a person can say of an entry, in the pages."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.feeds import events, likeness, merging
from outreach.feeds.models import Entry, EntryChange, Event
from outreach.feeds.parsing import Happening
from tests.web.staff import samples

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-11-25T10:00:00+00:00")
HINT = Happening(starts_at=NOW + timedelta(days=9), origin="text")


@pytest.fixture(autouse=True)
def _clock() -> object:
    with clock.frozen(NOW):
        yield


def page(client: Client, entry: Entry) -> str:
    return client.get(reverse("entry", args=[entry.pk]), headers={"accept-language": "en"}).content.decode()


def answer(client: Client, entry: Entry, said: str) -> Entry:
    client.post(reverse("entry-answer", args=[entry.pk]), {"answer": said})
    return Entry.objects.select_related("event").get(pk=entry.pk)


@pytest.fixture
def doubtful() -> Entry:
    entry = samples.entry(samples.source(), "Vertelavond op 4 december")
    merging.meet(entry, None, HINT, NOW)
    return entry


@pytest.fixture
def twin() -> Entry:
    source = samples.source()
    samples.entry(source, "Samen lezen")
    entry = samples.entry(source, "Samen lezen", link="https://site.example/2")
    likeness.notice(entry, {entry.pk}, NOW)
    return entry


def test_a_date_in_the_text_is_asked_about_where_staff_see_it(staff: Client, doubtful: Entry) -> None:
    home = staff.get(reverse("home"), headers={"accept-language": "en"}).content.decode()
    assert "Perhaps it is an event, on 04-12-2026 11:00." in home
    shown = page(staff, doubtful)
    assert "Is it an event on Friday 4 December 2026 11:00?" in shown
    assert "That date is read in its text." in shown


def test_yes_it_is_an_event(staff: Client, doubtful: Entry) -> None:
    entry = answer(staff, doubtful, "event")
    assert events.event_of(entry) is not None
    assert "Is it an event on" not in page(staff, entry)
    assert "Friday 4 December 2026 11:00" in page(staff, entry)


def test_no_it_is_an_article(staff: Client, doubtful: Entry) -> None:
    entry = answer(staff, doubtful, "article")
    assert events.event_of(entry) is None
    assert (entry.question, entry.state) == ("", "new")


def test_what_was_never_an_event_needs_no_answer(staff: Client) -> None:
    entry = samples.entry(samples.source())
    sent = staff.post(
        reverse("entry-answer", args=[entry.pk]),
        {"answer": "article"},
        follow=True,
        headers={"accept-language": "en"},
    )
    assert "nothing was changed" in sent.content.decode()


def test_it_is_an_event_on_another_date(staff: Client, doubtful: Entry) -> None:
    address = reverse("entry-event", args=[doubtful.pk])
    assert 'value="2026-12-04"' in staff.get(address).content.decode()
    form = {"day": "2026-12-05", "time": "19:30", "end": "21:00", "place": " Gent ", "status": "scheduled"}
    assert staff.post(address, form).status_code == 302
    event = Event.objects.get()
    assert event.starts_at == datetime.fromisoformat("2026-12-05T18:30:00+00:00")
    assert event.ends_at == datetime.fromisoformat("2026-12-05T20:00:00+00:00")
    assert (event.place, event.origin, event.trust, event.all_day) == ("Gent", "staff", "confirmed", False)


def test_an_event_of_two_whole_days(staff: Client, doubtful: Entry) -> None:
    address = reverse("entry-event", args=[doubtful.pk])
    staff.post(address, {"day": "2026-12-05", "last_day": "2026-12-06", "status": "scheduled"})
    event = Event.objects.get()
    assert event.all_day
    assert event.ends_at == datetime.fromisoformat("2026-12-06T23:00:00+00:00")
    shown = staff.get(address).content.decode()
    assert 'value="2026-12-06"' in shown
    assert staff.post(address, {"day": "2026-12-05", "last_day": "2026-12-06", "status": "cancelled"})
    assert not events.takes_place(Event.objects.get())


@pytest.mark.parametrize(
    ("last_day", "end", "ends_at"),
    [
        ("2026-12-06", "", "2026-12-06T23:00:00+00:00"),
        ("2026-12-06", "18:00", "2026-12-06T17:00:00+00:00"),
        ("2026-12-06", "00:00", "2026-12-05T23:00:00+00:00"),
        ("", "21:00", "2026-12-05T20:00:00+00:00"),
        ("", "", None),
    ],
)
def test_a_last_day_is_kept_and_shown_again(
    staff: Client, doubtful: Entry, last_day: str, end: str, ends_at: str | None
) -> None:
    address = reverse("entry-event", args=[doubtful.pk])
    form = {"day": "2026-12-05", "time": "10:00", "last_day": last_day, "end": end, "status": "scheduled"}
    assert staff.post(address, form).status_code == 302
    assert Event.objects.get().ends_at == (datetime.fromisoformat(ends_at) if ends_at else None)
    page = staff.get(address).content.decode()
    for name, value in (("last_day", last_day), ("end", end)):
        field = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert field
        assert (f'value="{value}"' in field[0]) if value else ("value=" not in field[0])


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"day": "morgen"}, "day"),
        ({}, "day"),
        ({"day": "2026-12-05", "time": "7 uur"}, "day"),
        ({"day": "2026-12-05", "time": "19:30", "end": "18:00"}, "end"),
        ({"day": "2026-12-05", "last_day": "2026-12-01"}, "end"),
        ({"day": "2027-03-28", "time": "02:30"}, "day"),
        ({"day": "2026-12-05", "status": "misschien"}, "status"),
        ({"day": "9999-12-31"}, "day"),
        ({"day": "0001-01-01", "time": "09:00"}, "day"),
        ({"day": "2026-12-05", "last_day": "9999-12-31"}, "last_day"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    staff: Client, doubtful: Entry, form: dict[str, str], field: str
) -> None:
    address = reverse("entry-event", args=[doubtful.pk])
    response = staff.post(address, {"status": "scheduled"} | form)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert Event.objects.get().trust == "asked"


def test_a_twin_is_new_or_the_same(staff: Client, twin: Entry) -> None:
    shown = page(staff, twin)
    assert "Is it new?" in shown
    assert "https://site.example/1" in shown
    entry = answer(staff, twin, "same")
    assert (entry.state, entry.question) == ("ignored", "")
    assert answer(staff, twin, "same").state == "ignored"


def test_a_twin_that_is_new_goes_on(staff: Client, twin: Entry) -> None:
    entry = answer(staff, twin, "new")
    assert (entry.state, entry.question) == ("new", "")


@pytest.fixture
def disputed() -> Entry:
    """Its calendar is contradicted by its page; its post is made."""
    entry = samples.entry(samples.source(), "Vertelavond", state="planned")
    merging.meet(entry, replace(HINT, origin="calendar"), None, NOW)
    merging.meet(entry, replace(HINT, origin="page", starts_at=NOW + timedelta(days=12)), None, NOW)
    return entry


def test_two_dates_of_the_website_are_shown_where_staff_see_them(staff: Client, disputed: Entry) -> None:
    home = staff.get(reverse("home"), headers={"accept-language": "en"}).content.decode()
    assert "The website names another date now: 07-12-2026 11:00." in home
    shown = page(staff, disputed)
    assert "Is the event as we know it?" in shown
    assert "We say: Friday 4 December 2026 11:00." in shown


@pytest.mark.parametrize(("said", "day"), [("theirs", 7), ("ours", 4)])
def test_staff_say_which_date_is_right(staff: Client, disputed: Entry, said: str, day: int) -> None:
    entry = answer(staff, disputed, said)
    assert (entry.question, entry.event.starts_at.day) == ("", day)
    assert "Is the event as we know it?" not in page(staff, entry)


def test_an_odd_answer_changes_nothing(staff: Client, doubtful: Entry) -> None:
    assert answer(staff, doubtful, "misschien").question == "event"


def test_what_an_article_said_before_is_shown(staff: Client) -> None:
    entry = samples.entry(samples.source())
    EntryChange.objects.create(entry=entry, at=NOW, before={"title": "Studiedag <b>rekenen</b>"})
    assert "Studiedag &lt;b&gt;rekenen&lt;/b&gt;" in page(staff, entry)


def test_an_event_that_is_off_says_so(staff: Client) -> None:
    entry = samples.entry(samples.source())
    Event.objects.create(entry=entry, starts_at=HINT.starts_at, status="cancelled", place="Gent")
    shown = page(staff, entry)
    assert "Cancelled" in shown
    assert "read in the data of the feed" in shown
