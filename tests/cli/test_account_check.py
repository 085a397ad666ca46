"""`outreach account check`: each kind of trouble, in words, at fakes on real sockets; and never a secret."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from typer.testing import CliRunner

from outreach.cli import account as command
from outreach.cli import output
from outreach.core import clock
from outreach.core.models import Activity
from outreach.posts.models import Account
from tests.fakes.graph import APP, APP_SECRET, USER_TOKEN, FakeGraph
from tests.fakes.service import HTML
from tests.fakes.x_api import FakeX

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SECRETS = (
    "page-token-0123456789",
    USER_TOKEN,
    APP_SECRET,
    "wrong-secret-0123456789",
    "ck-0123456789",
    "cs-0123456789",
    "-at-0123456789",
    "ats-0123456789",
)


@dataclass
class World:
    """An account on each network, and the two networks."""

    graph: FakeGraph
    x: FakeX
    settings: Any

    def page(self, **credentials: str) -> Account:
        """The Facebook Page, connected with the app's own secret."""
        app = {"app_id": APP, "app_secret": APP_SECRET}
        given = {**self.graph.credentials, **app, **credentials}
        return Account.objects.create(network="facebook", name="De Pagina", credentials=given)

    def profile(self, **columns: Any) -> Account:
        """The X account."""
        return Account.objects.create(network="x", name="Op X", credentials=self.x.credentials, **columns)

    def graph_says(self, code: int, subcode: int, message: str) -> None:
        """Let the next look be answered with this error, as the Graph API writes it."""
        error = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}
        self.graph.fault("answer", method="GET", status=400, body=json.dumps({"error": error}))

    def x_says(self, status: int, detail: str, title: str, **how: Any) -> None:
        """Let the next look be answered with this problem, as X writes it."""
        problem = {"title": title, "detail": detail, "type": "about:blank", "status": status}
        self.x.fault("answer", method="GET", status=status, body=json.dumps(problem), **how)


