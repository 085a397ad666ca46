"""What is put into a draft by hand, and what an earlier issue made of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from outreach.core import clock
from outreach.feeds.models import Entry
from outreach.newsletters import issues
from outreach.newsletters.models import Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.mark.parametrize("starts_at", [None, NOW + 2 * WEEK])
def test_what_was_left_out_of_an_issue_that_went_is_news_of_the_one_that_it_is_put_into(
    newsletter: Newsletter, write: Callable[..., Entry], starts_at: object
) -> None:
    write("Eerst")
    entry = write("Toch", starts_at=starts_at)
    first = issues.make_now(newsletter)
    issues.leave_out(first.items.get(entry=entry))
    issues.approve(first)
    with clock.frozen(NOW + WEEK):
        write("Nieuw")
        second = issues.make_now(newsletter)
        assert str(issues.put_in(second, entry)) == "It stands in this issue now."
        assert set(second.items.filter(repeated=False).values_list("entry__title", flat=True)) == {
            "Nieuw",
            "Toch",
        }
        issues.cancel(second)
    with clock.frozen(NOW + WEEK + timedelta(hours=1)):
        third = issues.make_now(newsletter)
        assert not third.items.filter(entry=entry), "it is left out again, as it was before"
