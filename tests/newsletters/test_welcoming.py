"""A welcome to who has just confirmed: once, and never twice."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.newsletters import making, viewing, welcoming
from outreach.newsletters.models import Newsletter, Welcome
from outreach.newsletters.welcoming import welcome_one
from outreach.subscribers import joining, origins, tokens
from outreach.subscribers.models import Subscriber, Subscription
from tests.fakes.mail_server import MailServer

pytestmark = pytest.mark.django_db

WORDS = "Dag **nieuwe lezer**!\n\nLees ook [onze site](https://site.example)."


@pytest.fixture(autouse=True)
def newsletter() -> Newsletter:
    return making.create("Nieuws", welcome=WORDS, language="nl", from_name="De redactie")


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as running:
        settings.MAIL_URL, settings.MAIL_FROM = running.url, "news@example.org"
        yield running


def confirmed(address: str = "an@example.org") -> Subscription:
    """As a reader does it, on the page; twice, because fingers slip."""
    topic = Newsletter.objects.get().topic
    joining.ask(topic, address, wording="Ja.")
    wish = Subscription.objects.get(subscriber__address=address)
    for _ in range(2):
        assert Client().post(f"/confirm/{tokens.confirm_token(wish)}/").status_code == 200
    return wish


def state() -> str:
    return Welcome.objects.get().state


def test_who_confirms_is_welcomed_once_with_a_way_out(server: MailServer, settings: Any) -> None:
    settings.MAIL_RETURN = "terug@example.org"
    wish = confirmed()
    now = clock.now()
    assert [welcome_one(now), welcome_one(now)] == [True, False]
    (mail,) = server.got
    assert (state(), mail["To"]) == ("sent", "an@example.org")
    assert mail["From"] == "De redactie <news@example.org>"
    html, text = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))  # type: ignore[union-attr]
    assert "<strong>nieuwe lezer</strong>" in html
    assert "Dag nieuwe lezer!" in text  # as in an issue: no Markdown for who reads plain text
    assert "https://site.example" in text
    assert "](" not in text
    leave = tokens.unsubscribe_url(wish.subscriber, wish.topic)
    assert mail["List-Unsubscribe"] == f"<{leave}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert leave in html
    assert leave in text
    about = origins.read(origins.Addresses(origins.Sort.WELCOME, 1).of(wish.subscriber_id))
    assert about == origins.Origin(origins.Sort.WELCOME, 1, wish.subscriber_id)


def test_who_leaves_and_comes_back_is_not_welcomed_again(server: MailServer) -> None:
    wish = confirmed()
    welcome_one(clock.now())
    joining.leave(tokens.unsubscribe_token(wish.subscriber, wish.topic))
    with clock.frozen(clock.now() + timedelta(hours=1)):
        confirmed()
        assert not welcome_one(clock.now())
    assert len(server.got) == 1


def test_a_newsletter_without_a_welcome_sends_none(server: MailServer) -> None:
    Newsletter.objects.update(welcome="")
    confirmed()
    assert not Welcome.objects.exists()


def test_who_left_before_it_went_out_gets_none(server: MailServer) -> None:
    wish = confirmed()
    joining.leave(tokens.unsubscribe_token(wish.subscriber, wish.topic))
    assert welcome_one(clock.now())
    assert (state(), server.got) == ("cancelled", [])


def test_a_welcome_that_may_have_arrived_is_not_sent_again(server: MailServer) -> None:
    confirmed()
    server.answers = ["vanish"]
    assert welcome_one(clock.now())
    assert not welcome_one(clock.now() + timedelta(days=1))
    assert (state(), len(server.got)) == ("unknown", 1)


def test_a_worker_that_died_while_sending_leaves_a_welcome_that_is_not_sent_again(server: MailServer) -> None:
    confirmed()
    now = clock.now()
    Welcome.objects.update(
        state="sending", claim="dead", lease_until=now + timedelta(minutes=8), handed_at=now
    )
    assert not welcome_one(now)
    assert welcome_one(now + timedelta(minutes=9))
    assert (state(), server.got) == ("unknown", [])


def test_a_server_that_says_later_gets_it_later(server: MailServer) -> None:
    confirmed()
    now = clock.now()
    server.answers = ["451 4.7.1 greylisted"]
    assert welcome_one(now)
    assert state() == "queued"
    assert not welcome_one(now)
    assert welcome_one(now + timedelta(minutes=2))
    assert (state(), len(server.got)) == ("sent", 1)


def test_somebody_who_never_confirmed_is_not_welcomed(server: MailServer) -> None:
    joining.ask(Newsletter.objects.get().topic, "an@example.org", wording="Ja.")
    assert Subscriber.objects.exists()
    assert not welcome_one(clock.now())


def test_the_words_have_a_limit_and_the_sender_a_plain_address(newsletter: Newsletter) -> None:
    with pytest.raises(BadInput) as refused:
        making.change(newsletter, welcome="x" * 5001)
    assert refused.value.field == "welcome"
    with pytest.raises(BadInput) as refused:
        making.change(newsletter, from_address="zoë@example.org")
    assert refused.value.field == "from_address"
    assert making.change(newsletter, welcome=" a\r\nb ").welcome == "a\nb"


def test_a_test_of_it_goes_to_one_address_and_welcomes_nobody(
    server: MailServer, newsletter: Newsletter, settings: Any
) -> None:
    settings.MAIL_RETURN = "terug@example.org"
    welcoming.send_test(newsletter, " chef@example.org ")
    (mail,) = server.got
    assert (mail["To"], mail["Subject"]) == ("chef@example.org", "[Test] Welkom bij Nieuws")
    assert mail["From"] == "De redactie <news@example.org>"
    assert mail["List-Unsubscribe"] is None
    assert b"/unsubscribe/" not in mail.as_bytes()
    assert not Welcome.objects.exists()


def test_what_staff_see_is_what_readers_get(server: MailServer, newsletter: Newsletter) -> None:
    wish = confirmed()
    shown = welcoming.preview(newsletter)
    sent = welcoming.letter_of(Welcome.objects.get())
    leave, joining_page = (
        tokens.unsubscribe_url(wish.subscriber, wish.topic),
        viewing.joining_page(newsletter),
    )
    assert (shown.subject, shown.text) == (sent.subject, sent.text.replace(leave, joining_page))
    assert shown.html == sent.html.replace(leave, joining_page)


@pytest.mark.parametrize(
    ("address", "answer", "said"),
    [
        ("nobody", "", "has an @ in it"),
        ("chef@example.org", "550 5.1.1 no such user", "5.1.1 no such user"),
        ("chef@example.org", "vanish", "look whether the test mail arrived"),
    ],
)
def test_a_test_that_does_not_arrive_says_why(
    server: MailServer, newsletter: Newsletter, address: str, answer: str, said: str
) -> None:
    server.answers = [answer] if answer else []
    with pytest.raises(OutreachError) as refused:
        welcoming.send_test(newsletter, address)
    assert said in str(refused.value)


def test_without_words_there_is_nothing_to_test(newsletter: Newsletter) -> None:
    newsletter.welcome = ""
    with pytest.raises(BadInput) as refused:
        welcoming.send_test(newsletter, "chef@example.org")
    assert (refused.value.field, "no welcome mail" in str(refused.value)) == ("welcome", True)


def test_who_pauses_is_not_said_to_have_left(server: MailServer) -> None:
    confirmed()
    Subscriber.objects.update(paused_until=clock.now() + timedelta(days=3))
    assert welcome_one(clock.now())
    row = Welcome.objects.get()
    assert (row.state, row.reason.text) == ("cancelled", "This person takes a break from newsletters.")
    assert not server.got
