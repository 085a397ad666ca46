"""Who said what of an event: what staff say stays, and what the website says is never missed."""

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction

from outreach.core.models import Activity, subject_of
from outreach.feeds import asking, events, merging
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening

pytestmark = pytest.mark.django_db

NOW = datetime.fromisoformat("2026-11-25T10:00:00+00:00")
DAY = timedelta(days=1)
SOON = Happening(starts_at=NOW + 9 * DAY, place="Gent", origin="calendar")
LATER = replace(SOON, starts_at=SOON.starts_at + DAY)
FEED = replace(SOON, origin="feed")


@pytest.fixture
def entry() -> Entry:
    source = Source.objects.create(name="Site", url="https://site.example/feed", site="site.example")
    return Entry.objects.create(
        source=source, title="Studiedag", language="nl", content_hash="", state="planned"
    )


def meet(entry: Entry, said: Happening | None, hint: Happening | None = None, now: datetime = NOW) -> Event:
    entry.refresh_from_db()
    merging.meet(entry, said, hint, now)
    entry.refresh_from_db()
    return Event.objects.get()


def told(entry: Entry) -> list[str]:
    return [str(row.sentence) for row in Activity.objects.filter(subject=subject_of(entry)).order_by("pk")]


def test_a_place_that_staff_correct_is_no_reason_to_miss_a_cancellation(entry: Entry) -> None:
    meet(entry, SOON)
    asking.it_is_an_event(entry, when=replace(SOON, place="Gent, zaal 2"))
    event = meet(entry, replace(SOON, status="cancelled"))
    assert (event.status, event.place, event.version) == ("cancelled", "Gent, zaal 2", 1)
    assert told(entry)[-1] == "The event is cancelled, says the website."


def test_a_place_that_staff_correct_stays_when_the_website_moves_the_event(entry: Entry) -> None:
    meet(entry, SOON)
    asking.it_is_an_event(entry, when=replace(SOON, place="Brugge"))
    event = meet(entry, LATER)
    assert (event.starts_at, event.place, event.origin) == (LATER.starts_at, "Brugge", "calendar")


def test_a_whole_day_that_is_saved_unchanged_follows_the_website(entry: Entry) -> None:
    """The form writes an end where the website gives none."""
    midnight = datetime.fromisoformat("2026-12-01T00:00:00+01:00")
    day = replace(SOON, starts_at=midnight, all_day=True)
    meet(entry, day)
    asking.it_is_an_event(entry, when=replace(day, ends_at=midnight + DAY))
    event = meet(entry, replace(day, starts_at=midnight + DAY))
    assert (event.starts_at, event.ends_at, event.origin) == (midnight + DAY, None, "calendar")
    assert entry.question == ""


def test_a_whole_day_that_does_not_begin_at_midnight_here_is_that_day(entry: Entry) -> None:
    day = replace(SOON, starts_at=datetime.fromisoformat("2026-12-01T03:00:00+01:00"), all_day=True)
    meet(entry, day)
    midnight = day.starts_at.replace(hour=0)
    asking.it_is_an_event(entry, when=replace(day, starts_at=midnight, ends_at=midnight + DAY))
    assert Event.objects.get().origin == "calendar"


def test_another_date_of_the_website_asks_staff_who_corrected_it(entry: Entry) -> None:
    meet(entry, SOON)
    mine = SOON.starts_at + 5 * DAY
    asking.it_is_an_event(entry, when=replace(SOON, starts_at=mine))
    assert meet(entry, replace(SOON, place="Aalst")).place == "Aalst"
    assert entry.question == ""  # they knew of that date
    event = meet(entry, LATER)
    assert (event.starts_at, entry.question) == (mine, "date")
    assert "05-12-2026 11:00" in str(entry.reason)


def test_another_date_waits_for_an_answer_also_before_the_post_is_made(entry: Entry) -> None:
    Entry.objects.update(state="new")
    meet(entry, SOON)
    asking.it_is_an_event(entry, when=replace(SOON, starts_at=NOW + 3 * DAY))
    meet(entry, LATER)
    assert (entry.state, entry.question) == ("new", "date")


def test_staff_say_that_the_website_is_right(entry: Entry) -> None:
    meet(entry, SOON)
    asking.it_is_an_event(entry, when=replace(SOON, starts_at=NOW + 3 * DAY))
    before = meet(entry, LATER).version
    asking.the_website_is_right(entry)
    event = Event.objects.get()
    entry.refresh_from_db()
    assert (event.starts_at, event.version, entry.question) == (LATER.starts_at, before + 1, "")
    moved = meet(entry, replace(LATER, starts_at=LATER.starts_at + DAY))
    assert (moved.starts_at, entry.question) == (LATER.starts_at + DAY, "")  # it is followed again


def test_staff_say_that_it_stays_as_it_is_and_are_not_asked_again(entry: Entry) -> None:
    meet(entry, SOON)
    asking.it_is_an_event(entry, when=replace(SOON, starts_at=NOW + 3 * DAY))
    meet(entry, LATER)
    asking.it_stays(entry)
    event = meet(entry, replace(LATER, place="Aalst"))
    assert (event.starts_at, event.place, entry.question) == (NOW + 3 * DAY, "Aalst", "")


