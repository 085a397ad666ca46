"""What people come to do, done as they do it: in a real browser, by hand and eye."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import open_page
from tests.fakes.website import png
from tests.installation import Installation
from tests.processes import wait_for

pytestmark = pytest.mark.browser


def test_a_post_that_the_officer_writes_goes_out_as_it_was_shown(desk: Page, here: Installation):
    desk.goto("/posts/write/")
    desk.fill("#text", "Vrijdag is de bibliotheek gesloten.")
    desk.fill("#link", "https://kleurrijk.example/bibliotheek")
    for box in desk.locator("[name=accounts]").all():
        box.check()
    shown = desk.locator("#previews")
    expect(shown).to_contain_text("Vrijdag is de bibliotheek gesloten.")
    before = len(here.graph.posts), len(here.x.posts)
    desk.click("[name=action][value=approve]")
    wait_for(lambda: (len(here.graph.posts), len(here.x.posts)) == (before[0] + 1, before[1] + 1), 60)
    on_facebook, on_x = here.graph.posts[-1], here.x.posts[-1]
    assert on_facebook["message"] == "Vrijdag is de bibliotheek gesloten."
    assert on_x["text"].startswith(
        "Vrijdag is de bibliotheek gesloten.\n\nhttps://kleurrijk.example/bibliotheek"
    )


def test_a_text_that_is_too_long_is_said_beside_the_field_and_nothing_typed_is_lost(desk: Page):
    desk.goto("/posts/write/")
    desk.fill("#text", "Te lang. " * 60)
    for box in desk.locator("[name=accounts]").all():
        box.check()
    desk.click("[name=action][value=approve]")
    expect(desk.locator(".error").first).to_be_visible()
    assert desk.input_value("#text").startswith("Te lang. Te lang.")
    assert desk.locator("[name=accounts]:checked").count() == desk.locator("[name=accounts]").count()


def test_a_picture_needs_words_before_it_goes_out(desk: Page):
    desk.goto("/posts/write/")
    desk.fill("#text", "Onze nieuwe affiche")
    desk.set_input_files("#image", {"name": "a.png", "mimeType": "image/png", "buffer": png(400, 300)})
    desk.locator("[name=accounts]").first.check()
    desk.click("[name=action][value=approve]")
    expect(desk.locator(".wrong #image_alt_0")).not_to_have_count(0)


def test_an_article_of_the_website_is_followed_to_where_it_was_posted(desk: Page, here: Installation):
    here.site.add_article("Toneel voor kleuters", summary="Een dag vol spel.")
    desk.goto("/sources/")
    desk.locator("main a[href^='/sources/']", has_text="Site").first.click()
    desk.locator("form[action$='/look/'] button").first.click()
    wait_for(lambda: here.count("feeds_entry", title="Toneel voor kleuters") == 1, 60, "the article")
    entry = here.rows("SELECT id FROM feeds_entry WHERE title = 'Toneel voor kleuters'")[0][0]
    wait_for(
        lambda: here.count("posts_publication", state="published", post_id=str(_post_of(here, entry))) == 2,
        60,
        "both posts",
    )
    desk.goto("/entries/")
    desk.locator("main a", has_text="Toneel voor kleuters").first.click()
    assert desk.locator("h1").inner_text() == "Toneel voor kleuters"
    expect(desk.locator("main a[href^='/posts/']").first).to_be_visible()


def test_an_issue_is_looked_at_approved_and_left_by_its_own_link(desk: Page, here: Installation):
    here.site.add_article("Rekenen met knikkers", summary="Tellen tot twintig.")
    here.command("source", "poll", "1")
    desk.goto("/newsletters/1/")
    desk.locator("form[action$='/make-now/'] button.primary").click()
    desk.fill("#subject", "Knikkers in de klas")
    desk.fill("#intro", "Dag **allemaal**")
    desk.locator("#words button").first.click()
    mail = desk.frame_locator("iframe")
    expect(mail.locator("h1")).to_have_text("Nieuws")
    expect(mail.locator("strong")).to_have_text("allemaal")
    desk.locator("#words details summary").click()
    desk.locator("button[formaction$='/approve/']").click()
    wait_for(lambda: here.count("newsletters_issue", state="sent") >= 1, 60, "the issue")
    assert {mail.message["Subject"] for mail in here.office.mails} == {"Knikkers in de klas"}
    assert here.office.received() == {"lezer0@example.org": 1, "lezer1@example.org": 1}
    desk.goto(_link(here, "lezer1@example.org", "unsubscribe"))
    assert not _left(here)  # opening it does nothing: scanners open every link
    desk.locator("main form button").first.click()
    wait_for(lambda: _left(here) == 1, 20)


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_somebody_signs_up_by_keyboard_alone(visitor: Page, here: Installation, language: str):
    address, before = f"nieuw-{language}@example.org", here.count("subscribers_knock", proven="1")
    visitor.goto(f"/newsletter/nieuws/?lang={language}")
    _tab_to(visitor, "address")
    visitor.keyboard.type(address)
    visitor.keyboard.press("Enter")
    visitor.wait_for_url("**/mailbox/**")
    assert here.count("subscribers_knock", proven="1") == before + 1  # the browser did its sum meanwhile
    wait_for(lambda: here.office.received()[address] == 1, 60, "the mail that asks")
    visitor.goto(_link(here, address, "confirm"))
    assert Axe().run(visitor).violations_count == 0
    visitor.locator("main button").first.press("Enter")
    wait_for(lambda: here.count("subscribers_subscriber", address=address, state="confirmed") == 1, 20)


def test_somebody_whose_browser_runs_no_scripts_signs_up_too(chromium: Browser, here: Installation):
    with open_page(chromium, here, java_script_enabled=False) as page:
        page.goto("/newsletter/nieuws/")
        page.fill("#address", "zonder@example.org")
        page.click("main form button")
        page.wait_for_url("**/mailbox/**")
    wait_for(lambda: here.office.received()["zonder@example.org"] == 1, 60, "the mail that asks")


def _post_of(here: Installation, entry: int) -> int:
    found = here.rows(f"SELECT id FROM posts_post WHERE entry_id = {entry}")
    return int(found[0][0]) if found else 0


def _left(here: Installation) -> int:
    rows = here.rows("SELECT count(*) FROM subscribers_subscription WHERE left_at IS NOT NULL")
    return int(rows[0][0])


def _tab_to(page: Page, field: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == field:
            return
    raise AssertionError(f"{field} cannot be reached by keyboard")


def _link(here: Installation, address: str, kind: str) -> str:
    [mail] = [arrived for arrived in here.office.mails if arrived.to == address]
    text = mail.message.get_body(("plain",)).get_content()
    [link] = re.findall(rf"http://\S*/{kind}/\S+", text)
    return link
