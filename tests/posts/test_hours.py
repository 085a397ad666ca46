"""When an account may be posted on: slots, quiet hours and distance, over clock changes and leap days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.errors import BadInput, OutreachError
from outreach.posts.accounts import hours
from outreach.posts.accounts.hours import Hours

BRUSSELS = ZoneInfo("Europe/Brussels")
NIGHT = (time(21), time(7, 30))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SPRING, AUTUMN = date(2027, 3, 28), date(2026, 10, 25)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def free(rules: Hours, after: str, *taken: str) -> str:
    found = hours.next_free(rules, BRUSSELS, utc(after), map(utc, taken))
    return f"{found:%Y-%m-%d %H:%M}"


def slots(*times: str, days: range = range(7)) -> tuple[tuple[int, time], ...]:
    return tuple((day, time.fromisoformat(at)) for day in days for at in times)


def test_without_rules_a_post_goes_out_at_once_whatever_else_does() -> None:
    assert free(Hours(), "2026-11-30 16:17", "2026-11-30 16:17") == "2026-11-30 16:17"


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("2026-11-30 19:59", "2026-11-30 19:59"),  # 20.59 in Brussels
        ("2026-11-30 20:00", "2026-12-01 06:30"),
        ("2026-12-01 06:29", "2026-12-01 06:30"),
        ("2026-12-04 20:00", "2026-12-07 06:30"),  # the weekend is quiet too
        ("2026-12-05 23:00", "2026-12-07 06:30"),
    ],
)
def test_quiet_hours_over_midnight_and_quiet_days(after: str, found: str) -> None:
    assert free(Hours(quiet=NIGHT, quiet_days=frozenset({5, 6})), after) == found


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ("2027-03-27 12:00", "2027-03-28 01:30"),  # 02:30 does not exist: an hour later, 03:30 summer time
        ("2027-03-28 12:00", "2027-03-29 00:30"),
        ("2026-10-24 12:00", "2026-10-25 00:30"),  # 02:30 comes twice: the first
        ("2026-10-25 00:31", "2026-10-26 01:30"),  # and not the second
        ("2028-02-28 12:00", "2028-02-29 01:30"),
        ("2028-02-29 12:00", "2028-03-01 01:30"),
        ("2027-02-28 12:00", "2027-03-01 01:30"),
    ],
)
def test_a_slot_over_clock_changes_and_leap_days(after: str, found: str) -> None:
    assert free(Hours(slots("02:30")), after) == found


@pytest.mark.parametrize(
    ("quiet", "after", "found"),
    [
        (("01:00", "02:30"), "2027-03-28 00:10", "2027-03-28 01:00"),  # ends with the jump to 03:00
        (("02:00", "03:00"), "2027-03-28 00:59", "2027-03-28 00:59"),  # an hour that is not there
        (("02:30", "03:00"), "2026-10-25 00:40", "2026-10-25 01:00"),  # the clock goes back to 02:00
        (("02:30", "03:00"), "2026-10-25 01:40", "2026-10-25 02:00"),  # and it is quiet a second time
        (("22:00", "02:30"), "2026-10-24 21:00", "2026-10-25 00:30"),
    ],
)
def test_quiet_hours_on_the_nights_when_the_clock_is_moved(
    quiet: tuple[str, str], after: str, found: str
) -> None:
    rules = Hours(quiet=(time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])))
    assert free(rules, after) == found


def test_a_slot_is_taken_once_and_the_next_one_is_found() -> None:
    rules = Hours(slots("09:00", "12:30"))
    assert free(rules, "2026-12-01 07:00") == "2026-12-01 08:00"
    assert free(rules, "2026-12-01 08:00") == "2026-12-01 08:00"
    assert free(rules, "2026-12-01 07:00", "2026-12-01 08:00") == "2026-12-01 11:30"
    assert free(rules, "2026-12-01 07:00", "2026-12-01 08:00", "2026-12-01 11:30") == "2026-12-02 08:00"


def test_posts_keep_their_distance_to_those_before_and_after() -> None:
    rules = Hours(distance=timedelta(hours=1))
    assert free(rules, "2026-12-01 10:00", "2026-12-01 09:30") == "2026-12-01 10:30"
    assert free(rules, "2026-12-01 10:00", "2026-12-01 10:50") == "2026-12-01 11:50"
    assert free(rules, "2026-12-01 10:00", "2026-12-01 09:30", "2026-12-01 11:30") == "2026-12-01 10:30"
    assert free(rules, "2026-12-01 10:00", "2026-12-01 09:30", "2026-12-01 11:29") == "2026-12-01 12:29"


def test_the_three_next_times_are_those_of_three_posts() -> None:
    rules = Hours(quiet=NIGHT, distance=timedelta(hours=4))
    found = hours.upcoming(rules, BRUSSELS, utc("2026-12-01 13:00"), [])
    assert [f"{at:%d %H:%M}" for at in found] == ["01 13:00", "01 17:00", "02 06:30"]


def test_a_full_year_is_an_error_in_words() -> None:
    rules = Hours(((0, time(9)),))
    taken = [utc("2026-12-07 08:00") + n * 7 * DAY for n in range(60)]
    summer = [at - timedelta(hours=1) for at in taken]
    with pytest.raises(OutreachError, match="no free time"):
        hours.next_free(rules, BRUSSELS, utc("2026-12-01 08:00"), taken + summer)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quiet": (time(9), time(9))}, "quiet"),
        ({"quiet_days": frozenset(range(7))}, "quiet"),
        ({"distance": timedelta(minutes=-1)}, "distance"),
        ({"distance": timedelta(days=8)}, "distance"),
        ({"slots": ((0, time(22)),), "quiet": NIGHT}, "slots"),
        ({"slots": ((5, time(12)),), "quiet_days": frozenset({5})}, "slots"),
    ],
)
def test_hours_that_leave_no_room_are_refused_when_they_are_kept(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        hours.check(Hours(**values))
    assert refused.value.field == field


clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59]))
# Near the clock changes as often as not: an hour of the year hides there.
days = st.dates(date(2026, 1, 1), date(2029, 1, 1)) | st.sampled_from(
    [change + DAY * offset for change in (SPRING, AUTUMN, date(2028, 2, 29)) for offset in (-1, 0, 1)]
)
zones = st.sampled_from(["Europe/Brussels", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe"])
instants = st.builds(lambda day, at: datetime.combine(day, at, UTC), days, clock_times)


@st.composite
def rules_that_leave_room(draw: st.DrawFn) -> Hours:
    quiet = draw(st.none() | st.tuples(clock_times, clock_times).filter(lambda two: two[0] != two[1]))
    quiet_days = draw(st.frozensets(st.integers(0, 6), max_size=6))
    open_times = clock_times.filter(lambda at: not hours._is_within(quiet, at))
    open_days = st.sampled_from(sorted(set(range(7)) - quiet_days))
    kept = tuple(draw(st.lists(st.tuples(open_days, open_times), max_size=6, unique=True)))
    return hours.check(Hours(kept, quiet, quiet_days, MINUTE * draw(st.sampled_from([0, 1, 30, 240, 1440]))))


@given(rules_that_leave_room(), zones, instants, st.lists(st.integers(-2000, 9000), max_size=8))
def test_what_is_found_breaks_no_rule_whatever_the_hours(
    rules: Hours, zone_name: str, after: datetime, offsets: list[int]
) -> None:
    zone, taken = ZoneInfo(zone_name), [after + MINUTE * offset for offset in offsets]
    found = hours.next_free(rules, zone, after, taken)
    assert found >= after
    assert not hours.is_quiet(rules, zone, found)
    assert all(abs(found - other) >= rules.distance for other in taken)
    # Its reach: two weeks (one for the day, one for a day that a clock change spoils) and each other post.
    assert found - after <= 14 * DAY + len(taken) * (7 * DAY + 2 * rules.distance)
    if rules.slots:
        assert found not in taken
        wall = found.astimezone(zone)
        own = {
            datetime.combine(day, at, zone).astimezone(UTC) for day in _around(wall) for _, at in rules.slots
        }
        assert found in own


def _around(wall: datetime) -> list[date]:
    return [wall.date() + DAY * offset for offset in (-1, 0, 1)]


@given(rules_that_leave_room(), zones, instants, st.lists(st.integers(-300, 300), max_size=3))
def test_nothing_earlier_was_free(rules: Hours, zone_name: str, after: datetime, offsets: list[int]) -> None:
    """Against a clerk who looks at the clock each minute."""
    zone, taken = ZoneInfo(zone_name), [after + MINUTE * offset for offset in offsets]
    found = hours.next_free(rules, zone, after, taken)
    step, walls = after, {(day, at) for day, at in rules.slots}
    while step < min(found, after + 2 * DAY):
        wall = step.astimezone(zone)
        is_slot = not walls or ((wall.weekday(), wall.time()) in walls and not wall.fold)
        near = any(
            abs(step - other) < max(rules.distance, MINUTE if walls else 0 * MINUTE) for other in taken
        )
        assert not is_slot or near or hours.is_quiet(rules, zone, step), step
        step += MINUTE
