"""More people sign up than are mailed in an hour."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.newsletters.crowding import tell_one
from outreach.newsletters.models import Newsletter
from outreach.notices.models import Notice
from outreach.subscribers import joining
from outreach.subscribers.confirming import confirm_mail_one
from outreach.subscribers.models import Confirmation
from tests.fakes.mail_server import MailServer

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as running:
        settings.MAIL_URL, settings.CONFIRMATIONS_PER_HOUR = running.url, 3
        yield running


def mailed(now: datetime) -> None:
    while confirm_mail_one(now):
        pass


def test_so_many_leave_in_an_hour_the_others_in_the_next_and_staff_are_told_once(server: MailServer) -> None:
    newsletter = Newsletter.objects.create(name="Nieuws", slug="nieuws", topic="news-1")
    with clock.frozen(NOON):
        for n in range(5):
            joining.ask("news-1", f"a{n}@example.org", wording="Yes.")
    assert not tell_one(NOON)
    mailed(NOON)
    assert len(server.got) == 3
    with clock.frozen(NOON):
        assert [tell_one(NOON), tell_one(NOON)] == [True, False]
    notice = Notice.objects.get()
    assert notice.about == f"newsletter:{newsletter.pk}"
    assert "2 mails wait" in str(notice.text)
    mailed(NOON + timedelta(minutes=59))
    assert len(server.got) == 3
    mailed(NOON + timedelta(minutes=61))
    assert len(server.got) == 5
    assert set(Confirmation.objects.values_list("state", flat=True)) == {"sent"}


def test_a_mail_that_may_have_left_twice_counts_twice(server: MailServer) -> None:
    server.answers = ["vanish", "vanish"]
    for n in range(3):
        joining.ask("news-1", f"a{n}@example.org", wording="Yes.")
    now = clock.now()
    assert confirm_mail_one(now)
    Confirmation.objects.exclude(handed_at=None).update(due_at=now - timedelta(hours=1))
    mailed(now)
    assert len(server.got) == 3  # one of them twice
    assert Confirmation.objects.filter(state="queued").count() == 1
