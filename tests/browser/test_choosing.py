"""From sign-up to being forgotten, by keyboard alone, in each language; axe finds nothing on the way."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.signing import Signer
from playwright.sync_api import Page, expect

from tests.installation import Installation
from tests.processes import wait_for

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_a_reader_comes_chooses_leaves_and_is_forgotten_by_keyboard_alone(
    visitor: Page, here: Installation, language: str
) -> None:
    address = f"toets-{language}@lezer.example"
    _sign_up(visitor, language, address)
    _confirm(visitor, here, language, address)
    links = _links(here, address)
    _choose(visitor, links["preferences"], language)
    _leave(visitor, links["unsubscribe"], language)
    _be_forgotten(visitor, links["preferences"], language)
    assert here.count("subscribers_subscriber", address=address) == 0


def _sign_up(page: Page, language: str, address: str) -> None:
    page.goto(f"/newsletter/nieuws/?lang={language}")
    _suits(page)
    _tab_to(page, "input[type=email]")
    page.keyboard.type(address)
    _press(page)
    page.wait_for_url("**/mailbox/**")
    _suits(page)


def _confirm(page: Page, here: Installation, language: str, address: str) -> None:
    wait_for(lambda: here.office.received()[address] == 1, 60, "the mail that asks")
    [mail] = [arrived for arrived in here.office.mails if arrived.to == address]
    text = mail.message.get_body(("plain",)).get_content()
    [link] = re.findall(rf"http://127.0.0.1:{here.port}(/confirm/\S+)", text)
    page.goto(f"{link}?lang={language}")
    _suits(page)
    _tab_to(page, "main form button")
    _press(page)
    _suits(page)


def _links(here: Installation, address: str) -> dict[str, str]:
    """The links at the foot of each newsletter, as the installation signs them."""
    [(number,)] = here.rows(f"SELECT id FROM subscribers_subscriber WHERE address = '{address}'")
    [(topic,)] = here.rows("SELECT topic FROM newsletters_newsletter WHERE slug = 'nieuws'")
    found = {}
    for purpose, about in (("preferences", ""), ("unsubscribe", topic)):
        signer = Signer(key=here.env["OUTREACH_SECRET_KEY"], salt=f"outreach.subscribers.{purpose}", sep=".")
        found[purpose] = f"/{purpose}/{signer.sign_object([number, about])}/"
    return found


def _choose(page: Page, path: str, language: str) -> None:
    page.goto(f"{path}?lang={language}")
    _suits(page)
    _tab_to(page, "input[name=newsletter]")
    expect(page.locator("input[name=newsletter]").first).to_be_checked()
    _tab_to(page, "input[name=name]")
    page.keyboard.type("Toets")
    _tab_to(page, "input[name=tracking]")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    _press(page)
    page.wait_for_url("**saved=yes**")
    _suits(page)
    expect(page.locator("[role=status]")).to_be_visible()
    expect(page.locator("input[name=name]")).to_have_value("Toets")
    expect(page.locator("input[name=tracking]")).to_be_checked()


def _leave(page: Page, path: str, language: str) -> None:
    page.goto(f"{path}?lang={language}")
    _suits(page)
    _tab_to(page, "main form button")
    _press(page)
    expect(page.locator("input[name=why]").first).to_be_visible()
    _suits(page)
    _tab_to(page, "input[name=why]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    _tab_to(page, "textarea")
    page.keyboard.type("Met het toetsenbord")
    page.keyboard.press("Tab")
    _press(page)
    page.wait_for_url("**/reason/**")
    _suits(page)


def _be_forgotten(page: Page, path: str, language: str) -> None:
    page.goto(f"{path}?lang={language}")
    expect(page.locator("input[name=newsletter]").first).not_to_be_checked()
    _tab_to(page, "a[href*='/erase/']")
    _press(page)
    page.wait_for_url("**/erase/**")
    _suits(page)
    _tab_to(page, "main form button")
    _press(page)
    expect(page.locator("main form")).to_have_count(0)
    _suits(page)
    page.goto(f"/privacy/?lang={language}")
    _suits(page)


def _press(page: Page) -> None:
    """Enter, and the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the first element that `wanted` names has the focus."""
    for _ in range(60):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by keyboard on {page.url}")


def _suits(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
