"""What comes too late is not blasted: staff are asked, and either answer holds."""

from datetime import datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.feeds.models import Event
from outreach.networks.errors import AuthBroken, NotSent
from outreach.notices.models import Notice
from outreach.posts import approving, holding, moving
from outreach.posts.accounts import connecting
from outreach.posts.models import Account, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake
from tests.posts.steps import DAY, HOUR, after, answer, plan, queued

pytestmark = pytest.mark.django_db


def send(now: datetime) -> None:
    with clock.frozen(now):
        while publishing.publish_one(now):
            now += timedelta(minutes=3)


def test_what_waited_for_new_keys_goes_out_oldest_first_after_the_reconnect(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    answer(net["x"], AuthBroken)
    rows = [queued(x, text) for text in ("Een", "Twee", "Drie")]
    send(now)
    x.refresh_from_db()
    assert (x.state, net["x"].posts) == ("paused", [])
    with clock.frozen(now + DAY):
        connecting.connect("x", x.name, {"token": "nieuw"})
    for hours in range(24, 30):
        send(now + hours * HOUR)
    assert [post.text.split("\n")[0] for post in net["x"].posts] == ["Een", "Twee", "Drie"]
    assert {after(row).state for row in rows} == {"published"}


def test_news_that_waited_for_days_becomes_a_question(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    row = queued(x)
    send(now + 4 * DAY)
    assert net["x"].posts == []
    assert (after(row).state, after(row).held) == ("queued", "late")
    assert "Say whether it still does" in str(after(row).reason)
    assert [one.pk for one in holding.questions()] == [row.pk]
    send(now + 5 * DAY)
    assert net["x"].posts == []


def test_staff_are_told_of_late_posts_once_a_day(x: Account, now: datetime) -> None:
    for text in ("Een", "Twee", "Drie"):
        queued(x, text)
    send(now + 4 * DAY)
    assert holding.questions().count() == 3
    assert Notice.objects.count() == 1


def test_within_the_days_of_the_settings_nobody_is_asked(
    x: Account, net: dict[str, Fake], now: datetime, settings: object
) -> None:
    settings.TOO_LATE_DAYS = 10  # type: ignore[attr-defined]
    row = queued(x)
    send(now + 9 * DAY)
    assert after(row).state == "published"


def test_new_attempts_do_not_make_it_young(x: Account, net: dict[str, Fake], now: datetime) -> None:
    row = queued(x)
    for hours in range(74):
        answer(net["x"], NotSent)
        with clock.frozen(now + hours * HOUR):
            publishing.publish_one(now + hours * HOUR)
    net["x"].faults.clear()
    send(now + 76 * HOUR)
    assert (after(row).held, net["x"].posts) == ("late", [])


def test_send_anyway_sends_it_once(x: Account, net: dict[str, Fake], now: datetime) -> None:
    row = queued(x)
    send(now + 4 * DAY)
    with clock.frozen(now + 5 * DAY):
        holding.send_anyway(after(row))
        with pytest.raises(OutreachError):
            holding.send_anyway(after(row))
    send(now + 9 * DAY)  # also when that takes days again
    assert (after(row).state, len(net["x"].posts)) == ("published", 1)


def test_leave_it_leaves_it_and_can_be_taken_back(x: Account, net: dict[str, Fake], now: datetime) -> None:
    row = queued(x)
    send(now + 4 * DAY)
    holding.leave(after(row))
    send(now + 5 * DAY)
    assert (after(row).state, after(row).held, net["x"].posts) == ("skipped", "", [])
    with clock.frozen(now + 6 * DAY):
        approving.requeue(after(row))
    send(now + 6 * DAY)
    assert after(row).state == "published"


def test_another_time_is_an_answer_too(x: Account, net: dict[str, Fake], now: datetime) -> None:
    row = queued(x)
    send(now + 4 * DAY)
    with clock.frozen(now + 4 * DAY):
        moving.move(after(row), now + 5 * DAY)
    assert (after(row).held, str(after(row).reason)) == ("", "")
    send(now + 5 * DAY)
    assert after(row).state == "published"


def test_what_is_not_late_is_no_question(x: Account) -> None:
    row = queued(x)
    for answered in (holding.send_anyway, holding.leave):
        with pytest.raises(OutreachError):
            answered(row)


def test_a_question_goes_away_with_its_post(x: Account, now: datetime) -> None:
    row = queued(x)
    send(now + 4 * DAY)
    approving.cancel(row.post)
    assert not holding.questions().exists()


def test_an_event_that_has_begun_is_asked_about(event: Event, net: dict[str, Fake], now: datetime) -> None:
    row = plan(now)
    send(event.starts_at + HOUR)
    assert (after(row).state, str(after(row).reason), net["x"].posts) == (
        "skipped",
        "The event has begun.",
        [],
    )
    assert holding.questions().filter(pk=row.pk).exists()
    with clock.frozen(event.starts_at + 2 * HOUR):
        holding.send_anyway(after(row))
    send(event.starts_at + 2 * HOUR)
    assert (after(row).state, len(net["x"].posts)) == ("published", 1)


def test_the_announcement_of_an_event_to_come_is_not_late(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    row = plan(now)
    send(now + 10 * DAY)
    assert after(row).state == "published"


def test_what_is_held_is_not_claimed_by_another_worker(x: Account, now: datetime) -> None:
    row = queued(x)
    Publication.objects.filter(pk=row.pk).update(held="late")
    assert not publishing.publish_one(now)


@pytest.mark.once  # SQLite says which index it takes; PostgreSQL reads so few rows without one
def test_home_does_not_read_all_that_was_ever_posted_for_the_questions(x: Account, now: datetime) -> None:
    queued(x)
    assert "publication_late" in holding.questions().order_by().explain()
