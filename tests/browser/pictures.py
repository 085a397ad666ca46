"""Takes the pictures of the README and the staff guide from the demo: `python -m tests.browser.pictures`."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from hatch_build import compile_catalogues
from tests.browser.conftest import NAMES
from tests.processes import ROOT, Process, answers, free_port, python, wait_for

FOLDER = ROOT / "docs/images"
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
TEXT = "Vrijdag 4 december blijft de leeszaal dicht. Maandag ben je weer welkom."


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    compile_catalogues(ROOT)  # otherwise a fresh clone speaks English
    with _demo() as address, sync_playwright() as playwright:
        program = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for kind, (width, height) in SIZES.items():
            _all(browser, address, kind, width, height)
        browser.close()


@contextmanager
def _demo() -> Iterator[str]:
    """A demo whose first newsletter has arrived."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "OUTREACH_DATA_DIR": folder}
        words = python("-m", "outreach", "serve", "--demo", "--port", str(port))
        process = Process(words, Path(folder) / "log", env)
        try:
            wait_for(lambda: answers(port), 60, "the demo")
            wait_for(lambda: list(Path(folder).glob("demo/inbox/new/*")), 120, "the newsletter")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stop()


def _all(browser: Browser, address: str, kind: str, width: int, height: int) -> None:
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale="nl-BE",
        reduced_motion="reduce",
        device_scale_factor=1,
    )
    page = context.new_page()
    page.goto("/log-in/")
    page.click("form[action$='/log-in/demo/'] button")
    page.wait_for_url("**/")
    for name, where in {"home": "/", "posts": "/posts/?tab=waiting", "newsletters": "/issues/1/"}.items():
        page.goto(where)
        page.wait_for_load_state("networkidle")
        _take(page, f"{name}-{kind}")
    if kind == "wide":
        _newsletters(page)
    page.goto("/posts/write/")
    page.fill("#text", TEXT)
    page.wait_for_timeout(1000)
    _take(page, f"write-{kind}")
    page.goto("/inbox/")
    page.locator("main a[href^='/inbox/']").first.click()
    page.goto(str(page.locator("iframe").get_attribute("src")))
    page.wait_for_timeout(500)
    _take(page, f"newsletter-{kind}", whole=True)
    context.close()


def _newsletters(page: Page) -> None:
    """When a newsletter goes out and how it looks, and a draft with a text of one's own."""
    page.goto("/newsletters/1/edit/")
    page.select_option("[name=every_weeks]", "2")
    page.check("[name=weekdays][value='3']")
    page.wait_for_timeout(1000)
    page.evaluate("document.querySelector('fieldset.schedule').scrollIntoView()")
    _take(page, "schedule-wide")
    page.goto("/newsletters/1/")
    page.click("button:has-text('Schrijf zelf een editie')")
    page.click("button:has-text('Voeg een tekst toe')")
    page.fill("#heading", "De leeszaal is even dicht")
    page.fill("#words", TEXT)
    page.click("main form button.primary")
    page.goto(page.url.partition("#")[0])
    page.wait_for_timeout(1000)
    _take(page, "draft-wide")


def _take(page: Page, name: str, *, whole: bool = False) -> None:
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(160, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