def test_a_place_of_less_trust_that_calls_it_off_is_asked_about(entry: Entry) -> None:
    meet(entry, SOON)
    event = meet(entry, replace(SOON, status="cancelled", origin="page"))
    assert (event.status, event.disputed, entry.question) == ("scheduled", "page", "date")
    asking.the_website_is_right(entry)
    assert Event.objects.get().status == "cancelled"


def test_a_place_of_less_trust_that_names_another_date_first_or_later_is_asked_about(entry: Entry) -> None:
    meet(entry, SOON)
    meet(entry, FEED)
    assert entry.question == ""
    meet(entry, replace(LATER, origin="feed"))
    assert entry.question == "date"


def test_the_question_is_gone_when_the_website_agrees_with_itself(entry: Entry) -> None:
    meet(entry, SOON)
    meet(entry, replace(LATER, origin="page"))
    assert entry.question == "date"
    event = meet(entry, LATER)
    assert (event.starts_at, event.disputed, entry.question) == (LATER.starts_at, "", "")


def test_a_date_in_the_text_beside_the_data_asks_nothing_until_it_changes(entry: Entry) -> None:
    meet(entry, SOON)
    meet(entry, None, replace(SOON, origin="text", starts_at=NOW + 2 * DAY))
    assert entry.question == ""
    meet(entry, None, replace(SOON, origin="text", starts_at=NOW + 30 * DAY))
    assert entry.question == "date"


def test_a_page_that_names_only_the_day_contradicts_nothing(entry: Entry) -> None:
    meet(entry, SOON)
    midnight = SOON.starts_at.replace(hour=0) - timedelta(hours=1)
    meet(entry, replace(SOON, origin="page", starts_at=midnight, all_day=True))
    assert entry.question == ""


def test_an_hour_on_the_whole_day_that_was_known_contradicts_nothing(entry: Entry) -> None:
    midnight = SOON.starts_at.replace(hour=0) - timedelta(hours=1)
    meet(entry, replace(SOON, starts_at=midnight, all_day=True))
    meet(entry, replace(SOON, origin="page"))
    assert entry.question == ""


def test_what_staff_corrected_before_this_was_kept_is_contradicted_by_news_only(entry: Entry) -> None:
    values = {"starts_at": LATER.starts_at, "origin": "staff", "trust": "confirmed"}
    Event.objects.create(entry=entry, **values)
    event = meet(entry, FEED)
    assert (event.starts_at, entry.question) == (LATER.starts_at, "")
    meet(entry, replace(FEED, starts_at=NOW + 20 * DAY))
    assert entry.question == "date"


def test_a_cancellation_of_what_staff_corrected_before_this_was_kept_is_asked_about(entry: Entry) -> None:
    Event.objects.create(entry=entry, starts_at=LATER.starts_at, origin="staff", trust="confirmed")
    meet(entry, replace(FEED, status="cancelled"))
    assert entry.question == "date"


def test_which_date_is_right_is_not_asked_of_what_may_be_no_event(entry: Entry) -> None:
    """It was picked before anybody said whether it is one."""
    Entry.objects.update(state="new")
    meet(entry, None, replace(SOON, origin="time"))
    Entry.objects.update(state="planned", question="")
    meet(entry, None, replace(SOON, origin="text"))
    meet(entry, None, replace(LATER, origin="text"))
    assert (Event.objects.get().trust, entry.question) == ("asked", "")


def test_whether_it_is_an_event_is_asked_of_what_is_new(entry: Entry) -> None:
    Entry.objects.update(state="new", question="duplicate")
    meet(entry, None, replace(SOON, origin="text"))
    assert entry.question == "duplicate"
    asking.it_is_new(entry)
    entry.refresh_from_db()
    assert entry.question == "event"


def test_one_question_is_asked_after_the_other(entry: Entry) -> None:
    Entry.objects.update(state="new", question="duplicate")
    meet(entry, SOON)
    meet(entry, replace(LATER, origin="page"))
    assert entry.question == "duplicate"
    asking.it_is_new(entry)
    entry.refresh_from_db()
    assert entry.question == "date"
    asking.it_stays(entry)
    entry.refresh_from_db()
    assert entry.question == ""


def test_an_event_that_nobody_announces_gets_a_notice_and_no_question(entry: Entry) -> None:
    Entry.objects.update(state="ignored")
    meet(entry, SOON)
    meet(entry, replace(SOON, status="cancelled", origin="page"))
    assert entry.question == ""
    assert told(entry)[-1] == "The event is cancelled, says the website."


def test_a_question_about_two_dates_lapses_when_the_event_begins(entry: Entry) -> None:
    meet(entry, SOON)
    meet(entry, replace(LATER, origin="page"))
    assert not asking.lapse_one(NOW)
    assert asking.lapse_one(SOON.starts_at)
    entry.refresh_from_db()
    assert (entry.question, Event.objects.get().trust) == ("", "sure")
    assert told(entry)[-1] == "Nobody said which date is right, and it is over."


