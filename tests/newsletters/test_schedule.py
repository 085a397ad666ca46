"""When a newsletter goes out, for years on end and over every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from outreach.newsletters import schedule
from outreach.newsletters.models import Newsletter

ZONES = ["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "America/Asuncion", "Asia/Tokyo"]

newsletters = st.builds(
    Newsletter,
    frequency=st.sampled_from(Newsletter.Frequency.values),
    weekday=st.integers(0, 6),
    nth=st.sampled_from([1, 2, 3, 4, -1]),
    month_day=st.integers(1, 31),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None, fold=0)),
    zone=st.sampled_from(ZONES),
)
instants = st.integers(0, 10 * 366 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def made(**values: object) -> Newsletter:
    return Newsletter(**{"zone": "Europe/Brussels", "at": time(9, 0), **values})


@given(newsletters, instants)
def test_the_next_slot_is_the_first_one_after_the_moment(newsletter: Newsletter, after: datetime):
    slot = schedule.next_slot(newsletter, after)
    assert slot > after
    assert schedule.next_slot(newsletter, slot - timedelta(seconds=1)) == slot
    longest = 8 if newsletter.frequency == "weekly" else 36
    assert slot - after <= timedelta(days=longest)


@given(newsletters, instants)
def test_a_slot_is_on_the_chosen_day_at_the_chosen_time_on_the_wall(newsletter: Newsletter, after: datetime):
    local = schedule.next_slot(newsletter, after).astimezone(ZoneInfo(newsletter.zone))
    wall = local.replace(tzinfo=None)
    meant = datetime.combine(wall.date(), newsletter.at)
    skipped = meant.replace(tzinfo=ZoneInfo(newsletter.zone)).astimezone(UTC).astimezone(local.tzinfo)
    # Only a time that does not exist on that day is moved, by the width of the gap.
    assert wall in (meant, skipped.replace(tzinfo=None)) or wall - meant == timedelta(days=-1)
    assert _is_its_day(newsletter, wall.date()) or _is_its_day(newsletter, wall.date() - timedelta(days=1))


@given(newsletters, instants)
def test_slots_follow_each_other_once_each(newsletter: Newsletter, after: datetime):
    slots = schedule.upcoming(newsletter, after, 30)
    zone = ZoneInfo(newsletter.zone)
    days = [slot.astimezone(zone).date() for slot in slots]
    assert len(set(days)) == 30
    if newsletter.frequency == "weekly":
        assert all((b - a).days == 7 for a, b in pairwise(days))
    else:
        months = [day.year * 12 + day.month for day in days]
        assert all(b - a == 1 for a, b in pairwise(months))


def _is_its_day(newsletter: Newsletter, day: date) -> bool:
    if newsletter.frequency == "weekly":
        return day.weekday() == newsletter.weekday
    tomorrow = day + timedelta(days=1)
    if newsletter.frequency == "monthly-day":
        last = tomorrow.month != day.month
        return day.day == newsletter.month_day or (last and day.day < newsletter.month_day)
    if newsletter.nth == -1:
        return day.weekday() == newsletter.weekday and (day + timedelta(days=7)).month != day.month
    return day.weekday() == newsletter.weekday and (day.day - 1) // 7 + 1 == newsletter.nth


@pytest.mark.parametrize(
    ("values", "after", "slots"),
    [
        ({"weekday": 1}, "2026-03-10 08:00", ["2026-03-17 08:00", "2026-03-24 08:00", "2026-03-31 07:00"]),
        ({"weekday": 6, "at": time(2, 30)}, "2026-03-28 12:00", ["2026-03-29 01:30", "2026-04-05 00:30"]),
        ({"weekday": 6, "at": time(2, 30)}, "2026-10-24 12:00", ["2026-10-25 00:30", "2026-11-01 01:30"]),
        (
            {"frequency": "monthly-weekday", "weekday": 1, "nth": 1},
            "2026-11-25 12:00",
            ["2026-12-01 08:00", "2027-01-05 08:00"],
        ),
        (
            {"frequency": "monthly-weekday", "weekday": 4, "nth": -1},
            "2026-11-25 12:00",
            ["2026-11-27 08:00", "2026-12-25 08:00"],
        ),
        (
            {"frequency": "monthly-day", "month_day": 31},
            "2027-01-31 08:00",
            ["2027-02-28 08:00", "2027-03-31 07:00"],
        ),
        ({"frequency": "monthly-day", "month_day": 29}, "2028-02-01 08:00", ["2028-02-29 08:00"]),
    ],
)
def test_known_dates(values: dict[str, object], after: str, slots: list[str]):
    found = schedule.upcoming(made(**values), datetime.fromisoformat(f"{after}+00:00"), len(slots))
    assert [f"{slot:%Y-%m-%d %H:%M}" for slot in found] == slots


@pytest.mark.parametrize(
    ("values", "language", "words"),
    [
        ({"weekday": 1}, "nl", "Elke dinsdag om 09.00"),
        ({"weekday": 1}, "en", "Every Tuesday at 09:00"),
        (
            {"frequency": "monthly-weekday", "weekday": 4, "nth": -1},
            "fr",
            "Chaque dernier vendredi du mois à 09:00",
        ),
        ({"frequency": "monthly-day", "month_day": 5}, "nl", "Elke maand op dag 5 om 09.00"),
        (
            {"frequency": "monthly-day", "month_day": 31},
            "en",
            "Every month on day 31 (in a shorter month on its last day) at 09:00",
        ),
    ],
)
def test_a_schedule_in_words(values: dict[str, object], language: str, words: str):
    with translation.override(language):
        assert schedule.describe(made(**values)) == words
