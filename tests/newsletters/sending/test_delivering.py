"""Mailing an issue over real SMTP: once to each reader, whatever the mail server does."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connections

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import say
from outreach.feeds.models import Entry
from outreach.mail.couriers import Parcel
from outreach.newsletters import issues, sending
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.newsletters.sending import readers as readers_of
from outreach.newsletters.sending.letters import Letters, Reader
from outreach.notices.models import Notice
from outreach.subscribers import joining, lists, tokens
from outreach.subscribers.models import Bounce, Subscriber, Suppression
from tests.fakes.mail_server import MailServer
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
Readers = Callable[[int], list[str]]
HOUR = timedelta(hours=1)


@pytest.fixture
def issue(newsletter: Newsletter, write: Write, readers: Readers) -> Issue:
    """Approved, with five readers."""
    readers(5)
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    return issue


def run(now: datetime = NOW, most: int = 50) -> None:
    """What the ticks do at this moment."""
    with clock.frozen(now):
        while sending.start_one(now):
            pass
        for _ in range(most):
            if not sending.deliver_some(now):
                return


def got(server: MailServer) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in server.got)


def states(issue: Issue) -> Counter[str]:
    return Counter(issue.deliveries.values_list("state", flat=True))


def test_each_reader_gets_one_mail_and_the_issue_is_sent(issue: Issue, server: MailServer):
    run()
    issue.refresh_from_db()
    assert got(server) == {f"lezer{number}@example.org": 1 for number in range(5)}
    assert (issue.state, issue.finished_at) == ("sent", NOW)
    assert states(issue) == {"sent": 5}
    run()
    assert len(server.got) == 5


def test_a_mail_is_its_readers_own_in_every_place(issue: Issue, server: MailServer):
    run()
    for mail in server.got:
        reader = Subscriber.objects.get(address=mail["To"])
        leave = tokens.unsubscribe_url(reader, issue.newsletter.topic)
        assert mail["List-Unsubscribe"] == f"<{leave}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["List-Id"].startswith('"Nieuwsbrief" <nieuwsbrief.')
        assert mail["Subject"] == "Nieuwsbrief: Voorlezen"
        assert mail["Auto-Submitted"] == "auto-generated"
        for kind in ("plain", "html"):
            body = mail.get_body((kind,))
            assert body is not None
            assert leave in body.get_content()
            assert tokens.preferences_url(reader) in body.get_content()
            assert reader.address in body.get_content()
            assert ".invalid" not in body.get_content()
    assert len({mail["Message-ID"] for mail in server.got}) == 5


def test_the_entry_knows_that_it_was_mailed(issue: Issue, server: MailServer):
    run()
    lines = Activity.objects.filter(subject=subject_of(Entry.objects.get())).order_by("pk")
    assert str(lines.last().sentence) == "Mailed in the newsletter “Nieuwsbrief” to 5 readers."  # type: ignore[union-attr]


def test_who_leaves_between_approval_and_sending_gets_nothing(issue: Issue, server: MailServer):
    sending.start_one(NOW)
    gone = Subscriber.objects.get(address="lezer2@example.org")
    joining.leave(tokens.unsubscribe_token(gone, issue.newsletter.topic))
    lists.suppress("lezer3@example.org", Suppression.Why.COMPLAINT)
    lists.erase(Subscriber.objects.get(address="lezer4@example.org"))
    run()
    assert set(got(server)) == {"lezer0@example.org", "lezer1@example.org"}
    assert states(issue) == {"sent": 2, "suppressed": 3}


def test_without_readers_the_issue_ends_with_the_reason(
    newsletter: Newsletter, write: Write, server: MailServer
):
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    run()
    issue.refresh_from_db()
    assert (issue.state, str(issue.reason)) == ("sent", "Nobody has signed up for it yet.")


def test_without_a_mail_server_everything_waits(issue: Issue, settings: Any):
    settings.MAIL_URL = ""
    run()
    assert states(issue) == {"queued": 5}


def test_a_server_that_is_away_for_an_hour_loses_nobody(
    newsletter: Newsletter, write: Write, readers: Readers, settings: Any
):
    readers(500)
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    settings.MAIL_URL = "smtp://127.0.0.1:9?tls=no"  # nobody listens there
    for minute in range(0, 60, 5):
        run(NOW + timedelta(minutes=minute))
    issue.refresh_from_db()
    assert issue.state == "sending"
    assert "127.0.0.1:9" in str(issue.reason)
    assert sending.progress(issue).queued == 500
    with MailServer() as server:
        settings.MAIL_URL = server.url
        run(NOW + HOUR)
        assert len(got(server)) == len(server.got) == 500
    issue.refresh_from_db()
    assert (issue.state, str(issue.reason)) == ("sent", "")
    said = [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(issue))]
    assert said.count("Nothing answers at the mail server 127.0.0.1:9.") == 1  # not each minute


def test_a_reader_who_is_put_off_is_tried_again_and_gets_it_once(issue: Issue, server: MailServer):
    server.answers = ["450 4.2.1 later"]
    run()
    assert states(issue) == {"sent": 4, "deferred": 1}
    run(NOW + timedelta(minutes=1))
    assert states(issue)["deferred"] == 1
    run(NOW + timedelta(minutes=6))
    assert set(got(server).values()) == {1}
    assert states(issue) == {"sent": 5}


def test_a_reader_who_is_put_off_for_a_day_is_given_up_and_the_issue_ends(issue: Issue, server: MailServer):
    for hour in range(24 * 4):
        server.answers = ["450 4.2.2 mailbox full"] if hour else ["450 4.2.2 mailbox full", "", "", "", ""]
        run(NOW + hour * HOUR)
    issue.refresh_from_db()
    assert (issue.state, states(issue)) == ("sent", {"sent": 4, "bounced": 1})
    assert issue.finished_at == NOW + 24 * HOUR
    assert "mailbox full" in issue.deliveries.get(state="bounced").reply


def test_a_mailbox_that_does_not_exist_is_not_mailed_again(issue: Issue, server: MailServer):
    server.answers = ["550 5.1.1 no such user"]
    run()
    assert states(issue) == {"sent": 4, "bounced": 1}
    assert Subscriber.objects.filter(state="bounced").count() == 1
    assert lists.recipients(issue.newsletter.topic).count() == 4


def test_a_full_mailbox_is_nobodys_end(issue: Issue, server: MailServer):
    server.answers = ["552 5.2.2 mailbox full"]
    run()
    assert states(issue) == {"sent": 4, "bounced": 1}
    assert lists.recipients(issue.newsletter.topic).count() == 5


@pytest.mark.parametrize(
    "answer", ["dot:554 5.7.1 looks like spam", "mail:530 5.7.0 log in first", "550 5.7.26 no DKIM"]
)
def test_an_objection_to_us_pauses_the_issue_and_blames_no_reader(
    issue: Issue, server: MailServer, answer: str
):
    server.answers = ["", answer]
    run()
    issue.refresh_from_db()
    assert issue.state == "paused"
    assert answer.removeprefix("dot:").removeprefix("mail:") in str(issue.reason)
    # What had begun beside it may arrive.
    assert (
        issue.deliveries.get(reply__contains=str(issue.reason).split("“")[1].split("”")[0]).state == "queued"
    )
    assert set(states(issue)) <= {"sent", "queued"}
    assert states(issue)["sent"] == len(server.got)
    assert not Bounce.objects.exists()
    assert str(Notice.objects.get().title) == "The newsletter “Nieuwsbrief: Voorlezen” is paused"
    issues.resume(issue)
    run(NOW + HOUR)
    assert set(got(server).values()) == {1}
    assert len(server.got) == 5


def test_an_answer_that_is_lost_repeats_one_mail_once_and_says_so(issue: Issue, server: MailServer):
    server.answers = ["", "vanish"]
    run()
    assert states(issue) == {"sent": 4, "unknown": 1}
    run(NOW + HOUR)
    assert sorted(got(server).values()) == [1, 1, 1, 1, 2]
    twice = issue.deliveries.get(repeated=True)
    assert twice.state == "sent"
    ids = Counter(mail["Message-ID"] for mail in server.got)
    assert sorted(ids.values()) == [1, 1, 1, 1, 2]


def test_an_answer_that_is_lost_twice_is_not_tried_a_third_time(issue: Issue, server: MailServer):
    server.answers = ["vanish"]
    run()
    server.answers = ["vanish"]
    run(NOW + HOUR)
    run(NOW + 2 * HOUR)
    run(NOW + 3 * HOUR)
    assert max(got(server).values()) == 2
    assert states(issue) == {"sent": 5}


def test_a_connection_that_breaks_before_the_handover_repeats_nothing(issue: Issue, server: MailServer):
    server.answers = ["", "drop"]
    run()
    run(NOW + HOUR)
    assert set(got(server).values()) == {1}
    assert not issue.deliveries.filter(repeated=True).exists()


def test_what_a_machine_that_is_gone_had_claimed_is_in_doubt_when_its_lease_ends(
    issue: Issue, server: MailServer
):
    sending.start_one(NOW)
    lost = list(issue.deliveries.order_by("pk")[:2])
    dead = {"state": "claimed", "claim": "dead", "lease_until": NOW + timedelta(minutes=4)}
    Delivery.objects.filter(pk__in=[one.pk for one in lost]).update(**dead)
    run()
    assert len(server.got) == 3
    run(NOW + timedelta(minutes=5))
    assert states(issue) == {"sent": 3, "unknown": 2}
    run(NOW + timedelta(minutes=11))
    assert len(server.got) == 5
    assert list(issue.deliveries.filter(repeated=True).order_by("pk")) == lost


def test_what_is_in_doubt_is_left_so_where_the_newsletter_says_that(issue: Issue, server: MailServer):
    Newsletter.objects.update(on_unknown="leave")
    server.answers = ["", "vanish"]
    run()
    run(NOW + HOUR)
    issue.refresh_from_db()
    assert (issue.state, states(issue)) == ("sent", {"sent": 4, "unknown": 1})
    assert len(server.got) == 5


def test_a_cancelled_issue_sends_nothing_more(issue: Issue, server: MailServer):
    sending.start_one(NOW)
    issues.cancel(Issue.objects.get())
    run()
    assert not server.got
    assert states(issue) == {"suppressed": 5}
    assert sending.progress(issue).done == 5


def test_starting_is_done_again_after_a_kill_half_way(issue: Issue, server: MailServer):
    Issue.objects.update(claim="dead", lease_until=NOW + timedelta(minutes=10))
    Delivery.objects.create(issue=issue, subscriber=Subscriber.objects.first(), due_at=NOW)
    run()
    assert not server.got
    run(NOW + timedelta(minutes=11))
    assert set(got(server).values()) == {1}
    assert len(server.got) == 5


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_server_does_nobody_is_forgotten_and_repeats_are_marked(
    issue: Issue, server: MailServer, seed: int
):
    dice = Random(seed)
    answers = ["", "", "vanish", "drop", "450 4.7.1 greylisted", "dot:451 4.3.0 busy"]
    for step in range(40):
        server.answers = dice.choices(answers, k=dice.randint(0, 6))
        run(NOW + step * HOUR / 2)
    server.answers = []
    run(NOW + 30 * HOUR)
    assert set(got(server)) == {f"lezer{number}@example.org" for number in range(5)}
    assert max(got(server).values()) <= 2
    twice = {address for address, count in got(server).items() if count == 2}
    marked = set(issue.deliveries.filter(repeated=True).values_list("subscriber__address", flat=True))
    assert twice <= marked
    assert states(issue) == {"sent": 5}


@pytest.mark.django_db(transaction=True)
def test_several_workers_share_the_readers_and_none_gets_two(
    newsletter: Newsletter, write: Write, readers: Readers, server: MailServer
):
    readers(120)
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    start = threading.Barrier(4)

    def work(_number: int) -> None:
        start.wait()
        try:
            while sending.start_one(NOW) or sending.deliver_some(NOW):
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    run()
    assert set(got(server).values()) == {1}
    assert len(server.got) == 120
    issue.refresh_from_db()
    assert issue.state == "sent"


def test_a_letter_that_cannot_be_made_pauses_the_issue_and_what_was_claimed_is_given_back(
    issue: Issue, server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    original = Letters.parcel

    def parcel(self: Letters, key: int, reader: Reader) -> Parcel:
        if reader.address == "lezer3@example.org":
            raise BadInput(say("This setting makes no letter."))
        return original(self, key, reader)

    monkeypatch.setattr(Letters, "parcel", parcel)
    run()
    issue.refresh_from_db()
    assert (issue.state, str(issue.reason)) == ("paused", "This setting makes no letter.")
    assert states(issue) == {"queued": 5}
    monkeypatch.undo()
    issues.resume(issue)
    run()
    assert set(got(server).values()) == {1}
    assert len(server.got) == 5


def test_one_reader_whose_address_is_none_stops_no_issue(issue: Issue, server: MailServer):
    Subscriber.objects.filter(address="lezer3@example.org").update(address="geen adres")
    run()
    issue.refresh_from_db()
    assert (issue.state, states(issue)) == ("sent", {"sent": 4, "bounced": 1})
    assert issue.deliveries.get(state="bounced").subscriber.state == "bounced"  # type: ignore[union-attr]


def test_who_leaves_by_the_link_of_a_mail_that_is_in_doubt_is_not_said_to_have_got_nothing(
    issue: Issue, server: MailServer
):
    server.answers = ["", "vanish"]
    run()
    doubtful = issue.deliveries.get(state="unknown")
    assert doubtful.subscriber is not None
    joining.leave(tokens.unsubscribe_token(doubtful.subscriber, issue.newsletter.topic))
    run(NOW + HOUR)
    issue.refresh_from_db()
    assert (issue.state, states(issue), len(server.got)) == ("sent", {"sent": 5}, 5)
    doubtful.refresh_from_db()
    assert readers_of.words(doubtful, issue) == "Nobody knows whether it arrived; it is left so."
