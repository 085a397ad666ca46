"""What staff are told by mail, over a real SMTP connection: once, in their language, and never as a flood."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.core.sentences import say
from outreach.notices.models import Mailing, Notice, NoticeMail
from outreach.notices.sending import gather_one, mail_one
from outreach.notices.telling import take_back, tell
from outreach.posts.models import Account
from tests.fakes.mail_server import MailServer

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as handler, clock.frozen(NOON):
        settings.MAIL_URL, settings.MAIL_FROM = handler.url, "outreach@example.org"
        settings.LANGUAGE_CODE = "en"
        yield handler


@pytest.fixture
def page(db: None) -> Account:
    return Account.objects.create(network="facebook", name="De Pagina", credentials={"token": "t"})


@pytest.fixture
def els(db: None) -> Any:
    return get_user_model().objects.create(username="els", email="els@example.org")


def told(page: Account, key: str = "a", title: str = "It needs a look") -> bool:
    return tell(page, key, say(title), say("The token is dead."))


def work(now: datetime = NOON) -> None:
    with clock.frozen(now):
        while gather_one(now) or mail_one(now):
            pass


def text(server: MailServer, number: int = 0, kind: str = "plain") -> str:
    part = server.got[number].get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_notice_says_what_why_and_where(server: MailServer, page: Account, els: Any) -> None:
    assert told(page)
    work()
    (mail,) = server.got
    assert (mail["To"], mail["Subject"]) == ("els@example.org", "It needs a look")
    for kind in ("plain", "html"):
        assert "The token is dead." in text(server, kind=kind)
        assert f"/accounts/{page.pk}/" in text(server, kind=kind)


def test_the_same_is_never_told_twice(server: MailServer, page: Account, els: Any) -> None:
    assert [told(page), told(page)] == [True, False]
    work()
    work(NOON + 5 * DAY)
    assert len(server.got) == 1


def test_of_one_account_there_is_one_mail_a_day(server: MailServer, page: Account, els: Any) -> None:
    told(page, "a", "First")
    told(page, "b", "Second")
    work()
    assert str(server.got[0]["Subject"]) == "De Pagina: 2 notices"
    assert "First" in text(server)
    assert "Second" in text(server)
    told(page, "c", "Third")
    work()
    work(NOON + DAY / 3)
    assert len(server.got) == 1
    work(NOON + DAY)
    assert str(server.got[1]["Subject"]) == "Third"


def test_each_is_written_to_in_the_language_of_their_pages(
    server: MailServer, page: Account, els: Any
) -> None:
    jan = get_user_model().objects.create(username="jan", email="jan@example.org")
    get_user_model().objects.create(username="old", email="old@example.org", is_active=False)
    with translation.override("nl"):
        Client().force_login(els)
    with translation.override("fr"):
        Client().force_login(jan)
    told(page)
    work()
    assert {str(mail["To"]) for mail in server.got} == {"els@example.org", "jan@example.org"}
    assert dict(NoticeMail.objects.values_list("address", "language")) == {
        "els@example.org": "nl",
        "jan@example.org": "fr",
    }


def test_without_addresses_of_staff_the_organisation_is_written_to(server: MailServer, page: Account) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"contact": "info@example.org"})
    told(page)
    work()
    assert [mail["To"] for mail in server.got] == ["info@example.org"]


def test_a_worker_that_dies_before_the_mail_leaves_loses_nothing(
    server: MailServer, page: Account, els: Any
) -> None:
    told(page)
    assert gather_one(NOON)
    NoticeMail.objects.update(state="sending", claim="dead", lease_until=NOON + timedelta(minutes=8))
    work()
    assert server.got == []
    work(NOON + timedelta(minutes=9))
    assert len(server.got) == 1


def test_a_worker_that_dies_after_the_mail_may_have_left_does_not_repeat_it(
    server: MailServer, page: Account, els: Any
) -> None:
    told(page)
    assert gather_one(NOON)
    dead = {"state": "sending", "claim": "dead", "lease_until": NOON, "handed_at": NOON}
    NoticeMail.objects.update(**dead)
    work(NOON + timedelta(minutes=9))
    assert (server.got, NoticeMail.objects.get().state) == ([], "unknown")


def test_a_connection_that_breaks_after_the_dot_is_not_repeated(
    server: MailServer, page: Account, els: Any
) -> None:
    server.answers = ["vanish"]
    told(page)
    work()
    work(NOON + DAY)
    assert (len(server.got), NoticeMail.objects.get().state) == (1, "unknown")


def test_a_mail_server_that_is_away_delays_it(
    server: MailServer, page: Account, els: Any, settings: Any
) -> None:
    there, settings.MAIL_URL = settings.MAIL_URL, "smtp://127.0.0.1:1?tls=no"
    told(page)
    work()
    settings.MAIL_URL = there
    server.answers = ["450 later"]
    work(NOON + timedelta(minutes=2))
    assert NoticeMail.objects.get().state == "queued"
    work(NOON + timedelta(hours=1))
    assert len(server.got) == 1


def test_without_a_mail_server_nothing_is_made_ready_and_old_news_is_not_mailed_later(
    server: MailServer, page: Account, els: Any, settings: Any
) -> None:
    there, settings.MAIL_URL = settings.MAIL_URL, ""
    told(page)
    work()
    settings.MAIL_URL = there
    work(NOON + 4 * DAY)
    assert (server.got, Mailing.objects.count()) == ([], 0)


def test_what_is_mended_before_the_mail_is_taken_back(server: MailServer, page: Account, els: Any) -> None:
    told(page)
    take_back(page)
    work()
    assert (server.got, Notice.objects.count()) == ([], 0)


def test_a_line_break_in_a_name_makes_no_header(server: MailServer, page: Account, els: Any) -> None:
    tell(page, "x", say("%(name)s needs a look", name="Evil\r\nBcc: all@example.org"), say("Why."))
    work()
    assert str(server.got[0]["Subject"]) == "Evil Bcc: all@example.org needs a look"
    assert server.got[0]["Bcc"] is None
