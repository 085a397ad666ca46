"""Connecting, looking at and pausing accounts."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from outreach.core.errors import BadInput
from outreach.core.models import Activity, subject_of
from outreach.core.sentences import say
from outreach.networks.base import Health, Problem
from outreach.networks.errors import Ambiguous, AuthBroken
from outreach.posts.accounts import connecting, health, pausing, reaching
from outreach.posts.models import Account
from tests.posts.fakes import Fake, error

pytestmark = pytest.mark.django_db

GIVEN = {"token": "geheim", "handle": "leraren"}


@pytest.mark.parametrize(
    ("network", "name", "credentials", "field"),
    [
        ("myspace", "Leraren", GIVEN, "network"),
        ("x", "  ", GIVEN, "name"),
        ("x", "a" * 201, GIVEN, "name"),
        ("x", "Leraren", {"token": "geheim"}, "handle"),
        ("x", "Leraren", {"token": " ", "handle": "leraren"}, "token"),
    ],
)
def test_what_cannot_be_connected_is_named_and_nothing_is_kept(
    network: str, name: str, credentials: dict[str, str], field: str
) -> None:
    with pytest.raises(BadInput) as caught:
        connecting.connect(network, name, credentials)
    assert caught.value.field == field
    assert not Account.objects.exists()


def test_an_empty_token_never_replaces_a_good_one() -> None:
    connecting.connect("x", "Leraren", GIVEN)
    again = connecting.connect("x", " Leraren ", {"token": "", "handle": "nieuw"})
    assert Account.objects.get().credentials == {"token": "geheim", "handle": "nieuw"}
    assert again == Account.objects.get()


def test_only_what_the_network_asks_for_is_kept() -> None:
    assert connecting.connect("x", "Leraren", {**GIVEN, "csrf": "1"}).credentials == GIVEN


def test_secrets_are_not_in_the_database_in_the_clear_nor_in_the_log() -> None:
    account = connecting.connect("x", "Leraren", GIVEN)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM posts_account")
        assert "geheim" not in str(cursor.fetchall())
    assert "geheim" not in str(list(Activity.objects.values()))
    assert "geheim" not in repr(reaching.connection_of(account))


def test_two_practice_accounts_never_share_a_folder() -> None:
    connecting.connect("sandbox-x", "Mijn school", {"token": "t", "handle": "h"})
    with pytest.raises(BadInput) as caught:
        connecting.connect("sandbox-facebook", "mijn  school", {"token": "t"})
    assert caught.value.field == "name"


def test_a_practice_account_has_its_own_folder_and_others_the_addresses_of_the_settings(
    x: Account, facebook: Account, settings: object
) -> None:
    settings.DATA_DIR = Path("/data")  # type: ignore[attr-defined]
    settings.FACEBOOK_API_VERSION = "v99.0"  # type: ignore[attr-defined]
    practice = Account(network="sandbox-x", name="Mijn school")
    assert reaching.connection_of(practice).credentials["folder"] == "/data/sandbox/mijn-school"
    assert reaching.connection_of(facebook).api_version == "v99.0"
    assert reaching.connection_of(x).api_url.startswith("https://")


def test_a_check_tells_what_is_wrong_and_keeps_who_it_is(
    x: Account, net: dict[str, Fake], now: datetime
) -> None:
    net["x"].health = Health("Leraren", "42", (Problem.of("ends", say("The token ends tomorrow.")),))
    assert [str(one) for one in health.check(x).problems] == ["The token ends tomorrow."]
    assert (x.remote_id, x.checked_at, x.state) == ("42", now, "active")
    assert Activity.objects.filter(subject=subject_of(x), level="warning").count() == 1


def test_a_check_that_finds_a_broken_token_pauses_the_account(x: Account, net: dict[str, Fake]) -> None:
    net["x"].health = error(AuthBroken)
    assert health.check(x).problems
    assert (x.state, str(x.reason)) == ("paused", "It said no.")


def test_a_check_without_an_answer_changes_nothing(x: Account, net: dict[str, Fake]) -> None:
    net["x"].health = error(Ambiguous)
    assert health.check(x).problems
    assert x.state == "active"


def test_pausing_and_resuming_twice_is_harmless(x: Account, now: datetime) -> None:
    for _ in range(2):
        pausing.pause(x, why="Vakantie")
        assert (x.state, str(x.reason)) == ("paused", "Paused: Vakantie")
    Account.objects.update(not_before=now + timedelta(hours=6))
    for _ in range(2):
        pausing.resume(x)
        assert (x.state, str(x.reason), x.not_before) == ("active", "", None)
    assert Activity.objects.filter(subject=subject_of(x)).count() == 2
