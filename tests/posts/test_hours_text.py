"""Hours as people type them."""

from datetime import time

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.errors import BadInput
from outreach.posts.accounts import hours_text
from outreach.posts.accounts.hours import Hours

NINE, HALF_PAST_TWELVE, TEN = time(9), time(12, 30), time(10)
WEEK = tuple(sorted([(day, at) for day in range(5) for at in (NINE, HALF_PAST_TWELVE)] + [(5, TEN)]))


@pytest.mark.parametrize(
    "typed",
    [
        "ma-vr 9:00,12:30; za 10:00",
        "maandag tot vrijdag: 9u, 12u30; zaterdag 10 uur",
        "mon-fri 09:00 12:30; sat 10",
        "lun-ven 9h 12h30; sam 10h",
        "Monday – Friday 9.00, 12.30 ; Saturday 10.00",
        "ma,di,wo,do,vr 9:00,12:30;za 10:00;",
    ],
)
def test_slots_in_the_languages_and_ways_of_people(typed: str) -> None:
    with translation.override("nl"):
        assert hours_text.read_slots(typed) == WEEK


def test_times_without_a_day_are_of_every_day_and_a_range_may_go_over_the_weekend() -> None:
    assert hours_text.read_slots("9:00") == tuple((day, NINE) for day in range(7))
    assert [day for day, _at in hours_text.read_slots("vr-ma 10:00")] == [0, 4, 5, 6]
    assert hours_text.read_slots("geen") == ()


def test_a_short_name_that_is_two_days_is_that_of_the_readers_language() -> None:
    with translation.override("nl"):
        assert hours_text.read_days("ma", "slots") == [0]
    with translation.override("fr"):
        assert hours_text.read_days("ma", "slots") == [1]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("ma-vr 9:00; blursday 10:00", "blursday"),
        ("ma 25:00", "25:00"),
        ("ma 9:60", "9:60"),
        ("ma-vr", "ma-vr"),
        ("ma 9:00; m 10:00", "“m”"),
        ("ma-wo-vr 9:00", "ma-wo-vr"),
        ("ma 9:00:00", "9:00:00"),
    ],
)
def test_a_slot_that_cannot_be_read_is_named(typed: str, named: str) -> None:
    with pytest.raises(BadInput) as refused:
        hours_text.read_slots(typed)
    assert refused.value.field == "slots"
    assert named in str(refused.value)


def test_quiet_hours_and_days() -> None:
    assert hours_text.read_quiet("21:00-7:30") == ((time(21), time(7, 30)), frozenset())
    assert hours_text.read_quiet("21u tot 7u30; za-zo") == ((time(21), time(7, 30)), frozenset({5, 6}))
    assert hours_text.read_quiet("none") == (None, frozenset())
    for typed in ("21:00", "21:00-", "21:00-7:00; 12:00-13:00", "x-y"):
        with pytest.raises(BadInput) as refused:
            hours_text.read_quiet(typed)
        assert refused.value.field == "quiet"
        assert "“”" not in str(refused.value)


times = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@given(
    st.sets(st.tuples(st.integers(0, 6), times), max_size=9),
    st.none() | st.tuples(times, times),
    st.frozensets(st.integers(0, 6)),
    st.sampled_from(["nl", "fr", "en"]),
)
def test_what_is_shown_can_be_typed_again(
    slots: set[tuple[int, time]], quiet: tuple[time, time] | None, days: frozenset[int], language: str
) -> None:
    with translation.override(language):
        assert hours_text.read_slots(hours_text.written_slots(slots)) == tuple(sorted(slots))
        assert hours_text.read_quiet(hours_text.written_quiet(Hours((), quiet, days))) == (quiet, days)
