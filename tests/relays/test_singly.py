"""Single mails: whatever dies, and between whichever two steps, each is sent once (or twice, and says so)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as examples

from outreach.core import clock
from outreach.newsletters import making
from outreach.newsletters.models import Welcome
from outreach.newsletters.welcoming import queue, welcome_one
from outreach.notices.models import Mailing, NoticeMail
from outreach.notices.sending import mail_one
from outreach.relays.models import SingleMail
from outreach.subscribers import joining
from outreach.subscribers.confirming import confirm_mail_one
from outreach.subscribers.models import Bounce, Confirmation, Subscriber
from tests.fakes.mail_server import MailServer

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
LATER = timedelta(hours=2)  # longer than any lease and any wait


TABLES = [model._meta.db_table for model in (Confirmation, Welcome, NoticeMail, Bounce)]


class Killed(BaseException):
    """The process is gone: nothing catches it."""


@dataclass
class Kind:
    """One sort of single mails as a test drives it."""

    rows: type[SingleMail]
    make: Callable[[str], None]
    step: Callable[[datetime], bool]
    most: int  # copies that may leave in doubt

    @property
    def row(self) -> Any:
        return self.rows._default_manager.get()


def confirmation(address: str) -> None:
    joining.ask("news", address, wording="Yes.", title="News")


def welcome(address: str, name: str = "News") -> None:
    paper = making.create(name, welcome="Hello!", language="en")
    joining.add(paper.topic, address, how="command", wording="Yes.")
    queue(paper, Subscriber.objects.get(address=address))


def notice(address: str) -> None:
    mailing = Mailing.objects.create(about="account:1", day=NOON.date())
    NoticeMail.objects.create(mailing=mailing, address=address, language="en")


KINDS = [
    pytest.param(Kind(Confirmation, confirmation, confirm_mail_one, 2), id="confirmation"),
    pytest.param(Kind(Welcome, welcome, welcome_one, 1), id="welcome"),
    pytest.param(Kind(NoticeMail, notice, mail_one, 1), id="notice"),
]
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as running, clock.frozen(NOON):
        settings.MAIL_URL, settings.MAIL_FROM = running.url, "news@example.org"
        yield running


@contextmanager
def killed_at(number: int, *, after: bool) -> Iterator[None]:
    """The process dies just before or just after the statement that writes a mail for the `number`th time."""
    writes, words = 0, [f'{verb} "{table}"' for verb in ("UPDATE", "INSERT INTO") for table in TABLES]

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal writes
        if not sql.startswith(tuple(words)):
            return execute(sql, params, many, context)
        writes += 1
        if writes == number and not after:
            raise Killed
        result = execute(sql, params, many, context)
        if writes == number:
            raise Killed
        return result

    with connection.execute_wrapper(watch):
        yield


def run_until_quiet(kind: Kind, now: datetime) -> datetime:
    for _ in range(12):
        while kind.step(now):
            pass
        now += LATER
    return now


@each_kind
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("write", [1, 2, 3], ids=["claim", "handing-over", "record"])
def test_a_worker_that_dies_loses_no_mail_and_repeats_it_only_where_that_is_meant(
    kind: Kind, write: int, after: bool, server: MailServer
) -> None:
    kind.make("an@example.org")
    # The last write stands in a transaction: a death before its end undoes it, as the first case shows.
    with pytest.raises(Killed), killed_at(write, after=after):
        kind.step(NOON)
    left_before = len(server.got)
    assert left_before == (write == 3)
    run_until_quiet(kind, NOON)
    in_doubt = (write, after) == (2, True) or write == 3
    if not in_doubt:
        assert (len(server.got), kind.row.state, kind.row.repeated) == (1, "sent", False)
    elif kind.most == 1:
        assert (len(server.got), kind.row.state, kind.row.repeated) == (left_before, "unknown", False)
        assert "not sent again" in str(kind.row.reason)
    else:
        assert (len(server.got), kind.row.state, kind.row.repeated) == (left_before + 1, "sent", True)
    assert len({mail["Message-ID"] for mail in server.got}) <= 1


@each_kind
def test_workers_that_die_over_the_same_mail_again_and_again_do_not_send_it_a_third_time(
    kind: Kind, server: MailServer
) -> None:
    kind.make("an@example.org")
    now = NOON
    for _ in range(6):
        try:
            with killed_at(3, after=False):
                kind.step(now)
        except Killed:
            pass
        now += LATER
    run_until_quiet(kind, now)
    assert len(server.got) == kind.most
    assert kind.row.state == ("sent" if kind.most == 2 else "unknown")


@each_kind
def test_a_second_worker_that_dies_before_handing_over_leaves_the_repeat_to_a_third(
    kind: Kind, server: MailServer
) -> None:
    kind.make("an@example.org")
    for number, (write, after) in enumerate([(2, True), (2, False)]):
        try:
            with killed_at(write, after=after):
                kind.step(NOON + LATER * number)
        except Killed:
            pass
    run_until_quiet(kind, NOON + LATER * 2)
    assert (len(server.got), kind.row.state) == ((1, "sent") if kind.most == 2 else (0, "unknown"))


@each_kind
def test_who_lost_the_lease_sends_nothing(kind: Kind, server: MailServer, monkeypatch: Any) -> None:
    kind.make("an@example.org")
    from outreach.relays import singly

    def slow(letter: Any) -> bytes:  # another takes it and sends it meanwhile
        monkeypatch.setattr(singly, "build", build)
        assert kind.step(NOON + LATER)
        return bytes(build(letter))

    build = singly.build
    monkeypatch.setattr(singly, "build", slow)
    assert kind.step(NOON)
    assert (len(server.got), kind.row.state, kind.row.repeated) == (1, "sent", False)


@each_kind
def test_a_letter_that_cannot_be_made_says_why_and_holds_up_nobody(
    kind: Kind, server: MailServer, settings: Any
) -> None:
    kind.make("an@example.org")
    settings.DKIM_KEY_FILE, settings.DKIM_DOMAIN = "/nowhere", ""
    assert kind.step(NOON)  # there may be another that can be made
    assert not kind.step(NOON)
    assert "OUTREACH_DKIM_DOMAIN" in str(kind.row.reason)
    settings.DKIM_KEY_FILE = ""
    run_until_quiet(kind, NOON)
    assert (len(server.got), kind.row.state) == (1, "sent")


@each_kind
def test_what_cannot_be_sent_for_three_days_is_given_up_with_a_reason(kind: Kind, server: MailServer) -> None:
    kind.make("an@example.org")
    assert kind.step(NOON + timedelta(days=3, seconds=1))
    assert (server.got, kind.row.state) == ([], "cancelled")
    assert str(kind.row.reason) == "It could not be sent for three days."


def test_what_follows_from_a_refusal_is_written_with_it_or_not_at_all(server: MailServer) -> None:
    confirmation("an@example.org")
    server.answers = ["550 5.1.1 no such user"] * 2
    with pytest.raises(Killed), killed_at(4, after=False):  # the third is the bounce, the fourth the row
        confirm_mail_one(NOON)
    run_until_quiet(KINDS[0].values[0], NOON)  # type: ignore[arg-type]
    assert Confirmation.objects.get().state == "refused"
    assert Bounce.objects.count() == 1


KILLS = [f"kill {write} {when}" for write in (1, 2, 3) for when in (0, 1)]
FATES = strategies.lists(strategies.sampled_from(["ok", "450 later", "vanish", "drop", *KILLS]), max_size=6)


@each_kind
@examples(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=FATES)
def test_whatever_happens_a_mail_comes_to_an_end_and_not_too_often(
    kind: Kind, fates: list[str], server: MailServer
) -> None:
    kind.rows._default_manager.all().delete()
    server.got.clear()
    number = Subscriber.objects.count() + Mailing.objects.count()
    _fresh(kind, number)
    now = NOON
    for fate in fates:
        _suffer(kind, fate, now, server)
        now += LATER
    server.answers.clear()
    run_until_quiet(kind, now)
    row = kind.row
    assert row.state in {"sent", "unknown"}
    assert len(server.got) <= kind.most
    assert len(server.got) < 2 or row.repeated
    assert server.got or row.handed_at  # either it arrived, or a worker may have handed it over


def _fresh(kind: Kind, number: int) -> None:
    with clock.frozen(NOON):
        if kind.rows is NoticeMail:
            day = NOON.date() + timedelta(days=number)
            mailing = Mailing.objects.create(about="account:1", day=day)
            NoticeMail.objects.create(mailing=mailing, address="an@example.org", language="en")
        elif kind.rows is Welcome:
            welcome(f"an{number}@example.org", f"News {number}")
        else:
            confirmation(f"an{number}@example.org")


def _suffer(kind: Kind, fate: str, now: datetime, server: MailServer) -> None:
    server.answers = [] if fate == "ok" or fate.startswith("kill") else [fate]
    if not fate.startswith("kill"):
        kind.step(now)
        return
    _, write, when = fate.split()
    try:
        with killed_at(int(write), after=bool(int(when))):
            kind.step(now)
    except Killed:
        pass
