"""Connecting an account from a server without a browser: real commands, and a person beside them."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Outreach, Ran
from tests.fakes.graph_login import FakeGraphLogin, RunPage
from tests.fakes.x_login import FakeXLogin
from tests.processes import ROOT, python

BASE = "https://post.example.org"
Person = Callable[[str], str]


@pytest.fixture
def graph() -> Iterator[FakeGraphLogin]:
    with FakeGraphLogin() as fake:
        fake.redirects = {f"{BASE}/accounts/callback/facebook/"}
        yield fake


@pytest.fixture
def x_api() -> Iterator[FakeXLogin]:
    with FakeXLogin() as fake:
        fake.callbacks = {f"{BASE}/accounts/callback/x/"}
        yield fake


@pytest.fixture
def env(tmp_path: Path, graph: FakeGraphLogin, x_api: FakeXLogin) -> dict[str, str]:
    return {
        "OUTREACH_BASE_URL": BASE,
        "OUTREACH_DATA_DIR": str(tmp_path / "data"),
        "OUTREACH_DATABASE_URL": f"sqlite:///{tmp_path / 'data' / 'outreach.sqlite3'}",
        "OUTREACH_LANGUAGE": "en",
        "OUTREACH_FACEBOOK_API_URL": graph.url,
        "OUTREACH_FACEBOOK_LOGIN_URL": graph.url,
        "OUTREACH_FACEBOOK_APP_ID": graph.app,
        "OUTREACH_FACEBOOK_APP_SECRET": graph.app_secret,
        "OUTREACH_X_API_URL": x_api.url,
        "OUTREACH_X_LOGIN_URL": x_api.url,
        **{f"OUTREACH_X_{key.upper()}": value for key, value in x_api.app_keys.items()},
    }


def connect(env: dict[str, str], person: Person, *words: str) -> Ran:
    """The command; a person opens the address that it shows, and types what they are given there."""
    command = subprocess.Popen(
        python("-m", "outreach", "account", "connect", *words),
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert command.stdin is not None
    assert command.stderr is not None
    read = ""
    while not (shown := re.search(r"^(http\S+)\n\n.*:\n", read, re.MULTILINE)):
        line = command.stderr.readline()
        assert line, read
        read += line
    out, err = command.communicate(person(shown.group(1)) + "\n")
    assert "Traceback" not in err, err
    return Ran(command.returncode, out, read + err)


def accounts(outreach: Outreach) -> list[Any]:
    return list(outreach("account", "list", "--json").data)


def test_x_is_connected_with_a_number(outreach: Outreach, env: dict[str, str], x_api: FakeXLogin) -> None:
    ran = connect(env, x_api.says, "x", "Sint-Jozef op X", "--json")
    assert ran.code == 0, ran.out
    assert json.loads(ran.out)["remote_id"] == "4242"
    assert [one["name"] for one in accounts(outreach)] == ["Sint-Jozef op X"]


def test_x_is_connected_with_a_pasted_address(env: dict[str, str], x_api: FakeXLogin) -> None:
    ran = connect(env, x_api.says, "x", "Sint-Jozef op X", "--way", "oauth2")
    assert (ran.code, ran.out) == (0, "Sint-Jozef op X is connected.\n")


def test_facebook_is_connected_with_a_pasted_address_and_again_under_the_same_name(
    outreach: Outreach, env: dict[str, str], graph: FakeGraphLogin
) -> None:
    for _ in range(2):
        ran = connect(env, graph.says, "facebook", "Onze pagina", "--json")
        assert (ran.code, json.loads(ran.out)["remote_id"]) == (0, "1000")
    assert [one["name"] for one in accounts(outreach)] == ["Onze pagina"]
    assert graph.token not in ran.out + ran.err


def test_of_several_pages_one_is_named(
    outreach: Outreach, env: dict[str, str], graph: FakeGraphLogin
) -> None:
    graph.pages.append(RunPage("2000", "Basisschool", "token-2000"))
    ran = connect(env, graph.says, "facebook", "Onze pagina", "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["field"] == "page"
    assert "1000 (Sint-Jozef), 2000 (Basisschool)" in json.loads(ran.out)["sentence"]
    assert accounts(outreach) == []
    ran = connect(env, graph.says, "facebook", "Onze pagina", "--page", "2000", "--json")
    assert json.loads(ran.out)["remote_id"] == "2000"


def test_another_page_under_the_same_name_is_refused_unless_it_is_meant(
    env: dict[str, str], graph: FakeGraphLogin
) -> None:
    connect(env, graph.says, "facebook", "Onze pagina")
    graph.pages = [RunPage("2000", "Basisschool", "token-2000")]
    ran = connect(env, graph.says, "facebook", "Onze pagina", "--json")
    assert (ran.code, json.loads(ran.out)["field"]) == (2, "other")
    assert connect(env, graph.says, "facebook", "Onze pagina", "--other").code == 0


@pytest.mark.parametrize(("answer", "field"), [("", "answer"), ("https://elders.example/?code=1", "answer")])
def test_what_is_pasted_wrong_is_refused_in_words(env: dict[str, str], answer: str, field: str) -> None:
    ran = connect(env, lambda _: answer, "facebook", "Onze pagina", "--json")
    assert (ran.code, json.loads(ran.out)["field"]) == (2, field)


def test_who_refuses_at_the_network_is_told(env: dict[str, str], x_api: FakeXLogin) -> None:
    ran = connect(env, lambda url: x_api.says(url, "no"), "x", "Wij", "--way", "oauth2", "--json")
    assert ran.code == 1
    assert "did not give permission" in json.loads(ran.out)["sentence"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("sandbox-x", "Wij"), "network"),
        (("myspace", "Wij"), "network"),
        (("x", "Wij", "--way", "oauth3"), "way"),
        (("facebook", "Wij"), "app_id"),
    ],
)
def test_what_cannot_be_begun_is_named(outreach: Outreach, words: tuple[str, ...], field: str) -> None:
    ran = outreach("account", "connect", *words, "--json")
    assert (ran.code, ran.data["field"]) == (2, field)


def test_the_keys_of_an_app_are_entered_from_a_file_and_not_shown(outreach: Outreach) -> None:
    keys = json.dumps({"app_id": "77", "app_secret": "zeer-geheim"})
    ran = outreach("account", "app", "facebook", "--keys", "-", "--json", stdin=keys)
    assert (ran.code, ran.data["keys"]["app_secret"]) == (0, "here")
    assert "zeer-geheim" not in ran.out + ran.err
    ran = outreach("account", "app", "facebook", "--keys", "-", "--json", stdin='{"app_id": "twee woorden"}')
    assert (ran.code, ran.data["field"]) == (2, "app_id")
