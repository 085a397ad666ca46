"""Accounts and the sandbox timeline in the pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach import networks
from outreach.core import clock
from outreach.core.models import Activity
from outreach.posts import writing
from outreach.posts.accounts import connecting
from outreach.posts.approving import approve, fingerprint
from outreach.posts.models import Account
from outreach.posts.sending import publishing

pytestmark = pytest.mark.django_db


@pytest.fixture
def sandbox(staff: Client) -> Account:
    staff.post(
        reverse("account-connect", args=["sandbox-facebook"]), {"name": "Oefenpagina", "automatic": "yes"}
    )
    return Account.objects.get()


def test_a_sandbox_account_is_connected_with_a_name_alone(sandbox: Account) -> None:
    assert (sandbox.name, sandbox.automatic, sandbox.state) == ("Oefenpagina", True, Account.State.ACTIVE)


def test_credentials_that_are_missing_are_named_and_nothing_is_stored(staff: Client) -> None:
    first = networks.get("x").credentials[0]
    response = staff.post(reverse("account-connect", args=["x"]), {"name": "@leraren"})
    assert response.status_code == 422
    assert f'id="error-{first.key}"' in response.content.decode()
    assert not Account.objects.exists()


def test_a_secret_is_never_put_back_into_a_page(staff: Client) -> None:
    secrets = [one.key for one in networks.get("x").credentials if one.secret]
    form = {"name": "@leraren", secrets[0]: "zeer-geheim-123"}
    response = staff.post(reverse("account-connect", args=["x"]), form)
    assert "zeer-geheim-123" not in response.content.decode()
    account = Account.objects.create(
        network="x", name="@leraren", credentials={secrets[0]: "zeer-geheim-456"}
    )
    for name in ("account", "account-reconnect"):
        assert "zeer-geheim-456" not in staff.get(reverse(name, args=[account.pk])).content.decode()


def test_an_account_is_paused_and_resumed(staff: Client, sandbox: Account) -> None:
    staff.post(reverse("account-pause", args=[sandbox.pk]))
    sandbox.refresh_from_db()
    assert sandbox.state == Account.State.PAUSED
    staff.post(reverse("account-resume", args=[sandbox.pk]))
    sandbox.refresh_from_db()
    assert sandbox.state == Account.State.ACTIVE


def test_automatic_posting_is_switched_and_written_down(staff: Client, sandbox: Account) -> None:
    staff.post(reverse("account-automatic", args=[sandbox.pk]), {"automatic": "no"})
    sandbox.refresh_from_db()
    assert not sandbox.automatic
    assert Activity.objects.filter(subject=f"account:{sandbox.pk}", actor__isnull=False).exists()


def test_check_now_says_how_the_account_is(staff: Client, sandbox: Account) -> None:
    staff.post(reverse("account-check", args=[sandbox.pk]))
    sandbox.refresh_from_db()
    assert sandbox.checked_at is not None
    assert staff.get(reverse("account", args=[sandbox.pk])).status_code == 200


def test_the_timeline_shows_exactly_what_was_posted(staff: Client, sandbox: Account) -> None:
    text = 'Infodag: "kom & kijk" <b>niet vet</b>'
    post = writing.write(text=text, link="https://www.example.org/infodag", accounts=[sandbox], language="nl")
    writing.submit(post, None)
    approve(post, None, seen=fingerprint(post))
    assert publishing.publish_one(clock.now() + timedelta(minutes=1))
    page = staff.get(reverse("timeline", args=[sandbox.pk])).content.decode()
    assert "Infodag: &#34;kom &amp; kijk&#34; &lt;b&gt;niet vet&lt;/b&gt;" in page
    assert "https://www.example.org/infodag" in page


def test_only_a_sandbox_account_has_a_timeline(staff: Client) -> None:
    account = Account.objects.create(network="x", name="@leraren")
    assert staff.get(reverse("timeline", args=[account.pk])).status_code == 404


def test_an_account_with_a_name_that_is_taken_is_refused(staff: Client, sandbox: Account) -> None:
    response = staff.post(reverse("account-connect", args=["sandbox-facebook"]), {"name": "Oefenpagina"})
    assert response.status_code == 422
    assert 'id="error-name"' in response.content.decode()


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_page_renders_in_the_readers_language(staff: Client, language: str) -> None:
    account = connecting.connect("sandbox-x", "@oefening", {})
    pages = [
        reverse("accounts"),
        reverse("account", args=[account.pk]),
        reverse("timeline", args=[account.pk]),
        *(reverse("account-connect", args=[name]) for name in networks.NAMES),
    ]
    for page in pages:
        answer = staff.get(page, headers={"Accept-Language": language}).content.decode()
        assert f'<html lang="{language}"' in answer, page
