"""Connecting by logging in: begun, answered once, stored whole or not at all."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection

from outreach import networks
from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Activity
from outreach.core.sentences import say
from outreach.networks.base import Login, Network
from outreach.notices.models import Notice
from outreach.posts.accounts import app_keys, connecting, logging_in, pausing
from outreach.posts.models import Account, App, Handshake
from tests.fakes.graph_login import FakeGraphLogin, RunPage
from tests.fakes.x_login import FakeXLogin
from tests.posts.conftest import BACK

pytestmark = pytest.mark.django_db

ME = "session-of-els"


@pytest.fixture(autouse=True)
def net() -> None:
    """The real networks, before fakes on sockets."""


def way(name: str, number: int = 0) -> tuple[Network, Login]:
    network = networks.get(name)
    return network, network.logins[number]


def begun(name: str, account: Account | None = None, number: int = 0) -> logging_in.Begun:
    return logging_in.begin(*way(name, number), ME, BACK, account=account)


def fields(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def read(fake: FakeGraphLogin | FakeXLogin, start: logging_in.Begun) -> Handshake:
    answer = fields(fake.says(start.url))
    handshake = logging_in.came_back(networks.get(start.handshake.network), answer, ME)
    logging_in.read(handshake, answer)
    return handshake


def test_a_page_is_connected_with_all_that_posting_needs(graph: FakeGraphLogin) -> None:
    handshake = read(graph, begun("facebook"))
    only = logging_in.sole(handshake)
    assert only is not None
    account = logging_in.choose(handshake, only.remote_id)
    assert (account.name, account.remote_id, account.state) == ("Sint-Jozef", "1000", "active")
    assert account.credentials == {**graph.credentials, **graph.app_keys}
    assert (account.token_ends_at, account.renew_at) == (None, None)


def test_an_oauth2_account_knows_when_its_token_is_renewed(x_api: FakeXLogin) -> None:
    handshake = read(x_api, begun("x", number=1))
    account = logging_in.choose(handshake, "4242")
    assert account.token_ends_at == clock.now() + timedelta(hours=2)
    assert account.renew_at == clock.now() + timedelta(minutes=105)


def test_an_answer_is_read_once(graph: FakeGraphLogin) -> None:
    start = begun("facebook")
    answer = fields(graph.says(start.url))
    read_by = [logging_in.came_back(networks.get("facebook"), answer, ME) for _ in range(2)]
    logging_in.read(read_by[0], answer)
    with pytest.raises(OutreachError, match="not open any more"):
        logging_in.read(read_by[1], answer)
    assert len([one for one in graph.requests if "code" in one.query]) == 1


@pytest.mark.parametrize("session", ["", "session-of-somebody-else"])
def test_an_answer_to_another_browser_is_nobodys(graph: FakeGraphLogin, session: str) -> None:
    answer = fields(graph.says(begun("facebook").url))
    with pytest.raises(OutreachError, match="not open any more"):
        logging_in.came_back(networks.get("facebook"), answer, session)


@pytest.mark.parametrize("answer", [{}, {"state": ""}, {"state": "made-up", "code": "made-up"}])
def test_an_answer_that_nobody_asked_for_is_refused(graph: FakeGraphLogin, answer: dict[str, str]) -> None:
    begun("facebook")
    with pytest.raises(OutreachError, match="not open any more"):
        logging_in.came_back(networks.get("facebook"), answer, ME)
    assert graph.requests == []


def test_after_a_quarter_of_an_hour_the_login_is_over(graph: FakeGraphLogin) -> None:
    start = begun("facebook")
    answer = fields(graph.says(start.url))
    with clock.frozen(clock.now() + logging_in.LIFE):
        with pytest.raises(OutreachError, match="not open any more"):
            logging_in.read(start.handshake, answer)
        with pytest.raises(OutreachError, match="not open any more"):
            logging_in.under_way(start.handshake.pk, ME)


def test_two_tabs_at_once_do_not_know_each_other(graph: FakeGraphLogin) -> None:
    first, second = begun("facebook"), begun("facebook")
    handshakes = [read(graph, second), read(graph, first)]
    accounts = {logging_in.choose(one, "1000").pk for one in handshakes}
    assert len(accounts) == 1  # the same Page twice is one account: two would post everything twice
    assert Account.objects.count() == 1


def test_a_failed_answer_leaves_nothing_and_can_be_begun_again(graph: FakeGraphLogin) -> None:
    graph.declined = set()
    graph.fault("drop_after", method="GET", path="me/accounts")
    with pytest.raises(OutreachError, match="Nothing was changed here"):
        read(graph, begun("facebook"))
    assert not Account.objects.exists()
    assert {row.secret == {} for row in Handshake.objects.all()} == {True}
    assert len(logging_in.found_by(read(graph, begun("facebook")))) == 1


def test_what_was_opened_waits_for_a_choice_among_several(graph: FakeGraphLogin) -> None:
    graph.pages.append(RunPage("2000", "Andere school", "token-2000"))
    handshake = read(graph, begun("facebook"))
    assert logging_in.sole(handshake) is None
    account = logging_in.choose(handshake, "2000")
    assert (account.name, account.credentials["access_token"]) == ("Andere school", "token-2000")


def test_a_page_that_lacks_a_right_is_not_connected(graph: FakeGraphLogin) -> None:
    graph.declined = {"pages_manage_posts"}
    handshake = read(graph, begun("facebook"))
    assert logging_in.sole(handshake) is None
    with pytest.raises(BadInput, match="pages_manage_posts"):
        logging_in.choose(handshake, "1000")
    assert not Account.objects.exists()


def test_a_choice_is_made_once(graph: FakeGraphLogin) -> None:
    handshake = read(graph, begun("facebook"))
    again = Handshake.objects.get(pk=handshake.pk)
    logging_in.choose(handshake, "1000")
    with pytest.raises(OutreachError, match="not open any more"):
        logging_in.choose(again, "1000")
    assert Handshake.objects.get().secret == {}


def test_connecting_again_wakes_a_paused_account(graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", graph.credentials)
    pausing.pause_account(account.pk, say("It said no."))
    handshake = read(graph, begun("facebook", account))
    assert logging_in.sole(handshake) is not None
    logging_in.choose(handshake, "1000")
    account.refresh_from_db()
    assert (account.state, account.name, str(account.reason)) == ("active", "Onze pagina", "")
    assert account.resumed_at is not None  # what is overdue goes out spread
    assert not Notice.objects.exists()  # nobody is mailed that it is paused


def test_another_page_than_before_is_refused_until_it_is_meant(graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", {"page_id": "999", "access_token": "good"})
    handshake = read(graph, begun("facebook", account))
    assert logging_in.sole(handshake) is None
    with pytest.raises(BadInput, match="another one") as caught:
        logging_in.choose(handshake, "1000")
    assert caught.value.field == "other"
    account.refresh_from_db()
    assert account.credentials["access_token"] == "good"
    logging_in.choose(handshake, "1000", other=True)
    account.refresh_from_db()
    assert account.credentials["page_id"] == account.remote_id == "1000"
    assert "another one than before" in str(Activity.objects.order_by("-pk")[0].sentence)


def test_an_account_never_becomes_the_page_of_another_account(graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", {"page_id": "999", "access_token": "good"})
    connecting.connect("facebook", "Sint-Jozef", graph.credentials)
    handshake = read(graph, begun("facebook", account))
    with pytest.raises(BadInput, match="connected already"):
        logging_in.choose(handshake, "1000", other=True)


def test_an_empty_token_never_takes_the_place_of_a_good_one(graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", graph.credentials)
    graph.pages[0].token = ""
    handshake = read(graph, begun("facebook", account))
    with pytest.raises(BadInput, match="no token"):
        logging_in.choose(handshake, "1000")
    account.refresh_from_db()
    assert account.credentials == graph.credentials


def test_a_new_account_with_a_name_that_is_taken_gets_its_number_too(graph: FakeGraphLogin) -> None:
    connecting.connect("facebook", "Sint-Jozef", {"page_id": "999", "access_token": "t"})
    account = logging_in.choose(read(graph, begun("facebook")), "1000")
    assert account.name == "Sint-Jozef (1000)"


def test_a_blank_form_leaves_what_a_login_stored(x_api: FakeXLogin) -> None:
    account = logging_in.choose(read(x_api, begun("x", number=1)), "4242")
    connecting.connect("x", account.name, {"consumer_key": "", "access_token": " "})
    account.refresh_from_db()
    assert account.credentials["oauth2_token"] in x_api.tokens
    assert account.renew_at is not None
    connecting.connect("x", account.name, x_api.credentials)
    account.refresh_from_db()
    assert (account.credentials, account.renew_at, account.token_ends_at) == (x_api.credentials, None, None)


def test_a_number_typed_over_or_an_address_pasted_does_as_well(x_api: FakeXLogin) -> None:
    start = logging_in.begin(*way("x"), ME, "")
    answer = logging_in.pasted(start.handshake, f" {x_api.says(start.url)}\n")
    assert logging_in.read(start.handshake, answer)[0].name == "@sintjozef"
    start = begun("x", number=1)
    address = x_api.says(start.url)
    assert (
        logging_in.read(start.handshake, logging_in.pasted(start.handshake, address))[0].name == "@sintjozef"
    )


@pytest.mark.parametrize("text", ["", "  ", "1234567", "https://post.example.org/back/?state=other&code=1"])
def test_what_is_pasted_wrong_is_said_and_the_login_stays_open(x_api: FakeXLogin, text: str) -> None:
    start = begun("x", number=1)
    with pytest.raises(BadInput) as caught:
        logging_in.pasted(start.handshake, text)
    assert caught.value.field == "answer"
    assert logging_in.under_way(start.handshake.pk, ME).pk == start.handshake.pk


def test_without_an_app_the_key_that_is_missing_is_named() -> None:
    with pytest.raises(BadInput, match="API key") as caught:
        begun("x")
    assert caught.value.field == "consumer_key"


def test_no_secret_lies_in_the_clear_in_the_database(x_api: FakeXLogin) -> None:
    start = begun("x", number=1)
    answer = fields(x_api.says(start.url))
    verifier = start.handshake.secret["kept"]["verifier"]
    logging_in.read(start.handshake, answer)
    rows: list[object] = []
    with connection.cursor() as cursor:
        for table in ("posts_app", "posts_handshake", "posts_account", "core_activity"):
            cursor.execute(f"SELECT * FROM {table}")
            rows += cursor.fetchall()
    secrets = [verifier, answer["state"], answer["code"], ME, *x_api.tokens, *x_api.app_keys.values()]
    assert [one for one in secrets if one in str(rows)] == []


def test_old_logins_are_thrown_away(graph: FakeGraphLogin) -> None:
    begun("facebook")
    with clock.frozen(clock.now() + timedelta(hours=2)):
        begun("facebook")
    assert Handshake.objects.count() == 1


def test_the_keys_of_an_app_are_kept_when_left_blank_and_one_cannot_change_alone(db: None) -> None:
    network = networks.get("facebook")
    app_keys.save(network, {"app_id": "77", "app_secret": "geheim"})
    app_keys.save(network, {"app_id": "77", "app_secret": ""})
    assert app_keys.values(network) == {"app_id": "77", "app_secret": "geheim"}
    with pytest.raises(BadInput) as caught:
        app_keys.save(network, {"app_id": "78", "app_secret": ""})
    assert caught.value.field == "app_secret"
    assert App.objects.get().keys["app_id"] == "77"


@pytest.mark.parametrize("value", ["two words", "a" * 201, "a\x07b"])
def test_a_key_with_spaces_in_it_is_a_slip_of_the_mouse(db: None, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        app_keys.save(networks.get("facebook"), {"app_id": "77", "app_secret": value})
    assert caught.value.field == "app_secret"


def test_what_the_server_sets_goes_before_what_was_entered(db: None, settings: object) -> None:
    network = networks.get("facebook")
    app_keys.save(network, {"app_id": "77", "app_secret": "geheim"})
    settings.FACEBOOK_APP_ID, settings.FACEBOOK_APP_SECRET = "88", "ander"  # type: ignore[attr-defined]
    assert app_keys.values(network) == {"app_id": "88", "app_secret": "ander"}
    assert app_keys.where(network) == {"app_id": "server", "app_secret": "server", "config_id": ""}


def test_what_a_person_paused_stays_paused_when_it_is_connected_again(graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", graph.credentials)
    pausing.pause(account, why="Vakantie")
    logging_in.choose(read(graph, begun("facebook", account)), "1000")
    account.refresh_from_db()
    assert (account.state, str(account.reason)) == ("paused", "Paused: Vakantie")
    account = connecting.connect("facebook", "Onze pagina", graph.credentials)
    assert (account.state, str(account.reason)) == ("paused", "Paused: Vakantie")
    pausing.resume(account)
    assert account.state == "active"


@pytest.mark.parametrize("path", ["me/permissions", "me/accounts", "oauth/access_token"])
@pytest.mark.parametrize(
    "body",
    [
        {"data": 7},
        {"data": [{"permission": ["a"], "status": "granted"}]},
        {"data": [{"id": "1000", "tasks": 3}]},
        {"data": [], "paging": [1]},
        {"access_token": ["a"], "data": "no"},
    ],
)
def test_an_answer_of_another_shape_is_said_and_breaks_no_page(
    graph: FakeGraphLogin, path: str, body: dict[str, object]
) -> None:
    graph.json(200, body, method="GET", path=path)
    start = begun("facebook")
    try:
        found = logging_in.found_by(read(graph, start))
    except OutreachError:
        found = []
    assert all(one.missing for one in found)
    assert not Account.objects.exists()


def test_rights_that_x_does_not_list_break_no_page(x_api: FakeXLogin) -> None:
    x_api.drops = {"scope": None}
    assert logging_in.choose(read(x_api, begun("x", number=1)), "4242").state == "active"


@pytest.mark.parametrize("text", ["http://[", "https://post.example.org]/?code=1", "?", "://"])
def test_what_is_no_address_is_asked_for_again(graph: FakeGraphLogin, text: str) -> None:
    with pytest.raises(BadInput, match="Paste"):
        logging_in.pasted(begun("facebook").handshake, text)


def test_a_token_in_an_answer_of_another_kind_is_not_kept(graph: FakeGraphLogin) -> None:
    body = {"data": [{"id": "1000", "access_token": "EAAB-of-the-page"}], "error": {"code": 1}}
    graph.json(500, body, method="GET", path="me/accounts")
    with pytest.raises(OutreachError):
        read(graph, begun("facebook"))
    assert "1000" in Activity.objects.latest("pk").raw
    assert "EAAB" not in Activity.objects.latest("pk").raw


def test_a_secret_in_a_form_of_another_kind_is_not_kept(x_api: FakeXLogin) -> None:
    body = "oauth_token=4242-abc&oauth_token_secret=hush&user_id=4242"
    x_api.fault("answer", status=202, body=body, path="/oauth/access_token")
    with pytest.raises(OutreachError):
        read(x_api, begun("x"))
    raw = Activity.objects.latest("pk").raw
    assert "user_id" in raw
    assert "hush" not in raw
    assert "4242-abc" not in raw