def test_an_event_that_the_feed_takes_back_and_gives_again_counts_on(entry: Entry) -> None:
    meet(entry, FEED)
    meet(entry, replace(LATER, origin="feed"))
    merging.forget(entry, NOW)
    event = Event.objects.get()
    assert (event.trust, event.version, event.dated) == ("withdrawn", 2, 1)
    assert events.event_of(Entry.objects.select_related("event").get()) is None
    merging.forget(entry, NOW)
    assert Event.objects.get().version == 2
    event = meet(entry, replace(LATER, origin="feed"))
    assert (event.trust, event.version, event.dated) == ("sure", 3, 1)


def test_what_the_feed_takes_back_the_calendar_still_says(entry: Entry) -> None:
    meet(entry, replace(FEED, status="cancelled"))
    meet(entry, replace(SOON, place="Aalst"))
    merging.forget(entry, NOW)
    event = Event.objects.get()
    assert (event.trust, event.origin, event.place) == ("sure", "calendar", "Aalst")


def test_an_event_from_before_all_this_was_kept_is_what_its_row_says(entry: Entry) -> None:
    Event.objects.create(entry=entry, starts_at=SOON.starts_at, place="Gent", origin="calendar")
    asking.it_is_an_event(entry, when=replace(SOON, place="Brugge"))
    event = meet(entry, replace(SOON, status="postponed"))
    assert (event.status, event.place, event.origin) == ("postponed", "Brugge", "calendar")


def test_the_next_day_of_a_series_is_no_new_date(entry: Entry) -> None:
    weekly = replace(SOON, repeats=True)
    meet(entry, weekly)
    for week in range(1, 5):
        start = SOON.starts_at + 7 * week * DAY
        event = meet(entry, replace(weekly, starts_at=start), now=start - 6 * DAY)
        assert (event.starts_at, event.version, event.occurrence) == (start, 0, week)
    assert not any("moved" in line for line in told(entry))


def test_a_day_of_a_series_that_moves_before_it_came_is_a_new_date(entry: Entry) -> None:
    weekly = replace(SOON, repeats=True)
    meet(entry, weekly)
    event = meet(entry, replace(weekly, starts_at=SOON.starts_at + DAY))
    assert (event.version, event.occurrence) == (1, 0)


def test_a_day_of_a_series_that_staff_moved_is_over_with_that_day(entry: Entry) -> None:
    weekly = replace(SOON, repeats=True)
    meet(entry, weekly)
    mine = SOON.starts_at + DAY
    asking.it_is_an_event(entry, when=replace(SOON, starts_at=mine))
    event = meet(entry, replace(weekly, starts_at=SOON.starts_at + 7 * DAY), now=mine + DAY)
    assert (event.starts_at, event.occurrence, entry.question) == (SOON.starts_at + 7 * DAY, 1, "")


@pytest.mark.django_db(transaction=True)
def test_two_who_hear_of_an_event_at_the_same_moment_make_it_once(entry: Entry) -> None:
    heard, failed = threading.Event(), []

    def hear(said: Happening, *, slowly: bool) -> None:
        try:
            with transaction.atomic():
                merging.meet(Entry.objects.get(pk=entry.pk), said, None, NOW)
                heard.set()
                if slowly:
                    time.sleep(0.3)
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connections.close_all()

    first = threading.Thread(target=hear, args=[FEED], kwargs={"slowly": True})
    first.start()
    assert heard.wait(10)
    second = threading.Thread(target=hear, args=[LATER], kwargs={"slowly": False})
    second.start()
    first.join()
    second.join()
    assert not failed
    event = Event.objects.get()
    assert (event.starts_at, event.origin, set(event.said)) == (
        LATER.starts_at,
        "calendar",
        {"feed", "calendar"},
    )


def test_a_question_that_was_answered_a_moment_ago_does_not_lapse(
    entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    Entry.objects.update(state="new")
    meet(entry, None, replace(SOON, origin="text"))
    real = merging.row_of

    def after_the_answer(of: Entry) -> Event | None:
        monkeypatch.setattr(merging, "row_of", real)
        asking.it_is_an_event(Entry.objects.get())
        return real(of)

    monkeypatch.setattr(merging, "row_of", after_the_answer)
    assert asking.lapse_one(SOON.starts_at)
    assert Event.objects.get().trust == "confirmed"
    assert not any("Nobody" in line for line in told(entry))


def test_the_seconds_that_a_form_cannot_show_are_no_correction(entry: Entry) -> None:
    last = SOON.starts_at.replace(hour=22, minute=59, second=59)
    meet(entry, replace(SOON, ends_at=last))
    asking.it_is_an_event(entry, when=replace(SOON, ends_at=last.replace(second=0)))
    event = meet(entry, replace(LATER, ends_at=last + DAY))
    assert (event.starts_at, event.origin, entry.question) == (LATER.starts_at, "calendar", "")
