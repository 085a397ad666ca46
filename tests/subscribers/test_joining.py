"""Ask, confirm, leave, come back."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.subscribers import joining, lists, tokens
from outreach.subscribers.models import Confirmation, Consent, Subscriber, Subscription, Suppression

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
WORDING = "Yes, I want to receive Nieuws."


def ask(address: str = "an@example.org", topic: str = "news", **more: str) -> Subscription | None:
    joining.ask(topic, address, wording=WORDING, page="https://example.org/news", language="nl", **more)
    return Subscription.objects.filter(subscriber__address_key=address.lower(), topic=topic).first()


def asked(address: str = "an@example.org", topic: str = "news") -> Subscription:
    subscription = ask(address, topic)
    assert subscription
    return subscription


def joined(address: str = "an@example.org", topic: str = "news") -> Subscription:
    return joining.confirm(tokens.confirm_token(asked(address, topic))).subscription


def leave(subscription: Subscription) -> joining.Left:
    return joining.leave(tokens.unsubscribe_token(subscription.subscriber, subscription.topic))


def state(address: str = "an@example.org") -> str:
    return Subscriber.objects.get(address_key=address).state


def test_asking_mails_nobody_but_queues_one_question() -> None:
    ask()
    assert state() == "pending"
    assert not lists.recipients("news").exists()
    assert [(c.state, c.language) for c in Confirmation.objects.all()] == [("queued", "nl")]


def test_confirming_makes_a_recipient_and_keeps_the_proof() -> None:
    joined()
    assert [person.address for person in lists.recipients("news")] == ["an@example.org"]
    proofs = list(Consent.objects.values_list("how", "wording", "page"))
    page = "https://example.org/news"
    assert proofs == [("sign-up page", WORDING, page), ("confirmation mail", WORDING, page)]


def test_confirming_twice_is_harmless() -> None:
    token = tokens.confirm_token(asked())
    assert [joining.confirm(token).already for _ in range(3)] == [False, True, True]
    assert Consent.objects.count() == 2


def test_a_confirm_link_used_after_leaving_brings_nobody_back() -> None:
    token = tokens.confirm_token(asked())
    leave(joining.confirm(token).subscription)
    with pytest.raises(BadInput):
        joining.confirm(token)
    assert state() == "unsubscribed"


def test_the_link_of_an_earlier_ask_dies_when_somebody_asks_again_after_leaving() -> None:
    with clock.frozen(NOON):
        token = tokens.confirm_token(asked())
        leave(joining.confirm(token).subscription)
    with clock.frozen(NOON + timedelta(minutes=20)):
        again = tokens.confirm_token(asked())
        with pytest.raises(BadInput):
            joining.confirm(token)
        assert not joining.confirm(again).already
    assert state() == "confirmed"


def test_asking_for_somebody_who_left_changes_nothing_until_the_mailbox_says_yes() -> None:
    with clock.frozen(NOON):
        leave(joined())
    with clock.frozen(NOON + timedelta(hours=1)):
        ask()
        assert state() == "unsubscribed"
        assert not lists.recipients("news").exists()
        with pytest.raises(BadInput):
            joining.add("news", "an@example.org", how="command", wording=WORDING)


def test_leaving_works_at_once_and_as_often_as_one_likes() -> None:
    subscription = joined()
    assert [leave(subscription).already for _ in range(3)] == [False, True, True]
    assert not lists.recipients("news").exists()
    assert state() == "unsubscribed"


def test_leaving_one_topic_keeps_the_other() -> None:
    news = joined()
    joined(topic="events")
    leave(news)
    assert state() == "confirmed"
    assert lists.recipients("events").count() == 1
    assert not lists.recipients("news").exists()


def test_leaving_is_possible_for_somebody_who_was_erased() -> None:
    subscription = joined()
    token = tokens.unsubscribe_token(subscription.subscriber, "news")
    lists.erase(subscription.subscriber)
    assert joining.leave(token) == joining.Left("news", None, already=True)


def test_a_leaving_is_taken_back_within_the_hour() -> None:
    left = leave(joined()).subscription
    assert left
    token = tokens.undo_token(left)
    assert not joining.undo(token, "Keep it.").already
    assert joining.undo(token).already
    assert lists.recipients("news").count() == 1
    assert Consent.objects.filter(how="took leaving back", wording="Keep it.").count() == 1


def test_an_old_undo_does_not_undo_a_second_leaving() -> None:
    with clock.frozen(NOON):
        first = leave(joined()).subscription
        assert first
        token = tokens.undo_token(first)
        joining.undo(token)
    with clock.frozen(NOON + timedelta(minutes=1)):
        leave(first)
        with pytest.raises(BadInput):
            joining.undo(token)


def test_at_most_three_questions_a_day_go_to_one_mailbox() -> None:
    for minutes in range(0, 300, 15):
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            ask()
    assert Confirmation.objects.count() == 3
    with clock.frozen(NOON + timedelta(days=1, minutes=1)):
        ask()
    assert Confirmation.objects.count() == 4


def test_asking_twice_within_ten_minutes_queues_one_question() -> None:
    for minutes in (0, 5, 9):
        with clock.frozen(NOON + timedelta(minutes=minutes)):
            ask()
    assert Confirmation.objects.count() == 1
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("why", [Suppression.Why.COMPLAINT, Suppression.Why.BOUNCE])
def test_a_suppressed_address_is_not_mailed_and_is_not_told(why: str) -> None:
    lists.suppress("An@example.org", why)
    assert ask() is None
    assert not Confirmation.objects.exists()


def test_a_complaint_stops_a_link_that_was_already_mailed() -> None:
    token = tokens.confirm_token(asked())
    lists.suppress("an@example.org", Suppression.Why.COMPLAINT)
    with pytest.raises(BadInput) as refused:
        joining.confirm(token)
    assert "gets no more mail" in str(refused.value)  # "sign up again" would be a circle
    assert state() == "complained"


def test_an_erased_person_may_come_back_but_nobody_may_bring_them_back() -> None:
    lists.erase(joined().subscriber)
    assert not Subscriber.objects.exists()
    with pytest.raises(BadInput):
        joining.add("news", "an@example.org", how="command", wording=WORDING)
    joined()
    assert lists.recipients("news").count() == 1
    assert not Suppression.objects.exists()


def test_erasing_keeps_a_complaint() -> None:
    subscriber = joined().subscriber
    lists.suppress(subscriber.address, Suppression.Why.COMPLAINT)
    lists.erase(subscriber)
    assert lists.is_suppressed("an@example.org")


def test_staff_add_somebody_who_consented_elsewhere() -> None:
    for _ in range(2):
        joining.add("news", "An@Example.org", how="command", wording="Signed on paper.", name="An")
    assert [person.name for person in lists.recipients("news")] == ["An"]
    assert list(Consent.objects.values_list("how", "wording")) == [("command", "Signed on paper.")]


def test_staff_must_say_what_was_agreed_to() -> None:
    with pytest.raises(BadInput) as refused:
        joining.add("news", "an@example.org", how="command", wording=" ")
    assert refused.value.field == "wording"
    assert not Subscriber.objects.exists()


def test_a_stranger_cannot_rename_a_subscriber() -> None:
    joining.add("news", "an@example.org", how="command", wording=WORDING, name="An")
    ask(topic="events", name="Somebody Else")
    assert Subscriber.objects.get().name == "An"


def test_a_name_with_a_line_break_is_refused_and_nothing_is_stored() -> None:
    with pytest.raises(BadInput) as refused:
        ask(name="An\r\nBcc: everyone@example.org")
    assert refused.value.field == "name"
    assert not Subscriber.objects.exists()


def test_the_numbers_of_a_topic() -> None:
    joined("a@example.org")
    leave(joined("b@example.org"))
    ask("c@example.org")
    joined("d@example.org")
    lists.suppress("d@example.org", Suppression.Why.BOUNCE)
    joined("e@example.org", topic="events")
    assert lists.counts("news") == lists.Counts(receiving=1, waiting=1, left=1, unreachable=1)


def at_once(*steps: Callable[[], object]) -> None:
    """Run the steps in threads that start together; each with a database connection of its own."""
    gate = threading.Barrier(len(steps))

    def run(step: Callable[[], object]) -> None:
        gate.wait()
        try:
            step()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_queue_one_question() -> None:
    at_once(ask, ask, ask, ask)
    assert (Subscriber.objects.count(), Confirmation.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_confirm_at_once_confirm_once() -> None:
    token = tokens.confirm_token(asked())
    answers: list[bool] = []
    at_once(*[lambda: answers.append(joining.confirm(token).already)] * 4)
    assert sorted(answers) == [False, True, True, True]
    assert Consent.objects.filter(how="confirmation mail").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_one_click_requests_at_once_leave_once() -> None:
    token = tokens.unsubscribe_token(joined().subscriber, "news")
    answers: list[bool] = []
    at_once(*[lambda: answers.append(joining.leave(token).already)] * 4)
    assert sorted(answers) == [False, True, True, True]
