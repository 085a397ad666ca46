"""The story of a publication: every attempt, look-up and wait, who did what, and what is next."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import say
from outreach.networks.errors import Ambiguous, AuthBroken, Budget, NotSent, Rejected, Throttled
from outreach.posts import approving, story
from outreach.posts.accounts import pausing
from outreach.posts.models import Account, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, Fault
from tests.posts.steps import HOUR, MINUTE, after, answer, queued, settle_until_quiet

CAUSE, ADVICE = say("It broke."), say("Wait for it.")


def told(row: Publication, now: datetime) -> story.Story:
    (one,) = story.of_post(row.post, now)
    return one


def texts(row: Publication, now: datetime) -> list[str]:
    return [str(line.sentence) for line in told(row, now).lines]


def test_a_doubt_is_told_from_the_attempt_to_the_end(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Ambiguous, accepted=True, cause=CAUSE, advice=ADVICE, raw="HTTP 502")
    network.lag = 1
    publishing.publish_one(now)
    first = told(row, now)
    assert (str(first.publication.cause), str(first.publication.advice)) == ("It broke.", "Wait for it.")
    assert f"{account.name} is asked" in str(first.next)
    settle_until_quiet(now)
    lines = texts(row, now)
    steps = ("not certain", "was asked: it is not there", "the network has it")
    assert [next(n for n, line in enumerate(lines) if words in line) for words in steps] == [0, 1, 2]
    whole = told(row, now)
    assert whole.lines[0].raw == "HTTP 502"
    assert not whole.next
    assert not whole.publication.cause


def test_what_is_posted_again_after_a_look_says_so(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Ambiguous)
    publishing.publish_one(now)
    settle_until_quiet(now)
    looks = len(network.look_after) - 1
    asked = [line for line in told(row, now).lines if "was asked: it is not there" in str(line.sentence)]
    assert sum(line.times for line in asked) == looks
    lines = texts(row, now)
    assert any("so it is posted again" in line for line in lines)
    assert lines[-1] == f"Posted on {account.name}."


def test_failing_look_ups_are_one_line_that_counts(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Ambiguous)
    publishing.publish_one(now)
    network.answers = [Ambiguous(say("No answer.")) for _ in range(12)]
    settle_until_quiet(now, hours=1)
    (line,) = [line for line in told(row, now).lines if "could not be asked" in str(line.sentence)]
    assert line.times == 12 - len(network.answers)
    assert line.times > 5
    assert str(line.times) in str(line.repeated)


def test_attempts_of_an_outage_are_counted_on_each_account_apart(
    x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    row, other = queued(x), queued(facebook, "Dag")
    for name in ("x", "facebook"):
        for _ in range(20):
            answer(net[name], NotSent)
    at = now
    while at < now + 6 * HOUR:
        with clock.frozen(at):
            while publishing.publish_one(at):
                pass
        at += 10 * MINUTE
    for one in (row, other):
        (line,) = told(one, now).lines[-1:]
        assert line.times == after(one).attempts > 5
        assert line.last_at > line.at == now


def test_lines_that_alternate_on_one_post_are_counted_there_too(
    x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    from outreach.posts import writing

    post = writing.write(text="Dag", accounts=[x, facebook], language="nl")
    approving.approve(post)
    for name in ("x", "facebook"):
        for _ in range(20):
            answer(net[name], NotSent)
    for step in range(24):
        with clock.frozen(now + step * 15 * MINUTE):
            while publishing.publish_one(clock.now()):
                pass
    lines = Activity.objects.filter(subject=subject_of(post), level="warning")
    tries = {row.account.name: row.attempts for row in post.publications.all()}
    assert sorted(line.times for line in lines) == sorted(tries.values())


def test_another_reason_begins_another_line(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, NotSent)
    answer(network, NotSent)
    network.faults.append(Fault(Throttled(say("Slow down."), now + 5 * HOUR), accepted=False))
    answer(network, NotSent)
    for _ in range(4):
        after(row)
        at = max(row.due_at, Account.objects.get().not_before or now)
        assert publishing.publish_one(at)
    assert [line.times for line in told(row, now).lines] == [2, 1, 1]


def test_a_person_is_named_and_never_counted(account: Account, network: Fake, now: datetime) -> None:
    ann = User.objects.create_user("ann")
    row = queued(account)
    for hours in (1, 2):
        answer(network, Rejected)
        assert publishing.publish_one(now + hours * HOUR)
        approving.requeue(after(row), ann)
    lines = told(row, now).lines
    assert [str(line.actor or "") for line in lines] == ["", "ann", "", "ann"]
    assert {line.times for line in lines} == {1}


NEXT = {
    Rejected: "Nothing more happens by itself",
    AuthBroken: "It waits until",
    Throttled: "It is posted on",
    Budget: "It is posted on",
    NotSent: "It is posted on",
    Ambiguous: "is asked",
}


@pytest.mark.parametrize("kind", NEXT)
def test_it_ends_with_what_is_next(account: Account, network: Fake, now: datetime, kind: type) -> None:
    row = queued(account)
    answer(network, kind)
    publishing.publish_one(now)
    whole = told(row, now)
    assert NEXT[kind] in str(whole.next)
    assert whole.repairs == (kind is AuthBroken)


def test_what_is_next_names_the_later_of_two_moments(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Throttled, until=now + 3 * HOUR)
    publishing.publish_one(now)
    assert told(row, now).next.values["when"] == now + 3 * HOUR
    assert "as soon as its turn comes" in str(told(row, now + 4 * HOUR).next)


def test_a_paused_account_is_what_it_waits_for_until_it_goes_on(
    account: Account, network: Fake, now: datetime
) -> None:
    row = queued(account)
    pausing.pause(account)
    assert f"It waits until {account.name} goes on" in str(told(row, now).next)
    pausing.resume(account)
    assert "goes on" not in str(told(row, now + timedelta(seconds=1)).next)


def test_what_was_refused_can_be_left(account: Account, network: Fake, now: datetime) -> None:
    row = queued(account)
    answer(network, Rejected, cause=CAUSE, advice=ADVICE)
    publishing.publish_one(now)
    approving.leave(after(row))
    assert after(row).state == Publication.State.CANCELLED
    assert not row.advice
    with pytest.raises(approving.OutreachError):
        approving.leave(row)
