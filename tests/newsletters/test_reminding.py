"""Who is told of a draft that waits, and when."""

from collections.abc import Callable

import pytest

from outreach.core import clock
from outreach.feeds.models import Entry
from outreach.newsletters import issues, making
from outreach.newsletters.models import Issue, Newsletter
from tests.newsletters.conftest import NOW
from tests.newsletters.drafts import EARLY, HOUR, told, work

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]


@pytest.fixture
def write(write: Write) -> Write:
    """Published long enough ago for the first look."""
    return lambda title, **values: write(title, **{"first_seen_at": EARLY - 2 * HOUR, **values})


def test_staff_are_told_when_it_is_made_when_its_time_is_near_and_when_it_has_passed(
    ahead: Newsletter, write: Write
):
    write("Vers")
    for now in (EARLY, EARLY + HOUR, NOW - 4 * HOUR, NOW - HOUR, NOW, NOW + HOUR, NOW + 30 * HOUR):
        work(now)
    with clock.frozen(NOW):
        before = "Its time is today 09:00. It does not go out before somebody approves it."
        after = "Its time was today 09:00. It goes out as soon as somebody approves it."
        assert told() == [
            f"The draft of “Nieuwsbrief” is ready: {before}",
            f"“Nieuwsbrief” waits for approval: {before}",
            f"“Nieuwsbrief” waits for approval: {after}",
        ]


def test_a_draft_that_is_made_at_its_slot_is_told_then_and_a_day_later(ahead: Newsletter, write: Write):
    making.change(ahead, draft_ahead_hours=0)
    write("Vers")
    for now in (NOW, NOW + 23 * HOUR, NOW + 24 * HOUR, NOW + 60 * HOUR):
        work(now)
    assert len(told()) == 2


def test_nobody_is_reminded_of_what_is_approved(ahead: Newsletter, write: Write):
    write("Vers")
    work(EARLY)
    issues.approve(Issue.objects.get())
    assert told() == [], "the mail that it waits had not left yet"
    work(NOW - HOUR)
    work(NOW + HOUR)
    assert told() == []


def test_an_automatic_one_is_told_once_and_says_that_it_can_be_held(automatic: Newsletter, write: Write):
    write("Vers")
    for now in (EARLY, NOW - HOUR):
        work(now)
    with clock.frozen(EARLY):
        assert told() == ["The draft of “Nieuwsbrief” is ready: It goes out by itself Tuesday 09:00."]
