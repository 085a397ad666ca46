"""Whoever asks with somebody's address, what counts is the mail whose link the mailbox opened."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.subscribers import joining, tokens
from outreach.subscribers.addresses import normalise
from outreach.subscribers.models import Confirmation, Consent, Subscriber, Subscription

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def ask(at: datetime, wording: str = "Yes.", **more: str) -> Confirmation:
    with clock.frozen(at):
        joining.ask("news", more.pop("address", "an@example.org"), wording=wording, **more)
    return Confirmation.objects.latest("pk")


def token(mail: Confirmation) -> str:
    return tokens.confirm_token(mail.subscription, mail.pk)


def asked_twice() -> Confirmation:
    """An asks in Dutch; a stranger asks after her with her address. Her own mail."""
    hers = ask(NOON, "Ja.", language="nl", name="An", page="https://school.example/")
    ask(NOON + QUARTER, "Oui.", language="fr", name="Lelijkaard", page="https://evil.example/")
    return hers


def test_the_proof_holds_the_words_and_the_page_of_the_mail_that_was_answered() -> None:
    joining.confirm(token(asked_twice()))
    proof = Consent.objects.get(how="confirmation mail")
    assert (proof.wording, proof.language, proof.page) == ("Ja.", "nl", "https://school.example/")


def test_who_confirms_has_the_name_and_language_that_they_gave_themselves() -> None:
    joining.confirm(token(asked_twice()))
    an = Subscriber.objects.get()
    assert (an.name, an.language) == ("An", "nl")


def test_who_was_typed_in_by_a_stranger_first_gets_their_own_language() -> None:
    ask(NOON, language="fr", name="Lelijkaard")
    joining.confirm(token(ask(NOON + QUARTER, language="nl", name="An")))
    assert (Subscriber.objects.get().name, Subscriber.objects.get().language) == ("An", "nl")


def test_a_reader_of_another_newsletter_keeps_name_and_language() -> None:
    joining.add("other", "an@example.org", how="command", wording="Yes.", name="An", language="nl")
    joining.confirm(token(ask(NOON, language="fr", name="Somebody")))
    assert (Subscriber.objects.get().name, Subscriber.objects.get().language) == ("An", "nl")


def test_a_link_of_before_links_named_their_mail_still_confirms() -> None:
    asked_twice()
    joining.confirm(tokens.confirm_token(Subscription.objects.get()))
    assert Consent.objects.get(how="confirmation mail").wording == "Oui."  # what was asked last


def test_a_number_of_somebody_elses_mail_is_passed_over() -> None:
    other = ask(NOON, "Other.", address="bert@example.org")
    mine = ask(NOON, "Mine.")
    joining.confirm(tokens.confirm_token(mine.subscription, other.pk))
    assert Consent.objects.get(how="confirmation mail").wording == "Mine."


def test_a_mail_whose_yes_was_forgotten_still_confirms() -> None:
    mail = ask(NOON)
    Consent.objects.all().delete()
    joining.confirm(token(mail))
    assert Subscription.objects.get().active


def test_spellings_that_end_in_one_mailbox_share_its_three_mails_a_day() -> None:
    for number in range(20):
        ask(NOON + QUARTER * number, address=f"An+{number}@Example.org")
    assert Confirmation.objects.count() == 3
    ask(NOON + QUARTER * 21, address="bert@example.org")
    assert Confirmation.objects.count() == 4


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("An.B+x+y@Example.org", "an.b@example.org"),
        ("An.B+x@GMail.com", "anb@gmail.com"),
        ("a.nb@googlemail.com", "anb@gmail.com"),
        ("+an@example.org", "+an@example.org"),
        ("zoë+x@bücher.example", "zoë@xn--bcher-kva.example"),
    ],
)
def test_a_mailbox_is_what_stands_before_the_plus(address: str, mailbox: str) -> None:
    assert normalise(address).mailbox == mailbox


def test_who_comes_back_at_once_gets_a_mail_whose_link_works() -> None:
    with clock.frozen(NOON + timedelta(minutes=1)):
        joining.confirm(token(ask(NOON)))
    with clock.frozen(NOON + timedelta(minutes=2)):
        joining.leave(tokens.unsubscribe_token(Subscriber.objects.get(), "news"))
    joining.confirm(token(ask(NOON + timedelta(minutes=3))))
    assert Confirmation.objects.count() == 2
    assert Subscription.objects.get().active


def test_an_ask_that_sends_no_mail_kills_no_link() -> None:
    """Asked again after leaving, the older links die: but only for a mail with a new one."""
    mails = [ask(NOON + QUARTER * number) for number in range(2)]
    with clock.frozen(NOON + QUARTER * 2):
        joining.leave(tokens.unsubscribe_token(Subscriber.objects.get(), "news"))
    third = ask(NOON + QUARTER * 3)
    assert third.pk != mails[1].pk
    with clock.frozen(NOON + QUARTER * 4):
        joining.leave(tokens.unsubscribe_token(Subscriber.objects.get(), "news"))
    before = Subscription.objects.get().asked_at
    assert ask(NOON + QUARTER * 5).pk == third.pk  # three a day
    assert Subscription.objects.get().asked_at == before
    with pytest.raises(BadInput):
        joining.confirm(token(third))  # left since
