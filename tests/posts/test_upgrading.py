"""What an older version left in the database is as safe as what is made now."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.feeds.models import Entry, Event, LastLook, Source
from outreach.posts import approving, stating
from outreach.posts.models import Post, Publication
from tests.posts.fakes import Fake
from tests.posts.steps import DAY, HOUR, change, plan, texts, work

pytestmark = pytest.mark.django_db
EVENTS = import_module("outreach.feeds.migrations.0006_what_each_says")
POSTS = import_module("outreach.posts.migrations.0004_what_a_publication_states")


def upgrade() -> None:
    Event.objects.update(dated=0)
    EVENTS.fill_dated(apps, None)
    EVENTS.read_all_again(apps, None)
    Publication.objects.update(event_version=None, event_start=None, approved_at=None)
    POSTS.fill(apps, None)
    POSTS.fill_approved_at(apps, None)


@pytest.mark.parametrize("state", ["refused", "cancelled", "skipped", "unknown", "published"])
def test_what_was_frozen_before_the_event_moved_is_not_queued_again(
    event: Event, now: datetime, state: str
) -> None:
    row = plan(now)
    Publication.objects.update(state=state)
    change(event, starts_at=event.starts_at + DAY)
    Event.objects.update(followed=1)
    upgrade()
    assert stating.is_untrue(row)
    with pytest.raises(OutreachError):
        approving.requeue(row)


def test_what_is_queued_goes_out(event: Event, net: dict[str, Fake], now: datetime) -> None:
    plan(now)
    upgrade()
    work(now)
    assert len(texts(net)) == 1


def test_what_is_queued_waits_when_the_page_of_its_event_is_gone(
    event: Event, net: dict[str, Fake], now: datetime
) -> None:
    plan(now)
    upgrade()
    Entry.objects.update(page_gone_at=now + HOUR)
    work(now + 2 * HOUR)
    assert texts(net) == []


def test_the_new_date_of_an_event_has_its_reminder(event: Event, net: dict[str, Fake], now: datetime) -> None:
    work(now)
    work(now + 15 * DAY)
    change(event, starts_at=event.starts_at + 14 * DAY)
    Event.objects.update(followed=1)
    upgrade()
    work(now + 29 * DAY)
    assert ["14 april" in text for text in texts(net)] == [False, False, True]
    assert Post.objects.filter(kind="reminder").count() == 2


def test_a_calendar_that_stays_the_same_is_read_once_more(source: Source, now: datetime) -> None:
    Source.objects.update(etag="1", last_modified="2", body_hash="3")
    LastLook.objects.create(source=source, whole_at=now - timedelta(hours=1))
    with clock.frozen(now):
        upgrade()
    assert Source.objects.values_list("etag", "last_modified", "body_hash").get() == ("", "", "")
    assert not LastLook.objects.exists()
