"""Connecting by the pages: to the network and back."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from outreach import networks
from outreach.core import fields as encrypted
from outreach.core.models import Activity
from outreach.posts.accounts import app_keys, connecting, logging_in
from outreach.posts.models import Account, App, Handshake
from tests.fakes.graph_login import FakeGraphLogin, RunPage
from tests.fakes.x_login import FakeXLogin

pytestmark = pytest.mark.django_db

BASE = "https://post.example.org"


@pytest.fixture
def graph(settings: object) -> Iterator[FakeGraphLogin]:
    with FakeGraphLogin() as fake:
        settings.BASE_URL = BASE  # type: ignore[attr-defined]
        settings.FACEBOOK_API_URL = settings.FACEBOOK_LOGIN_URL = fake.url  # type: ignore[attr-defined]
        fake.redirects = {BASE + reverse("account-callback", args=["facebook"])}
        app_keys.save(networks.get("facebook"), fake.app_keys)
        yield fake


@pytest.fixture
def x_api(settings: object) -> Iterator[FakeXLogin]:
    with FakeXLogin() as fake:
        settings.BASE_URL = BASE  # type: ignore[attr-defined]
        settings.X_API_URL = settings.X_LOGIN_URL = fake.url  # type: ignore[attr-defined]
        fake.callbacks = {BASE + reverse("account-callback", args=["x"])}
        app_keys.save(networks.get("x"), fake.app_keys)
        yield fake


def begin(staff: Client, network: str, login: str, **form: object) -> str:
    """The page that shows the way to the network."""
    answer = staff.post(reverse("account-log-in", args=[network, login]), {"automatic": "yes", **form})
    return str(answer["Location"])


def way(staff: Client, page: str) -> str:
    """Where its link leads."""
    answer = staff.get(page)
    handshake = Handshake.objects.get(pk=int(page.strip("/").rpartition("/")[2]))
    address = logging_in.address_of(handshake)
    assert address.replace("&", "&amp;") in answer.content.decode()
    return address


def path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def words(staff: Client, page: str, language: str = "en") -> str:
    return staff.get(page, follow=True, headers={"Accept-Language": language}).content.decode()


def test_a_page_of_facebook_is_connected_and_looked_at(staff: Client, graph: FakeGraphLogin) -> None:
    back = graph.says(way(staff, begin(staff, "facebook", "login")))
    answer = staff.get(path(back))
    account = Account.objects.get()
    assert answer["Location"] == reverse("account", args=[account.pk])
    assert (account.name, account.remote_id, account.automatic) == ("Sint-Jozef", "1000", True)
    assert account.checked_at is not None
    assert "Connected." in words(staff, answer["Location"])


@pytest.mark.parametrize("login", ["oauth1", "oauth2"])
def test_an_account_of_x_is_connected_both_ways(staff: Client, x_api: FakeXLogin, login: str) -> None:
    back = x_api.says(way(staff, begin(staff, "x", login)))
    assert staff.get(path(back)).status_code == 302
    account = Account.objects.get()
    assert (account.name, account.remote_id, account.state) == ("@sintjozef", "4242", "active")
    assert (account.renew_at is not None) == (login == "oauth2")


def test_a_number_typed_over_connects_x_without_a_public_address(staff: Client, x_api: FakeXLogin) -> None:
    page = begin(staff, "x", "oauth1", pin="yes")
    pin = x_api.says(way(staff, page))
    assert staff.post(page, {"answer": ""}).status_code == 422
    staff.post(page, {"answer": pin})
    assert Account.objects.get().credentials == x_api.credentials


def test_the_address_of_a_page_that_did_not_open_can_be_pasted(staff: Client, graph: FakeGraphLogin) -> None:
    page = begin(staff, "facebook", "login")
    back = graph.says(way(staff, page))
    wrong = staff.post(page, {"answer": "https://post.example.org/?code=x&state=y"})
    assert wrong.status_code == 422
    assert 'id="error-answer"' in wrong.content.decode()
    staff.post(page, {"answer": back})
    assert Account.objects.get().name == "Sint-Jozef"


def test_a_choice_is_offered_among_several_pages_with_what_is_missing(
    staff: Client, graph: FakeGraphLogin
) -> None:
    graph.pages += [
        RunPage("2000", "Basisschool", "token-2000"),
        RunPage("3000", "Fanclub", "t", ["ANALYZE"]),
    ]
    answer = staff.get(path(graph.says(way(staff, begin(staff, "facebook", "login")))))
    page = answer["Location"]
    shown = words(staff, page)
    assert all(name in shown for name in ("Sint-Jozef", "Basisschool", "Fanclub"))
    assert "You may not post on this Page" in shown
    assert "token-2000" not in shown
    assert graph.token not in shown
    assert staff.post(page, {"page": "3000"}).status_code == 422
    assert staff.post(page, {}).status_code == 422
    staff.post(page, {"page": "2000"})
    assert Account.objects.get().name == "Basisschool"


def test_somebody_without_a_page_reads_what_to_do(staff: Client, graph: FakeGraphLogin) -> None:
    graph.pages = []
    shown = words(staff, path(graph.says(way(staff, begin(staff, "facebook", "login")))))
    assert "nothing here that you may post on" in shown
    assert not Account.objects.exists()


def test_who_refuses_at_the_network_is_told_and_nothing_changes(
    staff: Client, graph: FakeGraphLogin, x_api: FakeXLogin
) -> None:
    for fake, network, login in (
        (graph, "facebook", "login"),
        (x_api, "x", "oauth1"),
        (x_api, "x", "oauth2"),
    ):
        back = fake.says(way(staff, begin(staff, network, login)), "no")
        assert "You did not give permission" in words(staff, path(back)), login
    assert not Account.objects.exists()


def test_a_callback_that_is_opened_again_changes_nothing(staff: Client, graph: FakeGraphLogin) -> None:
    back = path(graph.says(way(staff, begin(staff, "facebook", "login"))))
    staff.get(back)
    asked = len(graph.requests)
    assert "not open any more" in words(staff, back)
    assert len(graph.requests) == asked
    assert Account.objects.count() == 1


def test_an_address_with_another_state_or_from_another_browser_is_refused(
    staff: Client, officer: object, graph: FakeGraphLogin
) -> None:
    back = path(graph.says(way(staff, begin(staff, "facebook", "login"))))
    other = Client()
    other.force_login(officer)  # type: ignore[arg-type]
    assert "not open any more" in words(other, back)
    state = dict(parse_qsl(urlsplit(back).query))["state"]
    assert "not open any more" in words(staff, back.replace(state, "made-up"))
    assert not Account.objects.exists()
    staff.get(back)
    assert Account.objects.count() == 1


def test_two_tabs_at_once_both_come_home(staff: Client, graph: FakeGraphLogin, x_api: FakeXLogin) -> None:
    facebook, x = begin(staff, "facebook", "login"), begin(staff, "x", "oauth2")
    backs = [path(x_api.says(way(staff, x))), path(graph.says(way(staff, facebook)))]
    for back in backs:
        staff.get(back)
    assert set(Account.objects.values_list("network", flat=True)) == {"facebook", "x"}


def test_a_network_that_fails_half_way_is_said_and_the_page_to_begin_again_is_shown(
    staff: Client, graph: FakeGraphLogin
) -> None:
    graph.fault("drop_after", method="GET", path="me/accounts")
    back = path(graph.says(way(staff, begin(staff, "facebook", "login"))))
    answer = staff.get(back)
    assert answer["Location"] == reverse("account-connect", args=["facebook"])
    assert "geen duidelijk antwoord" in words(staff, answer["Location"])
    line = Activity.objects.get(level="warning")
    assert not [one for one in (*graph.users, *graph.codes, graph.app_secret) if one in line.raw]


def test_a_code_that_is_too_old_is_said_in_the_readers_page(staff: Client, x_api: FakeXLogin) -> None:
    back = path(x_api.says(way(staff, begin(staff, "x", "oauth2"))))
    x_api.later(31)
    assert "authorization code was invalid" in words(staff, back)
    assert not Account.objects.exists()


def test_connecting_again_with_another_page_asks_first(staff: Client, graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", {"page_id": "999", "access_token": "good"})
    start = begin(staff, "facebook", "login", account=account.pk)
    page = staff.get(path(graph.says(way(staff, start))))["Location"]
    assert "is not among what you opened" in words(staff, page)
    refused = staff.post(page, {"page": "1000"})
    assert refused.status_code == 422
    assert 'id="error-other"' in refused.content.decode()
    account.refresh_from_db()
    assert account.credentials["access_token"] == "good"
    staff.post(page, {"page": "1000", "other": "yes"})
    account.refresh_from_db()
    assert (account.remote_id, account.name) == ("1000", "Onze pagina")
    assert Account.objects.count() == 1


def test_a_page_that_another_account_is_already_cannot_be_taken(staff: Client, graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", {"page_id": "999", "access_token": "good"})
    connecting.connect("facebook", "Sint-Jozef", graph.credentials)
    start = begin(staff, "facebook", "login", account=account.pk)
    page = staff.get(path(graph.says(way(staff, start))))["Location"]
    refused = staff.post(page, {"page": "1000", "other": "yes"}).content.decode()
    assert "is al verbonden" in refused
    assert f'action="{page}"' in refused


def test_the_keys_of_the_apps_are_entered_and_never_shown(staff: Client) -> None:
    page = reverse("account-app", args=["facebook"])
    staff.post(page, {"app_id": "77123", "app_secret": "zeer-geheim-789"})
    assert App.objects.get().keys == {"app_id": "77123", "app_secret": "zeer-geheim-789"}
    shown = words(staff, reverse("account-apps"))
    assert "zeer-geheim-789" not in shown
    assert "77123" not in shown
    assert "Leave empty to keep it" in shown
    refused = staff.post(page, {"app_id": "88123", "app_secret": ""})
    assert refused.status_code == 422
    assert 'id="error-app_secret"' in refused.content.decode()
    assert "zeer-geheim-789" not in str(list(Activity.objects.values()))


def test_keys_of_an_app_that_cannot_be_read_any_more_are_entered_again(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.post(reverse("account-app", args=["facebook"]), {"app_id": "77", "app_secret": "geheim"})
    other = encrypted._fernet_for("another key")
    monkeypatch.setattr(encrypted, "_fernet_for", lambda secret: other)
    assert staff.get(reverse("account-apps")).status_code == 200
    staff.post(reverse("account-app", args=["facebook"]), {"app_id": "77", "app_secret": "nieuw"})
    assert App.objects.get().keys["app_secret"] == "nieuw"


def test_without_an_app_the_page_leads_to_where_it_is_entered(staff: Client) -> None:
    shown = words(staff, reverse("account-connect", args=["facebook"]))
    assert reverse("account-apps") in shown
    answer = staff.post(reverse("account-log-in", args=["facebook", "login"]))
    assert "App ID" in words(staff, answer["Location"])
    assert not Handshake.objects.exists()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("account-log-in", ["myspace", "login"]),
        ("account-log-in", ["facebook", "oauth1"]),
        ("account-log-in", ["sandbox-x", "login"]),
        ("account-app", ["sandbox-x"]),
    ],
)
def test_what_is_not_there_is_not_found(staff: Client, name: str, arguments: list[str]) -> None:
    assert staff.post(reverse(name, args=arguments)).status_code == 404


def test_a_slip_of_the_keyboard_does_not_use_up_the_login(staff: Client, x_api: FakeXLogin) -> None:
    page = begin(staff, "x", "oauth1", pin="yes")
    pin = x_api.says(way(staff, page))
    answer = staff.post(page, {"answer": "abc12"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "“abc12” is not a number" in answer.content.decode()
    staff.post(page, {"answer": f"{pin[:3]} {pin[3:]}"})
    assert Account.objects.filter(network="x").exists()


@pytest.mark.parametrize("number", ["abc", "999", "9" * 30, "-1"])
def test_an_account_that_is_not_there_is_not_connected_again(
    staff: Client, graph: FakeGraphLogin, number: str
) -> None:
    page = reverse("account-log-in", args=["facebook", "login"])
    assert staff.post(page, {"account": number}).status_code == 404


def test_a_stranger_is_sent_to_the_log_in_page(client: Client, db: None) -> None:
    answer = client.get(reverse("account-callback", args=["facebook"]) + "?code=a&state=b")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("log-in"))


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_page_renders_in_the_readers_language(
    staff: Client, graph: FakeGraphLogin, x_api: FakeXLogin, language: str
) -> None:
    graph.pages.append(RunPage("2000", "Basisschool", "t"))
    choice = staff.get(path(graph.says(way(staff, begin(staff, "facebook", "login")))))["Location"]
    pages = [
        reverse("account-apps"),
        reverse("account-connect", args=["x"]),
        begin(staff, "x", "oauth1"),
        begin(staff, "x", "oauth1", pin="yes"),
        choice,
    ]
    for page in pages:
        assert f'<html lang="{language}"' in words(staff, page, language), page


def test_typed_keys_of_another_page_ask_whether_that_is_meant(staff: Client, graph: FakeGraphLogin) -> None:
    account = connecting.connect("facebook", "Onze pagina", {"page_id": "999", "access_token": "good"})
    address = reverse("account-reconnect", args=[account.pk])
    asked = staff.post(address, graph.credentials)
    assert asked.status_code == 422
    assert 'name="other"' in asked.content.decode()
    assert staff.post(address, {**graph.credentials, "other": "yes"}).status_code == 302
    account.refresh_from_db()
    assert account.credentials["page_id"] == "1000"
