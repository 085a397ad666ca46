"""Connecting accounts as an officer does it: from our page to the network's own, and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fakes.graph_login import FakeGraphLogin, RunPage
from tests.fakes.x_login import FakeXLogin
from tests.installation import Installation

pytestmark = pytest.mark.browser


class Connecting(Installation):
    """An Outreach without accounts, before networks at which people log in."""

    graph: FakeGraphLogin
    x: FakeXLogin

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.graph, self.x = FakeGraphLogin(), FakeXLogin()
        base = f"http://127.0.0.1:{self.port}/accounts/callback"
        self.graph.redirects, self.x.callbacks = {f"{base}/facebook/"}, {f"{base}/x/"}

    @property
    def env(self) -> dict[str, str]:
        """With the networks' log-in pages."""
        pages = {"OUTREACH_FACEBOOK_LOGIN_URL": self.graph.url, "OUTREACH_X_LOGIN_URL": self.x.url}
        return super().env | pages


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connecting]:
    with Connecting(tmp_path_factory.mktemp("connecting")) as installation:
        installation.serve()
        yield installation


@pytest.fixture
def desk(chromium: Browser, here: Connecting, office_door: Any) -> Iterator[Page]:
    """A page in which the officer is logged in; it may go to the networks."""
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{here.port}", locale="nl-BE", storage_state=office_door
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def keys(desk: Page, network: str, **values: str) -> None:
    """The keys of an app, typed in once."""
    desk.goto("/accounts/")
    desk.click("main a[href='/accounts/apps/']")
    form = desk.locator(f"form#{network}")
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button").click()
    desk.wait_for_url("**/accounts/apps/")


def test_the_officer_connects_one_of_two_pages_of_facebook(desk: Page, here: Connecting) -> None:
    here.graph.pages.append(RunPage("2000", "Kleurrijk Oud", "token-2000", ["ANALYZE"]))
    here.graph.pages.append(RunPage("3000", "Kleurrijk Kamp", "token-3000"))
    keys(desk, "facebook", **here.graph.app_keys)
    desk.goto("/accounts/")
    desk.click("main a[href='/accounts/connect/facebook/']")
    desk.click("form[action$='/facebook/login/'] button.primary")
    desk.click("main a.button.primary")
    desk.wait_for_selector("text=Let the app post on your Pages?")
    desk.click("text=yes")
    desk.wait_for_url("**/accounts/choose/**")
    assert "code=" not in desk.url
    expect(desk.locator("[value='2000']")).to_be_disabled()
    desk.check("[value='1000']")
    desk.click("main button.primary")
    desk.wait_for_selector("h1:has-text('Sint-Jozef')")
    [row] = here.rows("SELECT remote_id, state, credentials FROM posts_account WHERE network = 'facebook'")
    assert row[:2] == ("1000", "active")
    assert here.graph.token not in row[2]


def test_the_officer_thinks_again_at_x_and_then_connects(desk: Page, here: Connecting) -> None:
    keys(desk, "x", **here.x.app_keys)
    for answer in ("no", "yes"):
        desk.goto("/accounts/connect/x/")
        desk.click("details:has(form[action$='/x/oauth2/']) summary")
        desk.click("form[action$='/x/oauth2/'] button")
        desk.click("main a.button.primary")
        desk.click(f"text={answer}")
        desk.wait_for_selector("nav.side-nav")
        assert here.count("posts_account", network="x") == (answer == "yes")
    expect(desk.locator("h1")).to_have_text("@sintjozef")
    desk.go_back()  # to the page from which the browser left: it is used up, and says so
    assert here.count("posts_account", network="x") == 1


def test_x_is_connected_again_with_the_number_that_it_shows(desk: Page, here: Connecting) -> None:
    [(account,)] = here.rows("SELECT id FROM posts_account WHERE network = 'x'")
    desk.goto(f"/accounts/{account}/reconnect/")
    desk.click("form[action$='/x/oauth1/'] [name=pin]")
    with desk.expect_popup() as opened:
        desk.click("main a.button.primary")
    opened.value.click("text=yes")
    number = opened.value.locator("code").inner_text()
    desk.fill("#answer", number)
    desk.click("main form button")
    desk.wait_for_selector("h1:has-text('@sintjozef')")
    [row] = here.rows("SELECT state, renew_at FROM posts_account WHERE network = 'x'")
    assert row == ("active", None)
