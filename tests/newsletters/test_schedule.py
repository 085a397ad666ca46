"""When a newsletter goes out, for years on end and over every change of the clocks."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise, product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from outreach.newsletters import schedule
from outreach.newsletters.schedule import Schedule
from outreach.newsletters.schedule_words import describe

DAY = timedelta(days=1)
ZONES = [
    "Europe/Brussels",
    "America/New_York",
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
    "America/Sao_Paulo",  # until 2018 the clocks changed at midnight
    "America/Asuncion",
    "Africa/Casablanca",  # winter time during Ramadan
    "Pacific/Apia",  # 30 December 2011 does not exist
]
TIMES = [time(0, 0), time(0, 30), time(2, 30), time(9, 0), time(23, 45)]

schedules = st.builds(
    Schedule,
    frequency=st.sampled_from(["weekly", "monthly-day", "monthly-weekday"]),
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    weekday=st.integers(0, 6),
    nth=st.sampled_from([1, 2, 3, 4, -1]),
    month_day=st.integers(1, 31),
    every=st.sampled_from([1, 1, 2, 3, 6, 12, 52]),
    anchor=st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None, fold=0)),
    zone=st.sampled_from(ZONES),
)
instants = st.integers(0, 20 * 366 * 86_400).map(
    lambda seconds: datetime(2008, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def made(**values: Any) -> Schedule:
    return Schedule(**{"zone": "Europe/Brussels", "at": time(9, 0), **values})


# ---- The days, by another calculation: every day of the calendar is asked whether it is one ----


def is_its_day(one: Schedule, day: date) -> bool:
    if one.frequency == "weekly":
        counts = one.anchor is None or (_week(day) - _week(one.anchor)) % one.every == 0
        return counts and day.weekday() in one.weekdays
    if one.anchor and (day.year * 12 + day.month - one.anchor.year * 12 - one.anchor.month) % one.every:
        return False
    tomorrow = day + DAY
    if one.frequency == "monthly-day":
        last = tomorrow.month != day.month
        return day.day == one.month_day or (last and day.day < one.month_day)
    if one.nth == -1:
        return day.weekday() == one.weekday and (day + 7 * DAY).month != day.month
    return day.weekday() == one.weekday and (day.day - 1) // 7 + 1 == one.nth


def _week(day: date) -> int:
    """Weeks since Monday the first of January of the year 1."""
    return (day.toordinal() - 1) // 7


QUARTER = timedelta(minutes=15)


@cache
def walls(zone: str) -> dict[datetime, datetime]:
    """What the wall clock shows in ten years, and when: found by going through them quarter by quarter.

    What shows twice has its first moment; what a jump leaves out, the one that is as much later as it jumps.
    """
    found: dict[datetime, datetime] = {}
    instant, info = datetime(2010, 5, 30, tzinfo=UTC), ZoneInfo(zone)
    expected = instant.astimezone(info).replace(tzinfo=None)
    while instant.year < 2020 or instant.month < 7:
        wall = instant.astimezone(info).replace(tzinfo=None)
        for number in range(max(0, (wall - expected) // QUARTER)):
            found.setdefault(expected + QUARTER * number, instant + QUARTER * number)
        found.setdefault(wall, instant)
        instant, expected = instant + QUARTER, wall + QUARTER
    return found


SCHEDULES = [
    {"frequency": "weekly", "weekdays": (6,)},
    {"frequency": "weekly", "weekdays": (0, 1, 2, 3, 4, 5, 6)},
    {"frequency": "weekly", "weekdays": (1, 4, 5), "every": 2, "anchor": date(2011, 3, 3)},
    {"frequency": "weekly", "weekdays": (3,), "every": 5, "anchor": date(2030, 1, 1)},
    {"frequency": "monthly-day", "month_day": 30},
    {"frequency": "monthly-day", "month_day": 31, "every": 3, "anchor": date(2012, 2, 1)},
    {"frequency": "monthly-weekday", "weekday": 6, "nth": -1},
    {"frequency": "monthly-weekday", "weekday": 4, "nth": 1, "every": 2, "anchor": date(2011, 1, 31)},
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("values", SCHEDULES, ids=lambda values: "-".join(map(str, values.values())))
def test_in_ten_years_no_slot_is_lost_or_doubled(zone: str, values: dict[str, Any]):
    first, last = date(2010, 6, 1), date(2020, 6, 1)
    days = [first + DAY * number for number in range((last - first).days)]
    for at in TIMES:
        one = Schedule(**values, at=at, zone=zone)
        wanted = sorted({walls(zone)[datetime.combine(day, at)] for day in days if is_its_day(one, day)})
        assert schedule.upcoming(one, wanted[0] - timedelta(seconds=1), len(wanted)) == wanted
        # Whoever asks in between gets the one that follows.
        for before, after in pairwise(wanted):
            assert schedule.next_slot(one, before + (after - before) / 2) == after


def test_the_days_are_those_of_another_librarys_rules():
    from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

    begin = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 (a wall clock)
    ours = {
        "every 3 weeks": made(weekdays=(1, 4), every=3, anchor=begin.date()),
        "last Friday": made(frequency="monthly-weekday", weekday=4, nth=-1),
        "second Monday": made(frequency="monthly-weekday", weekday=0, nth=2),
        "the 15th": made(frequency="monthly-day", month_day=15),
        "each day": made(weekdays=tuple(range(7))),
    }
    theirs = {
        "every 3 weeks": rrule(WEEKLY, begin, interval=3, byweekday=(1, 4), count=180),
        "last Friday": rrule(MONTHLY, begin, byweekday=4, bysetpos=-1, count=120),
        "second Monday": rrule(MONTHLY, begin, byweekday=0, bysetpos=2, count=120),
        "the 15th": rrule(MONTHLY, begin, bymonthday=15, count=120),
        "each day": rrule(DAILY, begin, count=3650),
    }
    zone = ZoneInfo("Europe/Brussels")
    for name, rule in theirs.items():
        wanted = list(rule)
        found = schedule.upcoming(ours[name], begin.replace(tzinfo=zone) - DAY, len(wanted))
        assert [slot.astimezone(zone).replace(tzinfo=None) for slot in found] == wanted, name


def test_a_day_that_does_not_exist_has_its_slot_a_day_later_and_not_twice():
    one = made(weekdays=(4, 5), zone="Pacific/Apia")  # Friday 30 December 2011 was left out
    found = schedule.upcoming(one, datetime(2011, 12, 28, tzinfo=UTC), 3)
    walls = [f"{slot.astimezone(ZoneInfo('Pacific/Apia')):%a %d %b %H:%M}" for slot in found]
    assert walls == ["Sat 31 Dec 09:00", "Fri 06 Jan 09:00", "Sat 07 Jan 09:00"]


@given(schedules, instants)
def test_the_next_slot_is_the_first_one_after_the_moment(one: Schedule, after: datetime):
    slot = schedule.next_slot(one, after)
    assert slot > after
    assert schedule.next_slot(one, slot - timedelta.resolution) == slot
    assert schedule.next_slot(one, after + (slot - after) / 2) == slot
    weekly = one.frequency == "weekly"
    assert slot - after <= timedelta(days=one.every * 7 + 1 if weekly else one.every * 31 + 8)


@given(schedules, instants)
def test_a_slot_is_on_the_chosen_day_at_the_chosen_time_on_the_wall(one: Schedule, after: datetime):
    zone = ZoneInfo(one.zone)
    for slot in schedule.upcoming(one, after, 5):
        wall = slot.astimezone(zone).replace(tzinfo=None)
        if not (wall.time() == one.at and is_its_day(one, wall.date())):
            # Only a time that does not exist on that day is moved, by the width of the gap.
            days = [day for day in (wall.date(), wall.date() - DAY) if is_its_day(one, day)]
            meant = [datetime.combine(day, one.at) for day in days]
            assert slot in [
                one.replace(tzinfo=zone).astimezone(UTC) for one in meant if not _exists(one, zone)
            ]


def _exists(wall: datetime, zone: ZoneInfo) -> bool:
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


@given(schedules, instants)
def test_the_slot_before_is_the_one_that_the_next_follows(one: Schedule, moment: datetime):
    before = schedule.previous_slot(one, moment)
    assert before < moment
    assert schedule.next_slot(one, before) >= moment
    slot = schedule.next_slot(one, moment)
    assert schedule.next_slot(one, schedule.previous_slot(one, slot)) == slot


@given(schedules, instants)
def test_which_weeks_and_months_count_does_not_depend_on_when_it_is_asked(one: Schedule, moment: datetime):
    slots = schedule.upcoming(one, moment, 6)
    for slot in slots[:-1]:
        assert schedule.upcoming(one, slot, 1)[0] in slots


@given(schedules, instants)
def test_the_first_day_that_comes_says_which_weeks_and_months_count(one: Schedule, now: datetime):
    free = Schedule(**{**vars(one), "anchor": None})
    found = schedule.anchored(free, now)
    each = schedule.next_slot(Schedule(**{**vars(one), "every": 1, "anchor": None}), now)
    assert schedule.next_slot(found, now) == each
    assert schedule.anchored(found, now + 40 * DAY) == found


@pytest.mark.parametrize("values", SCHEDULES, ids=lambda values: "-".join(map(str, values.values())))
def test_after_forty_years_off_the_latest_slot_is_found_in_a_few_steps(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    one, calls, real = made(**values), [], schedule.next_slot
    monkeypatch.setattr(schedule, "next_slot", lambda *given: calls.append(1) or real(*given))
    first, now = real(one, datetime(1990, 1, 1, tzinfo=UTC)), datetime(2030, 5, 5, 5, 5, tzinfo=UTC)
    found = schedule.latest_slot(one, first, now)
    assert found <= now < real(one, found)
    assert len(calls) <= 12


def test_a_first_slot_that_is_still_to_come_is_the_latest():
    now = datetime(2026, 3, 10, 8, tzinfo=UTC)
    first = schedule.next_slot(made(), now)
    assert schedule.latest_slot(made(), first, now) == first


@pytest.mark.parametrize("month", range(1, 13))
def test_the_nth_weekday_is_that_of_the_calendar(month: int):
    for weekday, nth in product(range(7), (1, 2, 3, 4, -1)):
        length = monthrange(2027, month)[1]
        days = [day for day in range(1, length + 1) if date(2027, month, day).weekday() == weekday]
        one = made(frequency="monthly-weekday", weekday=weekday, nth=nth, zone="UTC")
        slot = schedule.next_slot(one, datetime(2027, month, 1, tzinfo=UTC))
        assert slot.day == days[nth - 1 if nth > 0 else -1]


@pytest.mark.parametrize(
    ("values", "after", "slots"),
    [
        (
            {"weekdays": (1,)},
            "2026-03-10 08:00",
            ["2026-03-17 08:00", "2026-03-24 08:00", "2026-03-31 07:00"],
        ),
        ({"weekdays": (6,), "at": time(2, 30)}, "2026-03-28 12:00", ["2026-03-29 01:30", "2026-04-05 00:30"]),
        ({"weekdays": (6,), "at": time(2, 30)}, "2026-10-24 12:00", ["2026-10-25 00:30", "2026-11-01 01:30"]),
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
        (
            {"weekdays": (0, 3), "every": 2, "anchor": date(2026, 3, 11)},
            "2026-03-11 12:00",
            ["2026-03-12 08:00", "2026-03-23 08:00", "2026-03-26 08:00"],
        ),
    ],
)
def test_known_dates(values: dict[str, Any], after: str, slots: list[str]):
    found = schedule.upcoming(made(**values), datetime.fromisoformat(f"{after}+00:00"), len(slots))
    assert [f"{slot:%Y-%m-%d %H:%M}" for slot in found] == slots


@pytest.mark.parametrize(
    ("values", "language", "words"),
    [
        ({"weekdays": (1,)}, "nl", "Elke dinsdag om 09.00"),
        ({"weekdays": (1,)}, "en", "Every Tuesday at 09:00"),
        (
            {"frequency": "monthly-weekday", "weekday": 4, "nth": -1},
            "fr",
            "Chaque dernier vendredi du mois à 09:00",
        ),
        ({"weekdays": (0, 3)}, "en", "Every week on Monday and Thursday at 09:00"),
        ({"weekdays": (0, 1, 3)}, "en", "Every week on Monday, Tuesday and Thursday at 09:00"),
        ({"weekdays": tuple(range(7))}, "en", "Every day at 09:00"),
        ({"weekdays": (3,), "every": 2}, "en", "Every 2 weeks on Thursday at 09:00"),
        (
            {"frequency": "monthly-weekday", "weekday": 1, "nth": 2, "every": 3},
            "en",
            "Every 3 months on the second Tuesday at 09:00",
        ),
        (
            {"frequency": "monthly-day", "month_day": 30, "every": 2},
            "en",
            "Every 2 months on day 30 (in a shorter month on its last day) at 09:00",
        ),
        ({"frequency": "monthly-day", "month_day": 5}, "nl", "Elke maand op dag 5 om 09.00"),
        (
            {"frequency": "monthly-day", "month_day": 31},
            "en",
            "Every month on day 31 (in a shorter month on its last day) at 09:00",
        ),
    ],
)
def test_a_schedule_in_words(values: dict[str, Any], language: str, words: str):
    with translation.override(language):
        assert describe(made(**values)) == words
