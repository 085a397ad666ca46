"""A real Chromium before a real Outreach: one process, SQLite, with fakes for the world around it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.installation import Installation
from tests.processes import wait_for

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PASSWORD = "Een lang wachtwoord voor Els"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine. Where there is none, the reason says how to get one."""
    with sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        if program is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip(
                "no Chromium here: apt install chromium, or .venv/bin/python -m playwright install chromium"
            )
        # A root user, as in CI, has no sandbox; /dev/shm is small in containers.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An Outreach with one account on each network, a newsletter with two readers, and a watched site."""
    with Installation(tmp_path_factory.mktemp("browser")) as installation:
        installation.site.add_article("Al lang gelezen")
        installation.furnish(subscribers=2)
        installation.serve()
        yield installation


@pytest.fixture(scope="module")
def office_door(chromium: Browser, here: Installation) -> Any:
    """The cookies of the officer, who made the first account at the address that `outreach serve` shows."""
    wait_for(lambda: "/set-up/?key=" in here.running["serve"].said(), 20, "the address for the first account")
    [address] = re.findall(r"http://\S*/set-up/\?key=\S+", here.running["serve"].said())
    context = _context(chromium, here)
    page = context.new_page()
    page.goto(address)
    page.fill("[name=organisation]", "Kleurrijk")
    page.fill("[name=site_url]", "https://kleurrijk.example/")
    page.fill("[name=username]", "els")
    page.fill("[name=email]", "els@kleurrijk.example")
    for field in page.locator("[type=password]").all():
        field.fill(PASSWORD)
    page.click("main button.primary")
    page.wait_for_selector("nav.side-nav")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def desk(chromium: Browser, here: Installation, office_door: Any) -> Iterator[Page]:
    """A page in which the officer is logged in."""
    with open_page(chromium, here, storage_state=office_door) as page:
        yield page


@pytest.fixture
def visitor(chromium: Browser, here: Installation) -> Iterator[Page]:
    """A page of somebody who never logs in."""
    with open_page(chromium, here) as page:
        yield page


def _context(browser: Browser, here: Installation, **options: Any) -> BrowserContext:
    """A fresh browser profile, as a reader in Flanders has it."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{here.port}",
        locale="nl-BE",
        timezone_id="Europe/Brussels",
        reduced_motion="reduce",  # else axe sees colours in the middle of a transition
        **options,
    )
    context.set_default_timeout(20_000)
    return context


@contextmanager
def open_page(browser: Browser, here: Installation, **options: Any) -> Iterator[Page]:
    """A page; what it asks of another host, or a script complains about, fails the test."""
    context = _context(browser, here, **options)
    own = (f"http://127.0.0.1:{here.port}/", "data:", "blob:", "about:")
    trouble: list[str] = []
    context.on("request", lambda sent: None if sent.url.startswith(own) else trouble.append(sent.url))
    context.on("weberror", lambda error: trouble.append(str(error.error)))
    context.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    yield context.new_page()
    context.close()
    assert not [line for line in trouble if not _expected(line)]


def _expected(line: str) -> bool:
    """What a browser complains about though all is well.

    A form was answered with 422, or a page with 404: so it was. And htmx takes it for an error that a form is
    sent while its preview is still asked for.
    """
    answered = line.startswith("Failed to load resource") and ("422" in line or "404" in line)
    return answered or line.startswith(("htmx:sendAbort", "htmx:afterRequest"))
