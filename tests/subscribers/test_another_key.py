"""The secret key is changed: what was made under the one before still holds."""

from typing import Any

import pytest

from outreach.core import fields
from outreach.core.errors import BadInput, OutreachError
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.sending import letters
from outreach.subscribers import joining, lists, origins, tokens
from outreach.subscribers.models import Subscriber, Suppression

pytestmark = pytest.mark.django_db


def joined(address: str) -> Subscriber:
    return joining.add("news", address, how="command", wording="Yes.").subscriber


def change_key(settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-one-for-tests"


def test_links_in_old_mails_still_leave_and_open(settings: Any) -> None:
    person = joined("an@example.org")
    leave, choose = tokens.unsubscribe_token(person, "news"), tokens.preferences_token(person)
    change_key(settings)
    assert tokens.read(choose, tokens.PREFERENCES).subscriber_id == person.pk
    assert not joining.leave(leave).already
    assert tokens.unsubscribe_token(person, "news") != leave
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(tokens.Forged):
        tokens.read(leave, tokens.UNSUBSCRIBE)


def test_nobody_who_was_erased_or_complained_comes_back(settings: Any) -> None:
    for address in ("gone@example.org", "angry@example.org", "back@example.org"):
        joined(address)
    lists.erase(Subscriber.objects.get(address="gone@example.org"))
    lists.erase(Subscriber.objects.get(address="back@example.org"))
    lists.suppress("angry@example.org", Suppression.Why.COMPLAINT)
    change_key(settings)
    for address in ("gone@example.org", "angry@example.org"):
        with pytest.raises(BadInput):
            joined(address)
    assert lists.is_suppressed("angry@example.org")
    lists.suppress("angry@example.org", Suppression.Why.BOUNCE)
    assert Suppression.objects.count() == 3  # each address once
    joining.ask("news", "back@example.org", wording="Yes.")
    wish = Subscriber.objects.get(address="back@example.org").subscriptions.get()
    joining.confirm(tokens.confirm_token(wish))
    assert not lists.suppressed(["back@example.org"])


def test_a_mail_that_comes_back_still_says_whose_it_was(settings: Any) -> None:
    settings.MAIL_RETURN = "terug@example.org"
    address = origins.Addresses(origins.Sort.LEAVE, 3).of(5)
    newsletter = Newsletter.objects.create(name="N", slug="n", topic="news")
    issue = Issue.objects.create(newsletter=newsletter, slot="2026-03-10T08:00Z")
    name = letters.Letters(issue).to(joined("an@example.org")).message_id.strip("<>").partition("@")[0]
    change_key(settings)
    assert origins.read(address) == origins.Origin(origins.Sort.LEAVE, 3, 5)
    assert letters.reader_of(name) == (issue.pk, Subscriber.objects.get().pk)
    assert origins.Addresses(origins.Sort.LEAVE, 3).of(5) != address
    settings.SECRET_KEY_FALLBACKS = []
    assert origins.read(address) is None
    assert letters.reader_of(name) is None


def test_a_stored_secret_is_still_read(settings: Any) -> None:
    kept = fields.encrypt({"token": "x"})
    change_key(settings)
    assert fields.decrypt(kept) == {"token": "x"}
    again = fields.encrypt({"token": "y"})
    settings.SECRET_KEY_FALLBACKS = []
    assert fields.decrypt(again) == {"token": "y"}
    with pytest.raises(OutreachError, match="not the one it was stored with"):
        fields.decrypt(kept)
