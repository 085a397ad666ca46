"""Mail that comes back, by real mail programs: Postfix gives up, the right reader has the right state."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.feeds.models import Entry, Source
from outreach.newsletters import issues, making, sending
from outreach.newsletters.models import Delivery, Issue, Newsletter, Returned
from outreach.newsletters.returning import listener, mailbox
from outreach.subscribers import joining, lists
from outreach.subscribers.models import Subscriber
from outreach.subscribers.origins import Addresses, Sort
from tests import mail_programs
from tests.mail.bounces.samples import report
from tests.mail_programs import BACK, DOMAIN, FULL, Mailboxes
from tests.processes import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
GONE, FINE, OURS = f"weg@{DOMAIN}", f"anna@{DOMAIN}", f"terug@{DOMAIN}"


@pytest.fixture(scope="module")
def boxes() -> Iterator[Mailboxes]:
    mail_programs.needed()
    with mail_programs.dovecot(FINE, OURS) as found:
        yield found


@pytest.fixture
def issue(settings: Any) -> Issue:
    """Approved, for a mailbox that is there, one that is not, and a full one."""
    settings.BASE_URL, settings.MAIL_FROM = "https://post.kleurrijk.example", "nieuws@kleurrijk.example"
    settings.MAIL_RETURN = f"terug@{BACK}"
    source = Source.objects.create(name="Nieuws", url="https://school.example/feed", site="school.example")
    seen = clock.now() - timedelta(hours=1)
    Entry.objects.create(
        source=source, title="Voorlezen", content_hash="1", language="nl", first_seen_at=seen
    )
    newsletter = making.create("Kleurrijk Nieuws", sources=[source])
    Newsletter.objects.update(starts_at=seen - timedelta(days=1))
    for address in (FINE, GONE, FULL):
        joining.add(newsletter.topic, address, how="test", wording="Ja.")
    newsletter.refresh_from_db()
    made = issues.make_now(newsletter)
    issues.approve(made)
    return made


def _mail() -> None:
    while sending.start_one(clock.now()):
        pass
    while sending.deliver_some(clock.now()):
        pass


def _states(issue: Issue) -> dict[str, tuple[str, str]]:
    rows = Delivery.objects.filter(issue=issue).select_related("subscriber")
    return {row.subscriber.address: (row.state, row.subscriber.state) for row in rows if row.subscriber}


def test_what_postfix_gives_up_comes_home_to_its_reader(issue: Issue, boxes: Mailboxes, settings: Any):
    with (
        listener.listening("lmtp://127.0.0.1:0") as (_, back),
        mail_programs.postfix(boxes, returns=back) as server,
    ):
        settings.MAIL_URL = f"smtp://127.0.0.1:{server.port}?tls=no"
        _mail()
        wait_for(lambda: Returned.objects.count() == 2 and server.is_through(), 30, "both returned mails")
    assert _states(issue) == {
        FINE: ("sent", "confirmed"),
        GONE: ("bounced", "bounced"),
        FULL: ("bounced", "confirmed"),
    }
    assert lists.is_suppressed(GONE)
    assert not lists.is_suppressed(FULL)
    assert {row.reason for row in Returned.objects.all()} == {"no-mailbox", "full"}
    connections.close_all()


def test_a_mailbox_is_read_once_and_nothing_in_it_is_deleted(issue: Issue, boxes: Mailboxes, settings: Any):
    settings.RETURN_IMAP_URL = boxes.url(OURS)
    reader = Subscriber.objects.get(address=GONE)
    address = Addresses(Sort.ISSUE, issue.pk).of(reader.pk)
    mail = f"X-Original-To: {address}\n".encode() + report("550 5.1.1 User unknown", status="5.1.1")
    with smtplib.LMTP("127.0.0.1", boxes.lmtp) as dovecot:
        dovecot.sendmail("", [OURS], mail)
        dovecot.sendmail(
            "an@school.example", [OURS], b"Subject: Vraagje\nFrom: an@school.example\n\nWanneer is het?\n"
        )
    now = clock.now()
    assert mailbox.collect_some(now)
    assert sorted(row.kind for row in Returned.objects.all()) == ["hard", "other"]
    reader.refresh_from_db()
    assert reader.state == "bounced"
    assert not mailbox.collect_some(now + timedelta(minutes=3))
    assert Returned.objects.count() == 2
    assert len(boxes.read(OURS)) == 2


def test_a_mailbox_that_cannot_be_read_is_told_without_its_password(boxes: Mailboxes, settings: Any):
    settings.RETURN_IMAP_URL = boxes.url(OURS).replace("only-for-tests", "mis-geraden")
    with pytest.raises(OutreachError) as told:
        mailbox.check()
    assert "mis-geraden" not in str(told.value)
    assert not mailbox.collect_some(clock.now())
    settings.RETURN_IMAP_URL = boxes.url(OURS).replace("/INBOX", "/Elders")
    with pytest.raises(OutreachError, match="Elders"):
        mailbox.check()
    settings.RETURN_IMAP_URL = boxes.url(OURS)
    assert mailbox.check().startswith("127.0.0.1")
