"""Tokens that live two hours: renewed by one worker at a time, and never lost."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from outreach import networks
from outreach.core import clock
from outreach.core.models import Activity
from outreach.networks.base import App, Renewed
from outreach.networks.errors import NotSent
from outreach.networks.x.login import XOAuth2
from outreach.notices.models import Notice
from outreach.posts.accounts import app_keys, health, logging_in, pausing, reaching, renewing
from outreach.posts.models import Account
from outreach.posts.sending import publishing
from tests.fakes.x_login import FakeXLogin
from tests.posts.steps import after, queued
from tests.posts.test_logging_in import BACK, ME, fields, way

TWO_HOURS = timedelta(hours=2)


@pytest.fixture(autouse=True)
def net() -> None:
    """The real networks, before a fake on a socket."""


@pytest.fixture
def x_api(settings: object) -> Iterator[FakeXLogin]:
    with FakeXLogin() as fake:
        fake.callbacks = {BACK}
        settings.X_API_URL = settings.X_LOGIN_URL = fake.url  # type: ignore[attr-defined]
        yield fake


@pytest.fixture
def account(x_api: FakeXLogin, db: None) -> Account:
    return connected(x_api)


def connected(x_api: FakeXLogin, account: Account | None = None) -> Account:
    app_keys.save(networks.get("x"), x_api.app_keys)
    start = logging_in.begin(*way("x", 1), ME, BACK, account=account)
    answer = fields(x_api.says(start.url))
    logging_in.read(start.handshake, answer)
    return logging_in.choose(start.handshake, "4242")


def refreshes(x_api: FakeXLogin) -> list[str]:
    sent = [one.form for one in x_api.sent() if one.path == "/2/oauth2/token"]
    return [form["refresh_token"] for form in sent if form["grant_type"] == "refresh_token"]


def due(now: datetime) -> datetime:
    return now + TWO_HOURS - timedelta(minutes=14)


def test_a_token_is_renewed_a_quarter_of_an_hour_before_its_end(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    before = account.credentials
    assert not renewing.renew_one(now + TWO_HOURS - timedelta(minutes=16))
    with clock.frozen(due(now)):
        assert renewing.renew_one(due(now))
        assert not renewing.renew_one(due(now))
    account.refresh_from_db()
    assert account.credentials["refresh_token"] == x_api.families[0].refresh != before["refresh_token"]
    assert account.token_ends_at == due(now) + TWO_HOURS
    assert account.renew_at == due(now) + TWO_HOURS - renewing.EARLY
    assert account.lease_until is None


def test_a_lost_answer_keeps_the_old_pair_and_it_is_tried_again(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    before = account.credentials
    x_api.fault("drop_before")
    renewing.renew_one(due(now))
    account.refresh_from_db()
    assert (account.credentials, account.state) == (before, "active")
    assert account.renew_at == due(now) + timedelta(minutes=1)
    assert renewing.renew_one(due(now) + timedelta(minutes=1))
    account.refresh_from_db()
    assert account.credentials["refresh_token"] == x_api.families[0].refresh


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_an_empty_token_in_the_answer_never_takes_the_place_of_a_good_one(
    account: Account, x_api: FakeXLogin, now: datetime, name: str
) -> None:
    before = account.credentials
    x_api.drops = {name: ""}
    renewing.renew_one(due(now))
    account.refresh_from_db()
    assert account.credentials["refresh_token"] == before["refresh_token"]
    assert account.credentials["oauth2_token"]


def test_a_spent_token_pauses_that_account_only_and_says_why(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    other = Account.objects.create(network="x", name="Een andere", credentials=x_api.credentials)
    x_api.families[0].dead = True
    renewing.renew_one(due(now))
    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.state, other.state) == ("paused", "active")
    assert "Connect it again" in str(account.reason)
    assert account.renew_at is None
    assert account.credentials["refresh_token"]
    assert connected(x_api, account).state == "active"


def test_while_x_is_away_nothing_is_posted_with_a_dead_token_and_staff_can_read_why(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    late = now + TWO_HOURS + timedelta(minutes=1)
    for minute in range(2):
        x_api.html(503)
        renewing.renew_one(late + timedelta(minutes=minute))
    account.refresh_from_db()
    assert account.state == "active"
    assert "could not be renewed" in str(account.reason)
    assert Activity.objects.filter(level="warning").count() == 1
    with clock.frozen(late):
        assert not publishing._ready(late, []).exists()
        with pytest.raises(NotSent, match="being renewed"):
            reaching.connection_of(account)
        assert "being renewed" in str(health.check(account).problems[0])
        renewing.renew_one(late + timedelta(minutes=5))
    account.refresh_from_db()
    assert str(account.reason) == ""
    assert publishing._ready(late, []).exists()


def test_a_login_made_meanwhile_is_not_undone_by_a_late_answer(
    account: Account, x_api: FakeXLogin, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = XOAuth2.renew

    def slow(self: XOAuth2, app: App, credentials: Any) -> Renewed:
        renewed = ask(self, app, credentials)
        connected(x_api, account)
        return renewed

    monkeypatch.setattr(XOAuth2, "renew", slow)
    renewing.renew_one(due(now))
    account.refresh_from_db()
    assert account.credentials["refresh_token"] == x_api.families[1].refresh


def test_a_changed_secret_of_the_app_is_used_without_connecting_again(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    x_api.client_secret = "new-secret-0123456789"
    app_keys.save(networks.get("x"), x_api.app_keys)
    renewing.renew_one(due(now))
    account.refresh_from_db()
    assert account.state == "active"
    assert account.credentials["refresh_token"] == x_api.families[0].refresh


def test_wrong_keys_of_the_app_are_said(account: Account, x_api: FakeXLogin, now: datetime) -> None:
    x_api.client_secret = "another"
    renewing.renew_one(due(now))
    account.refresh_from_db()
    assert "keys of your app" in str(account.reason)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_use_one_refresh_token_twice(x_api: FakeXLogin, now: datetime) -> None:
    account = connected(x_api)
    start, moment = threading.Barrier(4), due(now)

    def work() -> None:
        try:
            start.wait()
            renewing.renew_one(moment)
        finally:
            connection.close()

    with clock.frozen(moment):
        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert len(refreshes(x_api)) == 1
    account.refresh_from_db()
    assert account.credentials["refresh_token"] == x_api.families[0].refresh
    assert not x_api.families[0].dead


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_in_the_middle_leaves_the_pair_to_the_next(
    x_api: FakeXLogin, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = connected(x_api)

    def killed(self: XOAuth2, app: App, credentials: Any) -> Renewed:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(XOAuth2, "renew", killed)
        with pytest.raises(KeyboardInterrupt):
            renewing.renew_one(due(now))
    assert not renewing.renew_one(due(now) + timedelta(minutes=1))  # the lease
    assert renewing.renew_one(due(now) + timedelta(minutes=3))
    account.refresh_from_db()
    assert account.credentials["refresh_token"] == x_api.families[0].refresh


def test_what_nobody_foresaw_is_told_when_the_token_ends_and_tried_again(
    account: Account, x_api: FakeXLogin, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken, clock.frozen(now + TWO_HOURS):
        broken.setattr(XOAuth2, "renew", lambda *_: 1 / 0)
        assert renewing.renew_one(clock.now())
        account.refresh_from_db()
        assert "could not be renewed (The network gave no clear answer.)" in str(account.reason)
    with clock.frozen(now + TWO_HOURS + timedelta(minutes=2)):
        assert renewing.renew_one(clock.now())
        account.refresh_from_db()
        assert not account.reason


def test_a_token_that_ends_while_a_post_is_prepared_refuses_nothing(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    row = queued(account)
    with clock.frozen(now + TWO_HOURS):  # the clock was set while the worker read
        publishing.publish_one(now)
    assert (after(row).state, row.attempts) == ("queued", 0)


@pytest.mark.parametrize(
    "odd", [[7200], {"a": 1}, "7200.5", True, 1e400, -1, 10**30, "٧٢٠٠"], ids=lambda odd: str(odd)[:20]
)
def test_an_odd_length_of_life_loses_no_pair(
    account: Account, x_api: FakeXLogin, now: datetime, odd: object
) -> None:
    x_api.drops = {"expires_in": odd}
    with clock.frozen(due(now)):
        renewing.renew_one(due(now))
    account.refresh_from_db()
    assert account.credentials["refresh_token"] == x_api.families[0].refresh
    assert account.token_ends_at == due(now) + TWO_HOURS


def test_half_an_answer_with_a_token_is_kept_without_it(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    late, body = now + TWO_HOURS, '{"token_type": "bearer", "access_token": "abcdefgh-ijkl", "refresh_tok'
    x_api.fault("answer", status=200, body=body, headers={"Content-Type": "application/json"})
    renewing.renew_one(late)
    written = Activity.objects.get(level="warning")
    assert "bearer" in written.raw
    assert "abcdefgh" not in written.raw


def test_an_account_that_is_resumed_after_its_token_was_refused_is_not_forgotten(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    x_api.families[0].dead = True
    renewing.renew_one(due(now))
    account.refresh_from_db()
    pausing.resume(account)
    later = now + TWO_HOURS * 2
    assert renewing.renew_one(later)
    account.refresh_from_db()
    assert account.state == "paused"
    assert "Connect it again" in str(account.reason)
    assert not renewing.renew_one(later)


def test_a_lost_answer_to_a_refresh_ends_with_a_person_who_connects_again(
    account: Account, x_api: FakeXLogin, now: datetime
) -> None:
    x_api.fault("drop_after")
    renewing.renew_one(due(now))
    account.refresh_from_db()
    assert account.state == "active"
    renewing.renew_one(due(now) + timedelta(minutes=1))  # X takes a spent token for a stolen one
    account.refresh_from_db()
    assert account.state == "paused"
    assert "Connect it again" in str(account.reason)
    assert Notice.objects.count() == 1


def test_a_worker_that_stood_still_spends_no_token_that_another_one_spends(
    account: Account, x_api: FakeXLogin, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew, first = XOAuth2.renew, [True]

    def asleep(self: XOAuth2, app: App, credentials: Any) -> Renewed:
        if not first:
            return renew(self, app, credentials)
        first.clear()
        later = due(now) + timedelta(minutes=3)
        with clock.frozen(later):
            assert renewing.renew_one(later)
            return renew(self, app, credentials)

    monkeypatch.setattr(XOAuth2, "renew", asleep)
    with clock.frozen(due(now)):
        renewing.renew_one(due(now))
    account.refresh_from_db()
    assert not x_api.families[0].dead
    assert account.state == "active"
    assert account.credentials["refresh_token"] == x_api.families[0].refresh
