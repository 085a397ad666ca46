"""What the tests of drafts that are made ahead share; the newsletters are in conftest."""

from datetime import datetime, timedelta

from outreach.core import clock
from outreach.newsletters.opening import open_one
from outreach.newsletters.reminding import remind_one
from outreach.newsletters.sending import start_one
from outreach.newsletters.waiting import follow_one
from outreach.notices.models import Notice
from tests.newsletters.conftest import NOW

HOUR = timedelta(hours=1)
EARLY = NOW - 48 * HOUR


def told() -> list[str]:
    return [f"{notice.title}: {notice.text}" for notice in Notice.objects.order_by("pk")]


def work(now: datetime) -> None:
    """All that a tick of the newsletters does at `now`."""
    with clock.frozen(now):
        for step in (open_one, follow_one, remind_one, start_one):
            while step(now):
                pass
