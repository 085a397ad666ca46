"""Logging in at X, over the wire: what is sent, what is taken, and what is said when it goes wrong."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from outreach import networks
from outreach.core import clock
from outreach.networks.base import App, Connection, Found, Payload, Start
from outreach.networks.errors import Ambiguous, AuthBroken, NetworkError, NotSent
from outreach.networks.x.login import XOAuth1, XOAuth2
from tests.fakes.x_login import FakeXLogin
from tests.networks.conftest import LINK, ON_X, PICTURE, TAG

BACK = "https://post.example.org/accounts/callback/x/"


@pytest.fixture
def x() -> Iterator[FakeXLogin]:
    with FakeXLogin() as fake:
        fake.callbacks = {BACK}
        yield fake


@pytest.fixture
def app(x: FakeXLogin) -> App:
    return App(x.app_keys, api_url=x.url, login_url=x.url)


def fields(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def oauth1(app: App, x: FakeXLogin) -> Found:
    start = XOAuth1().start(app, BACK, "unused")
    [found] = XOAuth1().finish(app, BACK, start.kept, fields(x.says(start.url)))
    return found


def begun(app: App) -> Start:
    return XOAuth2().start(app, BACK, "state-0123456789")


def oauth2(app: App, x: FakeXLogin) -> Found:
    start = begun(app)
    [found] = XOAuth2().finish(app, BACK, start.kept, fields(x.says(start.url)))
    return found


def test_three_legs_give_the_four_keys_of_the_account(app: App, x: FakeXLogin) -> None:
    found = oauth1(app, x)
    assert (found.remote_id, found.name, found.missing) == ("4242", "@sintjozef", ())
    assert found.credentials == x.credentials


def test_without_an_address_to_come_back_to_a_pin_does_the_same(app: App, x: FakeXLogin) -> None:
    start = XOAuth1().start(app, "", "unused")
    pin = x.says(start.url)
    assert pin.isdecimal()
    [found] = XOAuth1().finish(app, "", start.kept, {"pin": f" {pin} "})
    assert found.credentials == x.credentials


def test_a_wrong_pin_is_said_in_plain_words_and_xs_own_are_kept(app: App, x: FakeXLogin) -> None:
    start = XOAuth1().start(app, "", "unused")
    x.says(start.url)
    with pytest.raises(AuthBroken, match="not the number that X showed") as said:
        XOAuth1().finish(app, "", start.kept, {"pin": "0000000"})
    assert "Invalid oauth_verifier" in said.value.raw


def test_a_verifier_is_good_once(app: App, x: FakeXLogin) -> None:
    start = XOAuth1().start(app, BACK, "unused")
    answer = fields(x.says(start.url))
    XOAuth1().finish(app, BACK, start.kept, answer)
    with pytest.raises(AuthBroken, match="Invalid or expired token"):
        XOAuth1().finish(app, BACK, start.kept, answer)


def test_an_address_that_the_app_does_not_name_is_said_whole(app: App, x: FakeXLogin) -> None:
    x.callbacks = set()
    with pytest.raises(AuthBroken, match=BACK):
        XOAuth1().start(app, BACK, "unused")


def test_wrong_keys_of_the_app_are_told_from_a_wrong_answer(app: App, x: FakeXLogin) -> None:
    x.keys["consumer_secret"] = "another"
    with pytest.raises(AuthBroken, match="keys of your app") as caught:
        XOAuth1().start(app, BACK, "unused")
    assert app.keys["consumer_secret"] not in caught.value.raw


def test_an_oauth1_answer_without_a_token_connects_nothing(app: App, x: FakeXLogin) -> None:
    start = XOAuth1().start(app, BACK, "unused")
    answer = fields(x.says(start.url))
    x.drops = {"oauth_token_secret": ""}
    with pytest.raises(Ambiguous):
        XOAuth1().finish(app, BACK, start.kept, answer)


@pytest.mark.parametrize("way", [XOAuth1(), XOAuth2()])
def test_who_presses_cancel_is_told_so(app: App, x: FakeXLogin, way: XOAuth1 | XOAuth2) -> None:
    start = way.start(app, BACK, "state-0123456789")
    answer = fields(x.says(start.url, "no"))
    assert way.key(answer) == start.key
    with pytest.raises(AuthBroken, match="did not give permission at X"):
        way.finish(app, BACK, start.kept, answer)


def test_the_code_gives_a_pair_of_tokens_and_who_it_is(app: App, x: FakeXLogin) -> None:
    with clock.frozen(datetime.fromisoformat("2026-12-01T09:00:00+00:00")):
        found = oauth2(app, x)
    assert (found.remote_id, found.name, found.missing) == ("4242", "@sintjozef", ())
    assert found.credentials["oauth2_token"] in x.tokens
    assert found.credentials["refresh_token"] == x.families[0].refresh
    assert found.credentials["ends"] == "2026-12-01T11:00:00+00:00"


def test_only_a_digest_of_the_verifier_is_in_the_address(app: App) -> None:
    start = begun(app)
    asked = fields(start.url)
    assert start.kept["verifier"] not in start.url
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {
        "tweet.read",
        "tweet.write",
        "users.read",
        "media.write",
        "offline.access",
    }
    assert (asked["redirect_uri"], asked["state"]) == (BACK, "state-0123456789")
    assert start.kept["verifier"] not in repr(start)


def test_another_verifier_does_not_open_the_code(app: App, x: FakeXLogin) -> None:
    start = begun(app)
    with pytest.raises(AuthBroken, match="code verifier"):
        XOAuth2().finish(app, BACK, {**start.kept, "verifier": "a" * 64}, fields(x.says(start.url)))


def test_another_state_is_not_even_sent(app: App, x: FakeXLogin) -> None:
    start = begun(app)
    answer = fields(x.says(start.url)) | {"state": "another"}
    with pytest.raises(AuthBroken, match="does not belong"):
        XOAuth2().finish(app, BACK, start.kept, answer)
    assert not [one for one in x.requests if one.path == "/2/oauth2/token"]


def test_a_code_of_more_than_thirty_seconds_is_too_old(app: App, x: FakeXLogin) -> None:
    start = begun(app)
    answer = fields(x.says(start.url))
    x.later(31)
    with pytest.raises(AuthBroken, match="authorization code was invalid"):
        XOAuth2().finish(app, BACK, start.kept, answer)


def test_a_public_client_names_itself_in_the_body(x: FakeXLogin) -> None:
    x.client_secret = ""
    app = App(x.app_keys, api_url=x.url, login_url=x.url)
    assert oauth2(app, x).credentials["client_secret"] == ""


def test_an_answer_without_a_refresh_token_connects_nothing(app: App, x: FakeXLogin) -> None:
    start = begun(app)
    answer = fields(x.says(start.url))
    x.drops = {"refresh_token": ""}
    with pytest.raises(AuthBroken, match="two hours"):
        XOAuth2().finish(app, BACK, start.kept, answer)


def test_rights_that_were_not_given_are_named(app: App, x: FakeXLogin) -> None:
    x.grants = x.grants - {"media.write"}
    assert "media.write" in str(oauth2(app, x).missing[0])


@pytest.mark.parametrize(
    ("fault", "kind"), [("drop_before", Ambiguous), ("drop_after", Ambiguous), ("truncate", Ambiguous)]
)
def test_a_lost_answer_is_said_and_holds_no_secret(
    app: App, x: FakeXLogin, fault: str, kind: type[NetworkError]
) -> None:
    start = begun(app)
    answer = fields(x.says(start.url))
    x.fault(fault)
    with pytest.raises(kind, match="Nothing was changed here") as caught:
        XOAuth2().finish(app, BACK, start.kept, answer)
    told = caught.value.raw + str(caught.value)
    assert not [one for one in (answer["code"], start.kept["verifier"], *x.tokens) if one in told]


def test_a_network_that_is_not_there_is_said(x: FakeXLogin) -> None:
    app = App(x.app_keys, api_url="http://127.0.0.1:9", login_url="http://127.0.0.1:9")
    with pytest.raises(NotSent, match="could not be reached"):
        XOAuth1().start(app, BACK, "unused")


def test_a_refresh_gives_the_next_pair(app: App, x: FakeXLogin) -> None:
    old = oauth2(app, x).credentials
    renewed = XOAuth2().renew(app, old)
    assert renewed.credentials["refresh_token"] not in ("", old["refresh_token"])
    assert renewed.credentials["oauth2_token"] in x.tokens
    assert renewed.credentials["user_id"] == "4242"
    assert renewed.ends - clock.now() > timedelta(minutes=119)


def test_a_refresh_without_a_new_refresh_token_keeps_the_old_one(app: App, x: FakeXLogin) -> None:
    old = oauth2(app, x).credentials
    x.drops = {"refresh_token": ""}
    assert XOAuth2().renew(app, old).credentials["refresh_token"] == old["refresh_token"]


def test_a_refresh_without_an_access_token_changes_nothing(app: App, x: FakeXLogin) -> None:
    old = oauth2(app, x).credentials
    x.drops = {"access_token": ""}
    with pytest.raises(Ambiguous):
        XOAuth2().renew(app, old)


def test_a_refresh_token_that_was_used_before_needs_a_new_login(app: App, x: FakeXLogin) -> None:
    old = oauth2(app, x).credentials
    XOAuth2().renew(app, old)
    with pytest.raises(AuthBroken, match="Connect it again") as caught:
        XOAuth2().renew(app, old)
    assert old["refresh_token"] not in caught.value.raw


@pytest.mark.parametrize("status", [500, 502, 503])
def test_trouble_at_x_is_no_reason_to_give_up_a_token(app: App, x: FakeXLogin, status: int) -> None:
    old = oauth2(app, x).credentials
    x.html(status)
    with pytest.raises(Ambiguous):
        XOAuth2().renew(app, old)
    assert XOAuth2().renew(app, old).credentials["oauth2_token"] in x.tokens


def test_an_oauth2_token_posts_looks_up_and_is_checked(app: App, x: FakeXLogin) -> None:
    network = networks.get("x")
    connection = Connection(oauth2(app, x).credentials, x.url)
    asked = datetime.now().astimezone()
    receipt = network.publish(connection, Payload(f"Een toren\n{LINK}", tag=TAG, pictures=(PICTURE,)))
    assert x.posts[0]["alt"] == [PICTURE.alt]
    assert network.find(connection, Payload(f"Een toren\n{LINK}", tag=TAG), asked) == receipt
    assert network.check(connection).name == "@sintjozef"
    sent = [one for one in x.requests if one.path.startswith("/2/") and "oauth2" not in one.path]
    assert {one.headers["authorization"].partition(" ")[0] for one in sent} == {"Bearer"}


def test_the_token_is_not_in_what_is_kept_of_a_refusal(app: App, x: FakeXLogin) -> None:
    connection = Connection(oauth2(app, x).credentials, x.url)
    x.later(7201)
    with pytest.raises(AuthBroken) as caught:
        networks.get("x").publish(connection, ON_X)
    assert connection.credentials["oauth2_token"] not in caught.value.raw


def test_who_an_account_is_can_be_told_from_its_credentials(app: App, x: FakeXLogin) -> None:
    network = networks.get("x")
    assert network.identity(oauth2(app, x).credentials) == "4242"
    assert network.identity(x.credentials) == "4242"
    assert network.identity({}) == ""


def test_nothing_lacks_with_either_kind_of_token(app: App, x: FakeXLogin) -> None:
    network = networks.get("x")
    assert network.lacking(oauth2(app, x).credentials) == []
    assert network.lacking(x.credentials) == []
    assert len(network.lacking({"oauth2_token": "a", "refresh_token": ""})) == 4


def test_a_password_of_the_servers_own_never_takes_the_place_of_a_token(
    app: App, x: FakeXLogin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "netrc"
    file.write_text("default login somebody password of-something-else\n")
    monkeypatch.setenv("NETRC", str(file))
    credentials = oauth2(app, x).credentials
    assert networks.get("x").publish(Connection(credentials, x.url), Payload("Welkom")).remote_id
    assert {one.headers["authorization"][:6] for one in x.requests if "oauth2" not in one.path} == {"Bearer"}