@pytest.fixture
def world(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(command, "setup", lambda: None)
    with FakeGraph() as graph, FakeX() as x, clock.frozen(NOON), translation.override("en"):
        settings.FACEBOOK_API_URL, settings.X_API_URL = graph.url, x.url
        yield World(graph, x, settings)


def at(days: float) -> int:
    return int((NOON + timedelta(days=days)).timestamp())


def dead(subcode: int, message: str) -> Callable[[World], Account]:
    def arrange(world: World) -> Account:
        world.graph_says(190, subcode, f"Error validating access token {world.graph.token}: {message}")
        return world.page()

    return arrange


def lacking(*rights: str) -> Callable[[World], Account]:
    def arrange(world: World) -> Account:
        world.graph.rights = list(rights)
        return world.page()

    return arrange


def graph_with(**attributes: Any) -> Callable[[World], Account]:
    def arrange(world: World) -> Account:
        for name, value in attributes.items():
            setattr(world.graph, name, value)
        return world.page()

    return arrange


def page_with(**credentials: str) -> Callable[[World], Account]:
    return lambda world: world.page(**credentials)


def unknown_version(world: World) -> Account:
    world.settings.FACEBOOK_API_VERSION = "v99.0"
    return world.page()


def ended_version(world: World) -> Account:
    world.settings.FACEBOOK_API_VERSION, world.graph.serves_ended = "v20.0", True
    return world.page()


def another_page(world: World) -> Account:
    return world.page(page_id="2000")


def graph_away(world: World) -> Account:
    world.graph.html(method="GET")
    return world.page()


def graph_unreachable(world: World) -> Account:
    world.settings.FACEBOOK_API_URL = "http://127.0.0.1:9"  # nobody listens at the discard port
    return world.page()


def graph_busy(world: World) -> Account:
    world.graph_says(4, 0, "(#4) Application request limit reached")
    return world.page()


def x_said(status: int, detail: str, title: str) -> Callable[[World], Account]:
    def arrange(world: World) -> Account:
        world.x_says(status, detail, title)
        return world.profile()

    return arrange


def x_read_only(world: World) -> Account:
    world.x.access = "read"
    return world.profile()


def x_wrong_user(world: World) -> Account:
    return world.profile(remote_id="999")


def x_html(world: World) -> Account:
    world.x.fault("answer", method="GET", status=503, body=HTML)
    return world.profile()


def x_day_is_full(world: World) -> Account:
    me = {"data": {"id": world.x.user, "name": "Sint-Jozef", "username": world.x.username}}
    headers = {"x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": str(at(0.5))}
    world.x.fault("answer", method="GET", status=200, body=json.dumps(me), headers=headers)
    return world.profile()


def keys_unreadable(world: World) -> Account:
    made = world.profile()
    world.settings.SECRET_KEY = "another one" * 5
    return made


PAGES_USAGE = '{"1000": [{"type": "pages", "call_count": 95, "estimated_time_to_regain_access": 20}]}'
READS = ("pages_read_engagement", "pages_read_user_content")

# What is arranged, the kind and gravity that are reported, and words that the sentence holds.
TROUBLES: list[tuple[str, Callable[[World], Account], str, str, str]] = [
    ("458 app removed", dead(458, "The user has not authorized it."), "access", "broken", "app was removed"),
    ("459 checkpoint", dead(459, "You must log in first."), "access", "broken", "security check"),
    ("460 password", dead(460, "The session is no longer valid."), "access", "broken", "password was"),
    ("463 expired", dead(463, "Session has expired."), "access", "broken", "has ended"),
    ("464 unconfirmed", dead(464, "The user is not confirmed."), "access", "broken", "for certain who"),
    ("467 invalid", dead(467, "The user logged out."), "access", "broken", "token"),
    ("492 role lost", dead(492, "The user must be an administrator."), "access", "broken", "no role"),
    ("another Page", another_page, "owner", "broken", "Sint-Jozef"),
    ("a user's token", page_with(access_token=USER_TOKEN), "person", "broken", "belongs to a person"),
    ("whose token it is", page_with(access_token=USER_TOKEN), "owner", "broken", "An Persoon"),
    ("may not post", lacking(*READS), "rights", "broken", "pages_manage_posts"),
    ("may not read", lacking("pages_manage_posts", READS[0]), "rights", "warning", READS[1]),
    ("token ends", graph_with(expires_at=at(6)), "token-ends", "warning", "Connect the Page again"),
    ("wrong app secret", page_with(app_secret="wrong-secret-0123456789"), "access", "broken", "app secret"),
    ("an ended version", ended_version, "version", "warning", "OUTREACH_FACEBOOK_API_VERSION"),
    ("an unknown version", unknown_version, "access", "broken", "interface"),
    ("quota nearly used up", graph_with(usage={"x-business-use-case-usage": PAGES_USAGE}), "pace", "warning",
     "used up"),
    ("Facebook throttles", graph_busy, "pace", "untold", "pause"),
    ("Facebook unclear", graph_away, "unreachable", "untold", "out of order"),
    ("Facebook unreachable", graph_unreachable, "unreachable", "untold", "accepted no connection"),
    ("X 401", x_said(401, "Unauthorized", "Unauthorized"), "access", "broken", "no longer accepts the keys"),
    ("X 402", x_said(402, "There are no credits.", "CreditsDepleted"), "credits", "warning", "credits"),
    ("X suspended", x_said(403, "Your account is suspended and is not permitted.", "Forbidden"), "access",
     "broken", "suspended"),
    ("X locked", x_said(403, "To protect our users, this account is temporarily locked.", "Forbidden"),
     "access", "broken", "locked"),
    ("X read-only", x_read_only, "read-only", "broken", "may read but not post"),
    ("X wrong user", x_wrong_user, "owner", "broken", "@sintjozef"),
    ("X throttles", x_said(429, "Too Many Requests", "Too Many Requests"), "pace", "untold", "pause"),
    ("X day is full", x_day_is_full, "pace", "warning", "used up"),
    ("X unclear", x_html, "unreachable", "untold", "out of order"),
    ("keys unreadable", keys_unreadable, "keys", "broken", "OUTREACH_SECRET_KEY"),
]  # fmt: skip


def graded(severity: str) -> list[Any]:
    return [pytest.param(one[1], id=one[0]) for one in TROUBLES if one[3] == severity]


@pytest.mark.parametrize(
    ("arrange", "kind", "severity", "words"), [one[1:] for one in TROUBLES], ids=[one[0] for one in TROUBLES]
)
def test_each_kind_of_trouble_is_reported_in_words(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    arrange: Callable[[World], Account],
    kind: str,
    severity: str,
    words: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    account = arrange(world)
    monkeypatch.setattr(output, "_as_json", True)
    ran = CliRunner().invoke(command.app, ["check", account.name])
    [look] = json.loads(ran.stdout)
    found = {problem["kind"]: problem for problem in look["problems"]}
    assert ran.exit_code == 1
    assert found[kind]["severity"] == severity
    assert words in found[kind]["sentence"]
    if kind == "access":
        assert found[kind]["advice"]
    _holds_no_secret(ran.output + caplog.text)


@pytest.mark.parametrize("arrange", graded("broken"))
def test_what_cannot_be_posted_on_is_paused_with_the_reason(
    world: World, arrange: Callable[[World], Account]
) -> None:
    account = arrange(world)
    ran = CliRunner().invoke(command.app, ["check", account.name])
    paused = Account.objects.defer("credentials").get()
    assert (ran.exit_code, paused.state) == (1, "paused")
    assert str(paused.reason) in ran.output
    _holds_no_secret(ran.output)


@pytest.mark.parametrize("arrange", graded("untold"))
def test_what_cannot_be_told_now_is_no_trouble_of_the_account(
    world: World, arrange: Callable[[World], Account]
) -> None:
    account = arrange(world)
    assert CliRunner().invoke(command.app, ["check", account.name]).exit_code == 1
    account.refresh_from_db()
    assert (account.state, account.problems, account.checked_at) == ("active", [], None)
    assert not Activity.objects.exists()


def test_access_to_data_that_ends_is_told_apart_from_the_token(world: World) -> None:
    account = world.page()
    token = {"type": "PAGE", "is_valid": True, "expires_at": 0, "data_access_expires_at": at(3)}
    body = json.dumps({"data": token})
    world.graph.fault("answer", method="GET", path="debug_token", status=200, body=body)
    ran = CliRunner().invoke(command.app, ["check", account.name])
    assert "read the Page until" in ran.output
    account.refresh_from_db()
    assert account.ends_at == datetime.fromtimestamp(at(3), UTC)


def test_all_accounts_are_checked_when_none_is_named(world: World) -> None:
    world.page()
    world.profile()
    ran = CliRunner().invoke(command.app, ["check"])
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == ["De Pagina can be posted on.", "Op X can be posted on."]


def test_one_account_in_trouble_does_not_hide_another(world: World) -> None:
    graph_busy(world)
    world.profile()
    ran = CliRunner().invoke(command.app, ["check"])
    assert ran.exit_code == 1
    assert "De Pagina: " in ran.stderr
    assert "Op X can be posted on." in ran.stdout


def _holds_no_secret(said: str) -> None:
    kept = str(list(Activity.objects.values())) + str(list(Account.objects.values("reason", "problems")))
    for secret in SECRETS:
        assert secret not in said + kept
