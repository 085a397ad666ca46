"""Limits of mail servers and domains, and the spare server, over real SMTP."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.newsletters import issues, sending
from outreach.newsletters.models import Issue, Newsletter
from outreach.notices.models import Notice
from outreach.relays.models import MailServer as Trouble
from outreach.relays.models import SlowDomain, Usage
from outreach.relays.using import ways
from outreach.subscribers import joining
from tests.fakes.mail_server import MailServer
from tests.newsletters.conftest import NOW
from tests.newsletters.sending.scene import run, states

pytestmark = pytest.mark.django_db
NOWHERE = "smtp://127.0.0.1:9?tls=no"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def spare() -> Iterator[MailServer]:
    """A second mail server."""
    with MailServer() as server:
        yield server


@pytest.fixture
def issue(newsletter: Newsletter, write: Callable[..., Any], readers: Callable[[int], list[str]]) -> Issue:
    """Approved, with forty readers."""
    readers(40)
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    return issue


def test_no_more_goes_out_than_the_limit_and_the_issue_says_so(
    issue: Issue, server: MailServer, settings: Any
):
    settings.MAIL_LIMIT = "15 per minute"
    run()
    issue.refresh_from_db()
    assert len(server.got) == 15
    assert states(issue) == {"sent": 15, "queued": 25}
    assert str(issue.reason) == "Waits for the limit of 15 per minute; about 1 minute left."
    run(NOW + timedelta(seconds=58))
    assert len(server.got) == 15
    run(NOW + timedelta(seconds=62))
    assert len(server.got) == 30
    run(NOW + timedelta(seconds=124))
    issue.refresh_from_db()
    assert (len(server.got), issue.state, str(issue.reason)) == (40, "sent", "")


def test_in_no_minute_more_goes_out_than_the_limit_says(issue: Issue, server: MailServer, settings: Any):
    settings.MAIL_LIMIT = "10 a minute, 30 per hour"
    sent: Counter[int] = Counter()
    for second in range(0, 600, 7):
        before = len(server.got)
        run(NOW + timedelta(seconds=second))
        sent[second] = len(server.got) - before
    for start in range(600):
        assert sum(count for at, count in sent.items() if start <= at < start + 60) <= 10
    assert len(server.got) == 30


def test_what_was_taken_and_not_used_is_given_back(issue: Issue, server: MailServer, settings: Any):
    settings.MAIL_LIMIT = "1000 a day"
    run()
    assert sum(sum(row.slices.values()) for row in Usage.objects.all()) == 40


def test_with_a_limit_that_cannot_be_read_nothing_goes_out(issue: Issue, server: MailServer, settings: Any):
    settings.MAIL_LIMIT = "a lot"
    run()
    assert not server.got
    assert states(issue) == {"queued": 40}


def test_a_limited_domain_holds_up_no_other(
    issue: Issue, newsletter: Newsletter, server: MailServer, settings: Any
):
    settings.MAIL_DOMAIN_LIMITS = "slow.example=3/minute"
    for number in range(10):
        joining.add(newsletter.topic, f"l{number}@slow.example", how="test", wording="Ja.", language="nl")

    def slow() -> int:
        return sum(mail["To"].endswith("@slow.example") for mail in server.got)

    run()
    assert (len(server.got), slow()) == (43, 3)
    assert states(issue) == {"sent": 43, "queued": 7}
    for minute in range(1, 6):
        before = slow()
        run(NOW + minute * timedelta(seconds=63))
        assert slow() - before <= 3
    issue.refresh_from_db()
    assert (issue.state, slow()) == ("sent", 10)


def test_a_domain_that_asks_for_patience_gets_half_and_a_little_more_each_minute(
    issue: Issue, server: MailServer
):
    server.answers = ["451 4.7.1 too fast"]
    run()
    row = SlowDomain.objects.get()
    assert row.domain == "example.org"
    assert row.per_minute >= 1
    SlowDomain.objects.update(per_minute=2, changed_at=NOW)
    run(NOW + 6 * MINUTE)
    assert states(issue) == {"sent": 40}


def test_a_full_mailbox_slows_nobody_down(issue: Issue, server: MailServer):
    server.answers = ["450 4.2.2 mailbox full"]
    run()
    assert not SlowDomain.objects.exists()


def test_the_spare_takes_over_within_the_same_step_and_staff_are_told_once(
    issue: Issue, server: MailServer, settings: Any
):
    settings.MAIL_URL, settings.MAIL_URL_SPARE = NOWHERE, server.url
    run()
    issue.refresh_from_db()
    assert (issue.state, len(server.got)) == ("sent", 40)
    assert not issue.deliveries.filter(repeated=True).exists()
    said = [
        str(line.sentence) for line in Activity.objects.filter(subject=subject_of(issue), level="warning")
    ]
    assert sum("the second one carries on" in one for one in said) == 1
    assert str(Notice.objects.get().title) == "The first mail server is away"


def test_it_goes_back_to_the_first_when_that_answers_again(
    issue: Issue, server: MailServer, spare: MailServer, settings: Any
):
    settings.MAIL_LIMIT_SPARE = "5 per minute"
    settings.MAIL_URL, settings.MAIL_URL_SPARE = server.url, spare.url
    key = ways()[0].key
    Trouble.objects.create(key=key, down_since=NOW, look_at=NOW + MINUTE)
    run()
    assert (len(server.got), len(spare.got)) == (0, 5)
    run(NOW + MINUTE)
    assert (len(server.got), len(spare.got)) == (35, 5)
    assert not Trouble.objects.exists()
    assert Activity.objects.filter(sentence__text="The mail server that was away takes mail again.").exists()


def test_both_away_loses_nobody(issue: Issue, spare: MailServer, settings: Any):
    settings.MAIL_URL, settings.MAIL_URL_SPARE = NOWHERE, "smtp://127.0.0.1:11?tls=no"
    run()
    issue.refresh_from_db()
    assert states(issue) == {"queued": 40}
    assert "127.0.0.1" in str(issue.reason)
    settings.MAIL_URL_SPARE = spare.url
    run(NOW + 3 * MINUTE)
    assert len(spare.got) == 40


def test_of_two_limits_the_one_that_holds_it_up_is_named(issue: Issue, server: MailServer, settings: Any):
    settings.MAIL_LIMIT = "15 per minute, 1000 a day"
    run()
    issue.refresh_from_db()
    assert str(issue.reason) == "Waits for the limit of 15 per minute; about 1 minute left."
    settings.MAIL_LIMIT = "15 per minute, 20 a day"
    run(NOW + timedelta(seconds=62))
    issue.refresh_from_db()
    assert str(issue.reason) == "Waits for the limit of 20 a day; about 24 hours left."


def test_an_issue_of_which_only_a_limited_domain_waits_says_so_and_asks_little(
    issue: Issue, server: MailServer, settings: Any
):
    settings.MAIL_DOMAIN_LIMITS = "example.org=1/day"
    sending.start_one(NOW)
    with CaptureQueriesContext(connection) as first:
        run()
    issue.refresh_from_db()
    assert str(issue.reason) == "Readers at example.org wait for the limit of 1 a day."
    assert (len(server.got), states(issue)) == (1, {"sent": 1, "queued": 39})
    with CaptureQueriesContext(connection) as later, clock.frozen(NOW + MINUTE):
        assert not sending.deliver_some(NOW + MINUTE)
    assert (len(first) < 100, len(later) < 10) == (True, True)
    run(NOW + timedelta(minutes=20))  # nobody may get it, and none is forgotten
    assert (len(server.got), states(issue)) == (1, {"sent": 1, "queued": 39})
    settings.MAIL_DOMAIN_LIMITS = ""
    run(NOW + timedelta(minutes=31))
    issue.refresh_from_db()
    assert (issue.state, str(issue.reason), len(server.got)) == ("sent", "", 40)


def test_it_goes_on_saying_so_while_those_whose_turn_it_is_get_theirs(
    issue: Issue, server: MailServer, settings: Any
):
    settings.MAIL_DOMAIN_LIMITS = "example.org=10/minute"
    run()
    run(NOW + timedelta(seconds=75))
    issue.refresh_from_db()
    assert 10 < len(server.got) < 40
    assert str(issue.reason) == "Readers at example.org wait for the limit of 10 per minute."


def test_what_is_in_doubt_at_the_first_server_is_marked_when_the_spare_repeats_it(
    issue: Issue, server: MailServer, spare: MailServer, settings: Any
):
    settings.MAIL_URL, settings.MAIL_URL_SPARE = server.url, spare.url
    server.answers = ["vanish"]
    run()
    doubtful = issue.deliveries.get(state="unknown")
    Trouble.objects.create(key=ways()[0].key, down_since=NOW, look_at=NOW + 15 * MINUTE)
    run(NOW + 6 * MINUTE)
    assert [mail["To"] for mail in spare.got] == [doubtful.subscriber.address]  # type: ignore[union-attr]
    assert {mail["Message-ID"] for mail in spare.got} <= {mail["Message-ID"] for mail in server.got}
    assert list(issue.deliveries.filter(repeated=True)) == [doubtful]
    spare.answers = server.answers = ["vanish"]
    run(NOW + 120 * MINUTE)
    assert (len(spare.got), states(issue)) == (1, {"sent": 40})
