"""Logging in at Facebook, over the wire."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from outreach import networks
from outreach.networks.base import App, Connection, Found
from outreach.networks.errors import Ambiguous, AuthBroken
from outreach.networks.facebook.login import FacebookLogin
from tests.fakes.graph_login import FakeGraphLogin, RunPage
from tests.networks.conftest import ON_FACEBOOK

BACK = "https://post.example.org/accounts/callback/facebook/"
LOGIN = FacebookLogin()


@pytest.fixture
def graph() -> Iterator[FakeGraphLogin]:
    with FakeGraphLogin() as fake:
        fake.redirects = {BACK}
        yield fake


@pytest.fixture
def app(graph: FakeGraphLogin) -> App:
    return App(graph.app_keys, graph.url, "v26.0", graph.url)


def fields(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def logged_in(app: App, graph: FakeGraphLogin) -> list[Found]:
    start = LOGIN.start(app, BACK, "state-0123456789")
    return LOGIN.finish(app, BACK, start.kept, fields(graph.says(start.url)))


def test_the_dialog_asks_again_for_every_right_that_is_needed(app: App) -> None:
    asked = fields(LOGIN.start(app, BACK, "state-0123456789").url)
    assert asked["auth_type"] == "rerequest"
    assert (asked["redirect_uri"], asked["state"], asked["response_type"]) == (
        BACK,
        "state-0123456789",
        "code",
    )
    assert set(asked["scope"].split(",")) == {
        "pages_show_list",
        "pages_manage_posts",
        "pages_read_engagement",
        "pages_read_user_content",
    }


def test_a_configuration_of_login_for_business_takes_the_place_of_the_rights(graph: FakeGraphLogin) -> None:
    app = App({**graph.app_keys, "config_id": "991"}, graph.url, "v26.0", graph.url)
    asked = fields(LOGIN.start(app, BACK, "state-0123456789").url)
    assert asked["config_id"] == "991"
    assert "scope" not in asked
    assert len(logged_in(app, graph)) == 1


def test_the_page_comes_with_its_own_token_that_does_not_end(app: App, graph: FakeGraphLogin) -> None:
    [found] = logged_in(app, graph)
    assert (found.remote_id, found.name, found.missing) == ("1000", "Sint-Jozef", ())
    assert found.credentials == {**graph.credentials, **graph.app_keys}
    health = networks.get("facebook").check(Connection(found.credentials, graph.url, "v26.0"))
    assert health.problems == ()
    networks.get("facebook").publish(Connection(found.credentials, graph.url, "v26.0"), ON_FACEBOOK)
    assert len(graph.posts) == 1


def test_every_page_of_a_long_list_is_found(app: App, graph: FakeGraphLogin) -> None:
    graph.pages = [RunPage(str(2000 + number), f"Pagina {number}", f"t{number}") for number in range(60)]
    assert [one.name for one in logged_in(app, graph)] == [f"Pagina {number}" for number in range(60)]


def test_somebody_without_a_page_gets_an_empty_list(app: App, graph: FakeGraphLogin) -> None:
    graph.pages = []
    assert logged_in(app, graph) == []


def test_a_page_on_which_the_person_may_not_post_says_so(app: App, graph: FakeGraphLogin) -> None:
    graph.pages = [RunPage("2000", "Andere school", "t", ["ANALYZE"])]
    [found] = logged_in(app, graph)
    assert "may not post" in str(found.missing[0])


def test_a_page_without_a_token_cannot_be_chosen(app: App, graph: FakeGraphLogin) -> None:
    graph.pages = [RunPage("2000", "Andere school", "")]
    assert "no token" in str(logged_in(app, graph)[0].missing[0])


def test_rights_that_were_not_given_are_named(app: App, graph: FakeGraphLogin) -> None:
    graph.declined = {"pages_manage_posts"}
    graph.rights.remove("pages_read_user_content")
    assert "pages_manage_posts, pages_read_user_content" in str(logged_in(app, graph)[0].missing[0])


def test_who_presses_cancel_is_told_so(app: App, graph: FakeGraphLogin) -> None:
    start = LOGIN.start(app, BACK, "state-0123456789")
    with pytest.raises(AuthBroken, match="did not give permission at Facebook"):
        LOGIN.finish(app, BACK, start.kept, fields(graph.says(start.url, "no")))


def test_another_state_is_not_even_sent(app: App, graph: FakeGraphLogin) -> None:
    start = LOGIN.start(app, BACK, "state-0123456789")
    answer = fields(graph.says(start.url)) | {"state": "another"}
    with pytest.raises(AuthBroken, match="does not belong"):
        LOGIN.finish(app, BACK, start.kept, answer)
    assert graph.requests == []


def test_a_code_is_good_once(app: App, graph: FakeGraphLogin) -> None:
    start = LOGIN.start(app, BACK, "state-0123456789")
    answer = fields(graph.says(start.url))
    LOGIN.finish(app, BACK, start.kept, answer)
    with pytest.raises(AuthBroken, match="used already"):
        LOGIN.finish(app, BACK, start.kept, answer)


def test_a_code_of_more_than_ten_minutes_is_too_old(app: App, graph: FakeGraphLogin) -> None:
    start = LOGIN.start(app, BACK, "state-0123456789")
    answer = fields(graph.says(start.url))
    graph.later(601)
    with pytest.raises(AuthBroken, match="too old"):
        LOGIN.finish(app, BACK, start.kept, answer)


def test_another_address_than_in_the_dialog_is_said_whole(app: App, graph: FakeGraphLogin) -> None:
    start = LOGIN.start(app, BACK, "state-0123456789")
    with pytest.raises(AuthBroken, match=r"Valid OAuth Redirect URIs: https://other\.example/"):
        LOGIN.finish(app, "https://other.example/", start.kept, fields(graph.says(start.url)))


def test_a_wrong_secret_of_the_app_is_said_and_not_shown(app: App, graph: FakeGraphLogin) -> None:
    start = LOGIN.start(app, BACK, "state-0123456789")
    graph.app_secret = "another"
    with pytest.raises(AuthBroken, match="keys of your app") as caught:
        LOGIN.finish(app, BACK, start.kept, fields(graph.says(start.url)))
    assert app.keys["app_secret"] not in caught.value.raw


@pytest.mark.parametrize("path", ["oauth/access_token", "me/permissions", "me/accounts"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "truncate"])
def test_a_lost_answer_half_way_is_said_and_holds_no_secret(
    app: App, graph: FakeGraphLogin, path: str, fault: str
) -> None:
    start = LOGIN.start(app, BACK, "state-0123456789")
    answer = fields(graph.says(start.url))
    graph.fault(fault, method="GET", path=path)
    with pytest.raises(Ambiguous, match="Nothing was changed here") as caught:
        LOGIN.finish(app, BACK, start.kept, answer)
    told = caught.value.raw + str(caught.value)
    assert not [one for one in (answer["code"], graph.app_secret, graph.token, *graph.users) if one in told]


def test_an_answer_without_a_token_connects_nothing(app: App, graph: FakeGraphLogin) -> None:
    graph.drops = {"access_token": ""}
    with pytest.raises(Ambiguous):
        logged_in(app, graph)
