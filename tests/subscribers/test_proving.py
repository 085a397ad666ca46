"""The proof of one person's consent."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.subscribers import importing, joining, lists, proving, tables, tokens
from outreach.subscribers.confirming import confirm_mail_one
from outreach.subscribers.models import Consent, Subscriber, Subscription
from tests.fakes.mail_server import MailServer
from tests.subscribers.bringing import work

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
YES = "Ja, stuur mij “Nieuws”."


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as running:
        settings.MAIL_URL, settings.MAIL_FROM = running.url, "news@example.org"
        yield running


def ask_and_confirm() -> Subscription:
    with clock.frozen(NOON):
        joining.ask(
            "news",
            "an@example.org",
            wording=YES,
            language="nl",
            page="https://a.example/x",
            how="sign-up page",
        )
    with clock.frozen(NOON + timedelta(seconds=5)):
        assert confirm_mail_one(clock.now())
    with clock.frozen(NOON + timedelta(hours=1)):
        token = tokens.confirm_token(Subscription.objects.get())
        return joining.confirm(token).subscription


def test_the_proof_shows_each_step_with_the_words_that_were_agreed_to(server: MailServer) -> None:
    subscription = ask_and_confirm()
    with clock.frozen(NOON + timedelta(days=1)):
        joining.leave(tokens.unsubscribe_token(subscription.subscriber, "news"))
    data = json.loads(json.dumps(proving.proof(proving.find("AN@example.org")).data()))
    asked, mailed, confirmed, left = data["steps"]
    assert (data["address"], data["state"]) == ("an@example.org", "unsubscribed")
    assert (asked["how"], asked["wording"], asked["page"]) == ("sign-up page", YES, "https://a.example/x")
    assert (confirmed["how"], confirmed["wording"]) == ("confirmation mail", YES)
    assert asked["version"] == confirmed["version"]
    assert (asked["language"], confirmed["language"]) == ("nl", "nl")
    assert mailed["message_id"] == server.got[0]["Message-ID"]
    assert mailed["reply"] == "250 kept"
    assert [step["at"] for step in (asked, mailed, confirmed, left)] == [
        "2026-11-25T12:00:00+00:00",
        "2026-11-25T12:00:05+00:00",
        "2026-11-25T13:00:00+00:00",
        "2026-11-26T12:00:00+00:00",
    ]
    assert left["kind"] == "left"


def test_another_text_or_language_is_another_version() -> None:
    texts = [("Ja.", "nl"), ("Ja.", "nl"), ("Ja!", "nl"), ("Ja.", "fr")]
    first, same, *others = [Consent(wording=words, language=language).version for words, language in texts]
    assert first == same
    assert len({first, *others}) == 3


def test_every_way_in_has_words_of_its_own() -> None:
    joining.add("news", "an@example.org", how="added by staff", wording=YES)
    joining.add("other", "an@example.org", how="a way that came later", wording=YES)
    first, second = proving.proof(Subscriber.objects.get()).steps
    assert "staff" in str(first.what)
    assert str(second.what) == "Said yes (a way that came later)"


def test_what_staff_vouch_for_stands_in_the_proof() -> None:
    promise = importing.Promise("members", YES, date(2026, 1, 31))
    job = importing.begin(BytesIO(b"an@example.org"), "news", promise, language="nl")
    importing.lay_out(job, tables.Layout.from_json(job.layout))
    work()
    importing.confirm(job)
    work()
    (step,) = proving.proof(Subscriber.objects.get()).data()["steps"]
    assert (step["basis"], step["given_on"]) == ("members", "2026-01-31")


def test_of_somebody_who_was_erased_nothing_is_left_to_show(server: MailServer) -> None:
    lists.erase(ask_and_confirm().subscriber)
    with pytest.raises(BadInput) as refused:
        proving.find("an@example.org")
    assert refused.value.field == "address"
