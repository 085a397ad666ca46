"""The mail that asks "was it you?", over a real SMTP connection."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from outreach.core import clock
from outreach.mail.inbox import letters
from outreach.subscribers import joining, lists
from outreach.subscribers.confirming import confirm_mail_one
from outreach.subscribers.models import Bounce, Confirmation, Subscriber, Suppression
from tests.fakes.mail_server import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as handler:
        settings.MAIL_URL, settings.MAIL_FROM = handler.url, "news@example.org"
        yield handler


def ask(address: str = "an@example.org", language: str = "en") -> Confirmation:
    joining.ask("news", address, wording="Yes, I want it.", language=language, title="Nieuws ✓", name="An")
    return Confirmation.objects.latest("pk")


def again(row: Confirmation) -> Confirmation:
    return Confirmation.objects.get(pk=row.pk)


def text(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_mail_holds_a_link_that_confirms(server: MailServer) -> None:
    row = ask()
    assert confirm_mail_one(clock.now())
    assert not confirm_mail_one(clock.now())
    (mail,) = server.got
    assert mail["To"] == "an@example.org"
    assert mail["Subject"] == "One more click for Nieuws ✓"
    assert mail["Auto-Submitted"] == "auto-generated"
    links = {
        found
        for kind in ("plain", "html")
        for found in re.findall(r"/confirm/([\w.:=-]+)/", text(mail, kind))
    }
    (token,) = links
    assert joining.confirm(token).subscription.pk == row.subscription_id
    assert (again(row).state, again(row).repeated, again(row).claim) == ("sent", False, "")


def test_a_stranger_cannot_put_words_of_their_own_into_the_mail(server: MailServer) -> None:
    joining.ask("news", "an@example.org", wording="Yes.", title="Nieuws", name="Cheap Pills")
    confirm_mail_one(clock.now())
    assert b"Pills" not in server.got[0].as_bytes()


def test_who_receives_it_already_is_told_so(server: MailServer) -> None:
    joining.add("news", "an@example.org", how="command", wording="Yes.")
    ask()
    assert confirm_mail_one(clock.now())
    assert "already" in str(server.got[0]["Subject"])
    assert "/confirm/" not in text(server.got[0])


def test_nothing_is_lost_while_the_mail_server_is_away(server: MailServer, settings: Any) -> None:
    there, settings.MAIL_URL = settings.MAIL_URL, "smtp://127.0.0.1:1?tls=no"
    row = ask()
    now = clock.now()
    assert not confirm_mail_one(now)
    waiting = again(row)
    assert (waiting.state, waiting.handed_at, waiting.due_at > now) == ("queued", None, True)
    assert "mail server" in str(waiting.reason)
    settings.MAIL_URL = there
    assert not confirm_mail_one(now)
    assert confirm_mail_one(now + timedelta(minutes=2))
    assert (len(server.got), again(row).repeated) == (1, False)


def test_without_a_mail_server_the_mail_waits(settings: Any) -> None:
    settings.MAIL_URL = ""
    row = ask()
    assert not confirm_mail_one(clock.now())
    assert again(row).state == "queued"


@pytest.mark.parametrize("url", ["nonsense", "ftp://host"])
def test_a_wrong_setting_stops_nothing_for_good(settings: Any, url: str) -> None:
    settings.MAIL_URL = url
    ask()
    assert not confirm_mail_one(clock.now())


def test_a_mail_that_is_refused_for_now_is_tried_again(server: MailServer) -> None:
    row, now = ask(), clock.now()
    server.answers = ["451 4.7.1 greylisted"]
    assert confirm_mail_one(now)
    assert (again(row).state, again(row).handed_at) == ("queued", None)
    assert not confirm_mail_one(now)
    assert confirm_mail_one(now + timedelta(minutes=2))
    assert (again(row).state, again(row).repeated, len(server.got)) == ("sent", False, 1)


def test_an_address_that_does_not_exist_is_not_tried_again(server: MailServer) -> None:
    row = ask()
    server.answers = ["550 5.1.1 no such user"]
    assert confirm_mail_one(clock.now())
    assert again(row).state == "refused"
    assert "5.1.1" in again(row).reply
    assert Bounce.objects.count() == 1
    assert not confirm_mail_one(clock.now() + timedelta(days=1))


def test_a_mail_whose_fate_is_unknown_is_sent_once_more_and_marked(server: MailServer) -> None:
    row, now = ask(), clock.now()
    server.answers = ["vanish", "vanish"]
    assert confirm_mail_one(now)
    assert again(row).state == "queued"
    assert confirm_mail_one(now + timedelta(minutes=5))
    assert (again(row).state, again(row).repeated) == ("sent", True)
    assert not confirm_mail_one(now + timedelta(days=1))
    first, second = server.got
    assert first["Message-ID"] == second["Message-ID"]


def test_a_worker_that_died_after_handing_over_leaves_a_mail_marked_as_repeated(server: MailServer) -> None:
    row, now = ask(), clock.now()
    Confirmation.objects.update(
        state="sending", claim="dead", lease_until=now + timedelta(minutes=8), handed_at=now
    )
    assert not confirm_mail_one(now)
    assert confirm_mail_one(now + timedelta(minutes=9))
    assert (again(row).state, again(row).repeated) == ("sent", True)


def test_a_worker_that_died_before_handing_over_repeats_nothing(server: MailServer) -> None:
    row, now = ask(), clock.now()
    Confirmation.objects.update(state="sending", claim="dead", lease_until=now + timedelta(minutes=8))
    assert confirm_mail_one(now + timedelta(minutes=9))
    assert (again(row).state, again(row).repeated, len(server.got)) == ("sent", False, 1)


def test_a_mail_that_is_no_longer_wanted_is_not_sent(server: MailServer) -> None:
    row = ask()
    lists.suppress("an@example.org", Suppression.Why.COMPLAINT)
    assert confirm_mail_one(clock.now())
    late = ask("bert@example.org")
    assert confirm_mail_one(clock.now() + timedelta(days=4))
    assert (again(row).state, again(late).state, server.got) == ("cancelled", "cancelled", [])
    assert str(again(late).reason) == "It could not be sent for three days."


def test_the_demo_inbox_gets_it_too(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_URL, settings.DATA_DIR = "inbox://", tmp_path
    ask("bücher@example.org".replace("ü", "ue"))
    assert confirm_mail_one(clock.now())
    (letter,) = letters(tmp_path / "inbox")
    assert letter.to == "buecher@example.org"
    assert Subscriber.objects.get().state == "pending"


def test_letters_outside_ascii_before_the_at_need_a_server_that_takes_them(settings: Any) -> None:
    with MailServer(utf8=False) as server:
        settings.MAIL_URL, settings.MAIL_FROM = server.url, "news@example.org"
        row = ask("zoë@bücher.example")
        assert confirm_mail_one(clock.now())
        assert (again(row).state, server.got) == ("refused", [])
        assert "SMTPUTF8" in str(again(row).reason)
        assert not Bounce.objects.exists()  # the reader is not to blame


def test_a_server_that_takes_them_is_given_the_address_as_it_is(settings: Any) -> None:
    with MailServer(utf8=True) as server:
        settings.MAIL_URL, settings.MAIL_FROM = server.url, "news@example.org"
        row = ask("zoë@bücher.example")
        assert confirm_mail_one(clock.now())
        assert again(row).state == "sent"
        (mail,) = server.got
        assert mail["To"] == "zoë@xn--bcher-kva.example"
        link = re.search(r"http://\S+/confirm/\S+", text(mail))
        assert link
        assert link[0].isascii()
