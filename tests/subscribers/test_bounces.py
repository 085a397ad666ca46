"""What a refusal means."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.subscribers import joining, lists
from outreach.subscribers.bounces import note_refusal, take_back
from outreach.subscribers.models import Alias, Bounce, Subscriber, Suppression

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def reader() -> Subscriber:
    return joining.add("news", "an@example.org", how="command", wording="Yes.").subscriber


def test_a_mailbox_that_does_not_exist_is_never_mailed_again() -> None:
    assert note_refusal(reader(), "550 5.1.1 no such user", Bounce.Kind.HARD)
    assert not lists.recipients("news").exists()
    assert lists.is_suppressed("an@example.org")
    assert Subscriber.objects.get().state == "bounced"


def test_a_full_mailbox_is_given_five_days_within_thirty() -> None:
    person = reader()
    stopped = []
    for week in range(5):
        with clock.frozen(NOON + timedelta(days=7 * week)):
            stopped.append(note_refusal(person, "452 4.2.2 mailbox full", Bounce.Kind.SOFT))
    assert stopped == [False, False, False, False, True]


def test_refusals_of_one_day_or_long_ago_do_not_add_up() -> None:
    person = reader()
    moments = [NOON + timedelta(minutes=n) for n in range(8)] + [
        NOON + timedelta(days=31 * n) for n in (1, 2, 3, 4)
    ]
    for moment in moments:
        with clock.frozen(moment):
            assert not note_refusal(person, "451 4.7.1 later", Bounce.Kind.SOFT)


def test_nobody_is_dropped_when_the_server_objects_to_us() -> None:
    person = reader()
    assert not note_refusal(person, "550 5.7.515 authentication", Bounce.Kind.ABOUT_US)
    assert lists.recipients("news").count() == 1
    assert Bounce.objects.get().reply == "550 5.7.515 authentication"


def test_who_never_confirmed_has_not_done_so_when_the_mailbox_is_mended() -> None:
    joining.ask("news", "an@example.org", wording="Yes.")
    person = Subscriber.objects.get()
    take_back(person)
    assert Subscriber.objects.get().state == "pending"
    note_refusal(person, "550 5.1.1 no such user", Bounce.Kind.HARD)
    take_back(person)
    assert Subscriber.objects.get().state == "pending"
    assert not lists.recipients("news").exists()


def test_a_mended_mailbox_is_so_under_each_of_its_addresses() -> None:
    person = reader()
    Alias.objects.create(subscriber=person, address="a@oud.example", address_key="a@oud.example", was=-1)
    for address in (person.address, "a@oud.example"):
        lists.suppress(address, Suppression.Why.BOUNCE)
    take_back(person)
    assert not lists.suppressed(["an@example.org", "a@oud.example"])
    assert lists.recipients("news").get() == person
