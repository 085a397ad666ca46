"""A worker that is killed at a chosen instant: what the next tick knows of each mail."""

import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from outreach.newsletters import issues, sending
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.sending import claiming, journal, recording, recovering
from outreach.newsletters.sending.journal import Journal
from outreach.newsletters.sending.rounds import Round
from tests.fakes.mail_server import MailServer
from tests.newsletters.conftest import NOW
from tests.newsletters.sending.scene import die, in_a_process, run, states

pytestmark = pytest.mark.django_db(transaction=True)
READERS = 40


@pytest.fixture
def issue(newsletter: Newsletter, write: Callable[..., Any], readers: Callable[[int], list[str]]) -> Issue:
    """Under way, and nobody has it yet."""
    readers(READERS)
    write("Voorlezen")
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    assert sending.start_one(NOW)
    issue.refresh_from_db()
    return issue


def killed(owner: Any, name: str, *, number: int = 1, first: bool = False) -> int:
    """A step in a process that is killed at the `number`th call of `owner.name`, after it or before it."""
    original, calls = getattr(owner, name), []

    def call(*arguments: Any, **options: Any) -> Any:
        calls.append(name)
        if first and len(calls) == number:
            die()
        result = original(*arguments, **options)
        if len(calls) == number:
            die()
        return result

    def work() -> None:
        with mock.patch.object(owner, name, call):
            sending.deliver_some(NOW)

    return in_a_process(work)


def got(server: MailServer) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in server.got)


def everybody_has_it_and_what_came_twice_is_marked(issue: Issue, server: MailServer) -> None:
    run(NOW + timedelta(minutes=1))
    run(NOW + timedelta(minutes=10))
    issue.refresh_from_db()
    assert (issue.state, states(issue)) == ("sent", {"sent": READERS})
    assert len(got(server)) == READERS
    twice = {address for address, count in got(server).items() if count > 1}
    marked = set(issue.deliveries.filter(repeated=True).values_list("subscriber__address", flat=True))
    assert twice <= marked
    assert max(got(server).values()) <= 2


def test_after_the_claim_nothing_has_left_and_nothing_is_in_doubt(issue: Issue, server: MailServer):
    assert killed(claiming, "claim") == -signal.SIGKILL
    assert states(issue) == {"claimed": READERS}
    assert recovering.recover(NOW) == 1
    assert states(issue) == {"queued": READERS}
    everybody_has_it_and_what_came_twice_is_marked(issue, server)
    assert max(got(server).values()) == 1


def test_within_the_claim_nothing_was_taken(issue: Issue, server: MailServer):
    assert killed(claiming, "_mark") == -signal.SIGKILL
    assert recovering.recover(NOW) == 1
    assert states(issue) == {"queued": READERS}


def test_what_was_handed_over_without_an_answer_is_in_doubt_and_nothing_else(
    issue: Issue, server: MailServer
):
    assert killed(Journal, "handing", number=3) == -signal.SIGKILL
    recovering.recover(NOW)
    found = states(issue)
    assert 1 <= found["unknown"] <= 3
    assert found["unknown"] + found["sent"] == 3
    assert found["queued"] == READERS - 3
    everybody_has_it_and_what_came_twice_is_marked(issue, server)


@pytest.mark.parametrize("number", [1, 17])
def test_what_was_answered_is_recorded_with_the_servers_words(issue: Issue, server: MailServer, number: int):
    assert killed(Journal, "answered", number=number) == -signal.SIGKILL
    recovering.recover(NOW)
    sent = issue.deliveries.filter(state="sent")
    assert sent.count() == number
    assert set(sent.values_list("reply", flat=True)) == {"250 kept"}
    assert set(sent.values_list("attempts", "claim", "lease_until")) == {(1, "", None)}
    everybody_has_it_and_what_came_twice_is_marked(issue, server)


def test_what_was_answered_and_not_committed_is_not_lost(issue: Issue, server: MailServer):
    assert killed(recording, "record", first=True) == -signal.SIGKILL
    recovering.recover(NOW)
    assert states(issue)["sent"] >= 1
    everybody_has_it_and_what_came_twice_is_marked(issue, server)


def test_between_the_commit_and_the_end_of_the_journal_nothing_changes(issue: Issue, server: MailServer):
    assert killed(Round, "_settled", first=True) == -signal.SIGKILL
    committed = issue.deliveries.filter(state="sent").order_by("pk")
    keys, before = list(committed.values_list("pk", flat=True)), list(committed.values())
    assert before
    recovering.recover(NOW)
    assert list(issue.deliveries.filter(pk__in=keys).order_by("pk").values()) == before
    everybody_has_it_and_what_came_twice_is_marked(issue, server)


def test_refusals_in_a_journal_count_as_if_they_had_been_recorded(issue: Issue, server: MailServer):
    server.answers = ["550 5.1.1 no such user", "450 4.2.2 full", "550 5.7.26 no DKIM"]
    assert killed(Journal, "answered", number=3) == -signal.SIGKILL
    recovering.recover(NOW)
    found = states(issue)
    assert (found["bounced"], found["deferred"], issue.deliveries.filter(repeated=True).count()) == (1, 1, 0)
    assert found["sent"] == 0
    assert issue.deliveries.get(state="bounced").subscriber.state == "bounced"  # type: ignore[union-attr]


def test_killed_again_and_again_nobody_is_lost_and_what_came_twice_is_marked(
    issue: Issue, server: MailServer
):
    for number in (2, 5, 3, 8, 1):
        killed(Journal, "handing", number=number)
    everybody_has_it_and_what_came_twice_is_marked(issue, server)


def test_recovering_twice_at_once_or_again_changes_nothing(issue: Issue, server: MailServer):
    assert killed(Journal, "answered", number=5) == -signal.SIGKILL
    before = recovering.recover(NOW)
    found = list(issue.deliveries.order_by("pk").values())
    assert (before, recovering.recover(NOW)) == (1, 0)
    assert list(issue.deliveries.order_by("pk").values()) == found


def test_a_claim_that_cannot_be_settled_holds_up_no_other(
    issue: Issue, server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    assert killed(Journal, "answered", number=5) == -signal.SIGKILL
    journal.begin().close()
    recorded, broken = recording.put_in_doubt, []

    def breaks_once(*given: Any) -> None:
        if not broken:
            broken.append(given)
            raise ValueError("a row that nobody foresaw")
        recorded(*given)

    monkeypatch.setattr(recovering, "put_in_doubt", breaks_once)
    assert recovering.recover(NOW) == 1
    monkeypatch.undo()
    everybody_has_it_and_what_came_twice_is_marked(issue, server)
