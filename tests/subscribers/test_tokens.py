"""A token opens one door, for one person and one topic."""

from datetime import timedelta

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.subscribers import joining, tokens
from outreach.subscribers.models import Subscription

pytestmark = pytest.mark.django_db


def made() -> Subscription:
    return joining.add("news", "an@example.org", how="command", wording="I want news.")


def test_a_token_says_who_and_what() -> None:
    subscription = made()
    said = tokens.read(tokens.unsubscribe_token(subscription.subscriber, "news"), tokens.UNSUBSCRIBE)
    assert (said.subscriber_id, said.topic) == (subscription.subscriber_id, "news")


def test_the_unsubscribe_token_of_a_mail_sent_again_is_the_same() -> None:
    person = made().subscriber
    assert tokens.unsubscribe_token(person, "news") == tokens.unsubscribe_token(person, "news")
    assert tokens.unsubscribe_token(person, "news") != tokens.unsubscribe_token(person, "events")


def test_a_token_for_one_purpose_is_useless_for_another() -> None:
    subscription = made()
    leaving = tokens.unsubscribe_token(subscription.subscriber, "news")
    confirming = tokens.confirm_token(subscription)
    for token, purpose in [
        (leaving, tokens.CONFIRM),
        (leaving, tokens.UNDO),
        (confirming, tokens.UNSUBSCRIBE),
    ]:
        with pytest.raises(tokens.Forged):
            tokens.read(token, purpose)


@pytest.mark.parametrize("token", ["", "x", ".", "a.b", "WzEsIm5ld3MiXQ.forged", "é", "a" * 5000])
def test_a_forged_token_is_bad_input(token: str) -> None:
    for purpose in (tokens.CONFIRM, tokens.UNSUBSCRIBE, tokens.UNDO):
        with pytest.raises(BadInput) as refused:
            tokens.read(token, purpose)
        assert refused.value.field == "token"


def test_a_token_with_one_character_changed_is_forged() -> None:
    token = tokens.unsubscribe_token(made().subscriber, "news")
    swapped = ("B" if token[0] != "B" else "C") + token[1:]
    with pytest.raises(tokens.Forged):
        tokens.read(swapped, tokens.UNSUBSCRIBE)


def test_a_confirm_link_ends_after_seven_days_and_a_link_to_leave_never(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscription = made()
    confirming = tokens.confirm_token(subscription)
    leaving = tokens.unsubscribe_token(subscription.subscriber, "news")
    later = (clock.now() + timedelta(days=8)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    with pytest.raises(tokens.Expired):
        tokens.read(confirming, tokens.CONFIRM)
    assert tokens.read(leaving, tokens.UNSUBSCRIBE).topic == "news"


def test_the_addresses_in_mails_are_absolute() -> None:
    subscription = made()
    assert tokens.unsubscribe_url(subscription.subscriber, "news").startswith("http://127.0.0.1:8000/")
    assert tokens.confirm_url(subscription, 1, "nl").startswith("http://127.0.0.1:8000/")


def test_the_links_made_for_many_are_those_made_for_one() -> None:
    person = made().subscriber
    assert tokens.PreferenceLinks().url(person.pk) == tokens.preferences_url(person)
    said = tokens.read(tokens.preferences_token(person), tokens.PREFERENCES)
    assert (said.subscriber_id, said.topic) == (person.pk, "")
