"""No kind of failure leaves a secret behind: in no log at level DEBUG, in no row, in no exception."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from outreach import networks
from outreach.core.models import Activity
from outreach.posts.accounts import health
from outreach.posts.accounts.reaching import connection_of
from outreach.posts.models import Account, Publication
from outreach.posts.payloads import thawed
from outreach.posts.sending import publishing
from tests.fakes.graph import APP, APP_SECRET
from tests.leaks import SECRET, found_in
from tests.matrix.faults import FAULTS, NETWORKS
from tests.matrix.scene import Scene, scene

pytestmark = pytest.mark.django_db
NOISY = ("urllib3", "requests", "oauthlib", "requests_oauthlib", "tweepy", "facebook", "django", "outreach")
STATUSES = (200, 400, 401, 402, 403, 404, 429, 500, 503)
HEADERS = {"Content-Type": "application/json"}


@pytest.fixture(params=NETWORKS)
def made(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[Scene]:
    """A scene with everything logged; on Facebook with the app's secret, of which each call holds a proof."""
    with ExitStack() as stack:
        for name in ("", *NOISY):
            stack.enter_context(caplog.at_level(logging.DEBUG, name or None))
        made = stack.enter_context(scene(request.param, "images"))
        if request.param == "facebook":
            account = Account.objects.get()
            account.credentials |= {"app_id": APP, "app_secret": APP_SECRET}
            account.save()
        yield made


def left(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[str]:
    """Everything that stays: rows, log, output. What is encrypted is left out."""
    for model in (Publication, Activity, Account):
        rows = model.objects.defer("credentials") if model is Account else model.objects.all()
        for row in rows:
            yield from (f"{model.__name__}: {value}" for value in vars(row).values())
            yield repr(row) + str(row)
    yield from (record.name + caplog.handler.format(record) for record in caplog.records)
    yield from capfd.readouterr()


@pytest.mark.django_db(transaction=True)  # one of them is a database that refuses
def test_no_fault_leaves_a_secret(
    made: Scene, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for fault in FAULTS:
        if (made.network, made.kind) in fault.where:
            _anew(made)
            with fault.around(made):
                made.step()
            made.run(hours=1)
    health.check(Account.objects.get())
    assert [where for text in left(caplog, capfd) if (where := found_in(text))] == []
    assert Activity.objects.exclude(raw="").exists()


def _anew(made: Scene) -> None:
    """Its post is due once more, as if it had never been sent: each fault has one to strike."""
    never = {
        "state": "queued",
        "due_at": made.at,
        "sent_at": None,
        "look_at": None,
        "attempts": 0,
        "absences": 0,
    }
    Publication.objects.filter(pk=made.row.pk).update(**never, claim="", lease_until=None)
    Publication.objects.exclude(pk=made.row.pk).update(state="published", look_at=None)
    Account.objects.update(state="active", not_before=None, last_post_at=None, claim="", lease_until=None)


@pytest.mark.parametrize("status", STATUSES)
def test_an_answer_that_repeats_what_was_sent_leaves_no_secret(
    made: Scene, status: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for method in ("GET", "POST"):
        made.proxy.fault("echo", status=status, headers=HEADERS, method=method, times=3)
    made.run(hours=1)
    health.check(Account.objects.get())
    assert [where for text in left(caplog, capfd) if (where := found_in(text))] == []
    assert SECRET.search(str(made.proxy.requests))  # they were sent, and so repeated


@pytest.mark.parametrize("status", STATUSES)
def test_an_exception_holds_no_secret(made: Scene, status: int) -> None:
    """Not even its whole chain, as a crash reporter would print it."""
    account = Account.objects.get()
    network, connection = networks.get(account.network), connection_of(account)
    payload = thawed(made.row.payload)
    steps: list[Callable[[], Any]] = [
        lambda: network.publish(connection, payload),
        lambda: network.find(connection, payload, made.at),
        lambda: network.check(connection),
    ]
    for step in steps:
        for method in ("GET", "POST"):
            made.proxy.fault("echo", status=status, headers=HEADERS, method=method)
        try:
            step()
        except Exception as error:  # noqa: BLE001 (each kind is looked at)
            told = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
            assert found_in(told) == ""
        made.proxy._faults.clear()


def test_a_bug_of_ours_leaves_no_secret(
    made: Scene,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """An exception that nobody thought of holds the address that was asked, token and all."""
    token = made.fake.credentials["access_token"]

    def broken(*_: Any) -> None:
        raise OSError(f"https://graph.example/?access_token={token}")

    monkeypatch.setattr(type(networks.get(made.network)), "publish", broken)
    assert publishing.publish_one(made.at)
    assert [where for text in left(caplog, capfd) if (where := found_in(text))] == []
