"""Every page, wide and on a phone, light and dark, in each language: all can read it and get around in it."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import open_page
from tests.installation import Installation

pytestmark = pytest.mark.browser

PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
DESK = [
    "/",
    "/entries/",
    "/entries/1/",
    "/posts/",
    "/posts/write/",
    "/newsletters/",
    "/newsletters/1/",
    "/newsletters/new/",
    "/newsletters/1/edit/",
    "/designs/",
    "/subscribers/",
    "/subscribers/1/",
    "/subscribers/1/proof/",
    "/subscribers/add/",
    "/subscribers/import/",
    "/accounts/",
    "/accounts/1/",
    "/accounts/1/hours/",
    "/accounts/1/reconnect/",
    "/accounts/apps/",
    "/accounts/connect/x/",
    "/sources/",
    "/sources/1/",
    "/activity/",
    "/settings/",
    "/settings/privacy/",
]
PUBLIC = [
    "/log-in/",
    "/newsletter/nieuws/",
    "/newsletter/nieuws/archive/",
    "/newsletter/nieuws/mailbox/",
    "/newsletter/nieuws/form/",
    "/confirm/not-a-token/",
    "/unsubscribe/not-a-token/",
    "/preferences/not-a-token/",
    "/privacy/",
    "/nowhere/",
]


@pytest.mark.parametrize("address", DESK)
def test_a_page_of_the_desk_suits_everybody(
    chromium: Browser, here: Installation, office_door: Any, address: str
):
    with open_page(chromium, here, storage_state=office_door) as page:
        page.goto(address)
        _suits_everybody(page)


def test_the_pages_of_an_issue_and_of_a_design_of_ones_own_suit_everybody(desk: Page):
    desk.goto("/designs/")
    desk.fill("[name=name]", "Eigen")
    desk.locator("form:has([name=name]) button").click()
    desk.wait_for_selector("textarea")
    _suits_everybody(desk)
    desk.goto("/newsletters/1/")
    desk.locator("form:has([name=own]) button").click()
    desk.wait_for_url("**/issues/**")
    issue = desk.url
    for page in ("", "text/", "choose/", "deliveries/"):
        desk.goto(f"{issue}{page}")
        _suits_everybody(desk)


def test_a_letter_to_a_segment_suits_everybody_and_counts_while_one_chooses(desk: Page):
    desk.goto("/subscribers/?language=nl")
    desk.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    desk.fill("#name", "Nederlandstaligen")
    desk.locator("form:has(#name) button").click()
    desk.locator("[aria-label='Segmenten'] a", has_text="Nederlandstaligen").wait_for()
    desk.goto("/newsletters/1/")
    desk.locator("form[action$='/write-letter/'] button").click()
    desk.wait_for_url("**/issues/**")
    assert desk.locator("#to-count li").count() == 0
    desk.select_option("#audience", label="Nederlandstaligen")
    desk.locator("#to-count li").wait_for()
    _suits_everybody(desk)
    desk.fill("#intro", "Dag allemaal")
    desk.locator("#words button").first.click()
    desk.locator(".facts", has_text="Nederlandstaligen").wait_for()
    _suits_everybody(desk)


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_suits_everybody(chromium: Browser, here: Installation, address: str, language: str):
    with open_page(chromium, here) as page:
        page.goto(f"{address}?lang={language}")
        _suits_everybody(page)


def _suits_everybody(page: Page) -> None:
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{page.url} is {wider} px wider than a screen of {size['width']} px"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page)
            assert found.violations_count == 0, (
                f"{page.url} {size['width']} {scheme}\n{found.generate_report()}"
            )
