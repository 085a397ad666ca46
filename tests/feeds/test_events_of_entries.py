"""Which event an entry is: what the website says, where it says it, and what staff say."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from outreach.core.errors import BadInput
from outreach.core.models import Activity, subject_of
from outreach.feeds import asking, events, merging
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-11-25T10:00:00+00:00")
DAY = timedelta(days=1)
SOON = Happening(starts_at=NOW + 9 * DAY, place="Gent", origin="feed")
HINT = replace(SOON, origin="text", place="")


@pytest.fixture
def entry() -> Entry:
    source = Source.objects.create(name="Site", url="https://site.example/feed", site="site.example")
    return Entry.objects.create(source=source, title="Studiedag", language="nl", content_hash="")


def doubt(entry: Entry, value: str) -> None:
    entry.source.doubtful_dates = value
    entry.source.save()


def known(entry: Entry) -> Event | None:
    return events.event_of(Entry.objects.select_related("event").get(pk=entry.pk))


def told(entry: Entry) -> list[str]:
    return [str(row.sentence) for row in Activity.objects.filter(subject=subject_of(entry)).order_by("pk")]


def test_what_the_data_of_the_website_say_is_believed(entry: Entry) -> None:
    merging.meet(entry, SOON, None, NOW)
    event = known(entry)
    assert event
    assert (event.starts_at, event.place, event.trust) == (SOON.starts_at, "Gent", "sure")
    assert entry.question == ""


def test_a_date_in_the_text_is_asked_about(entry: Entry) -> None:
    merging.meet(entry, None, HINT, NOW)
    entry.refresh_from_db()
    assert known(entry) is None
    assert entry.question == "event"
    assert str(entry.reason) == "Perhaps it is an event, on 04-12-2026 11:00. It waits until you say so."


def test_a_trusted_website_is_not_asked_about(entry: Entry) -> None:
    doubt(entry, "trust")
    merging.meet(entry, None, HINT, NOW)
    assert known(entry) is not None
    assert entry.question == ""


def test_a_website_of_articles_only_has_no_events_in_its_text(entry: Entry) -> None:
    doubt(entry, "never")
    merging.meet(entry, None, HINT, NOW)
    assert not Event.objects.exists()
    assert entry.question == ""


def test_a_date_that_is_over_asks_nothing(entry: Entry) -> None:
    merging.meet(entry, None, replace(HINT, starts_at=NOW - DAY), NOW)
    assert not Event.objects.exists()


def test_nobody_is_asked_about_an_entry_that_was_decided(entry: Entry) -> None:
    Entry.objects.update(state="planned")
    entry.refresh_from_db()
    merging.meet(entry, None, HINT, NOW)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        ("calendar", "feed", "first"),
        ("calendar", "page", "first"),
        ("page", "calendar", "second"),
        ("feed", "page", "second"),
        ("feed", "feed", "second"),
        ("calendar", "calendar", "second"),
    ],
)
def test_the_more_trusted_place_counts(entry: Entry, first: str, second: str, counts: str) -> None:
    merging.meet(entry, replace(SOON, origin=first), None, NOW)
    later = replace(SOON, origin=second, starts_at=SOON.starts_at + DAY)
    merging.meet(entry, later, None, NOW)
    event = known(entry)
    assert event
    assert event.starts_at == (SOON if counts == "first" else later).starts_at


def test_the_data_of_the_page_answer_a_question_about_its_text(entry: Entry) -> None:
    merging.meet(entry, None, HINT, NOW)
    merging.meet(entry, replace(SOON, origin="page"), None, NOW)
    entry.refresh_from_db()
    event = known(entry)
    assert event
    assert (event.origin, event.place, entry.question) == ("page", "Gent", "")


def test_a_new_date_is_a_new_version_and_is_told(entry: Entry) -> None:
    merging.meet(entry, SOON, None, NOW)
    merging.meet(entry, replace(SOON, starts_at=SOON.starts_at + DAY), None, NOW)
    event = known(entry)
    assert event
    assert (event.version, event.followed) == (1, 0)
    assert told(entry)[-1] == "The event moved from 04-12-2026 11:00 to 05-12-2026 11:00."


def test_another_place_is_no_new_version(entry: Entry) -> None:
    merging.meet(entry, SOON, None, NOW)
    merging.meet(entry, replace(SOON, place="Aalst"), None, NOW)
    event = known(entry)
    assert event
    assert (event.version, event.place) == (0, "Aalst")


def test_a_cancellation_is_told(entry: Entry) -> None:
    merging.meet(entry, SOON, None, NOW)
    merging.meet(entry, replace(SOON, status="cancelled"), None, NOW)
    event = known(entry)
    assert event
    assert not events.takes_place(event)
    assert event.version == 1
    assert told(entry)[-1] == "The event is cancelled, says the website."


def test_an_event_that_the_feed_takes_back_is_an_article(entry: Entry) -> None:
    merging.meet(entry, SOON, None, NOW)
    merging.forget(entry, NOW)
    assert known(entry) is None


def test_a_feed_that_is_silent_takes_back_nothing_that_the_calendar_says(entry: Entry) -> None:
    merging.meet(entry, replace(SOON, origin="calendar"), None, NOW)
    merging.forget(entry, NOW)
    assert known(entry) is not None


def test_staff_say_that_it_is_an_event(entry: Entry) -> None:
    merging.meet(entry, None, HINT, NOW)
    asking.it_is_an_event(entry)
    entry.refresh_from_db()
    event = known(entry)
    assert event
    assert (event.trust, entry.question, str(entry.reason)) == ("confirmed", "", "")


def test_what_staff_correct_is_not_changed_by_the_website(entry: Entry) -> None:
    merging.meet(entry, None, HINT, NOW)
    typed = Happening(starts_at=SOON.starts_at + 5 * DAY, place="Brugge")
    asking.it_is_an_event(entry, when=typed)
    merging.meet(entry, replace(SOON, origin="calendar"), None, NOW)
    event = known(entry)
    assert event
    assert (event.starts_at, event.place, event.origin) == (typed.starts_at, "Brugge", "staff")


def test_staff_are_told_when_the_text_of_a_confirmed_event_names_another_date(entry: Entry) -> None:
    merging.meet(entry, None, HINT, NOW)
    asking.it_is_an_event(entry)
    merging.meet(entry, None, replace(HINT, starts_at=HINT.starts_at + DAY), NOW)
    event = known(entry)
    assert event
    assert event.starts_at == HINT.starts_at
    assert "05-12-2026 11:00" in told(entry)[-1]


def test_staff_say_that_it_is_an_article_for_good(entry: Entry) -> None:
    merging.meet(entry, None, HINT, NOW)
    asking.it_is_an_article(entry)
    merging.meet(entry, SOON, None, NOW)
    merging.meet(entry, None, HINT, NOW)
    entry.refresh_from_db()
    assert known(entry) is None
    assert entry.question == ""


def test_staff_name_an_event_that_nobody_recognised(entry: Entry) -> None:
    asking.it_is_an_event(entry, when=SOON)
    event = known(entry)
    assert event
    assert (event.origin, event.trust) == ("staff", "confirmed")


def test_an_event_without_a_date_is_refused(entry: Entry) -> None:
    with pytest.raises(BadInput, match="Say when it takes place"):
        asking.it_is_an_event(entry)


def test_an_end_before_the_start_is_refused(entry: Entry) -> None:
    with pytest.raises(BadInput, match="before the start"):
        asking.it_is_an_event(entry, when=replace(SOON, ends_at=SOON.starts_at - DAY))
    assert not Event.objects.exists()


def test_a_question_that_nobody_answered_lapses_with_its_date(entry: Entry) -> None:
    merging.meet(entry, None, HINT, NOW)
    assert not asking.lapse_one(NOW)
    assert asking.lapse_one(HINT.starts_at)
    assert not asking.lapse_one(HINT.starts_at)
    entry = Entry.objects.select_related("event").get(pk=entry.pk)
    assert (entry.question, entry.state, known(entry)) == ("", "new", None)
    assert events.is_doubtful(entry)


def test_the_time_of_an_event_elsewhere_is_said_too(entry: Entry) -> None:
    event = Event(starts_at=datetime.fromisoformat("2026-12-04T14:00:00+00:00"), zone="Europe/London")
    assert events.spoken(event) == "Friday 4 December 2026 15:00 (14:00 London)"
    event.zone = "Europe/Paris"
    assert events.spoken(event) == "Friday 4 December 2026 15:00"
    event.zone = "Nergens/Onbekend"
    assert events.spoken(event) == "Friday 4 December 2026 15:00"
