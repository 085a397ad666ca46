"""The demo, in a real process."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.demo.articles import COMING
from tests.newcomer import Newcomer
from tests.processes import wait_for

NEW = COMING[0].title


@pytest.fixture
def newcomer(tmp_path: Path) -> Iterator[Newcomer]:
    visitor = Newcomer(tmp_path)
    yield visitor
    visitor.process.kill()
    print(visitor.process.said())


def test_within_a_minute_the_article_is_on_both_timelines_and_in_a_newsletter(newcomer: Newcomer) -> None:
    newcomer.enter()
    home, facebook, x, inbox = newcomer.named()
    for timeline in (facebook, x):
        wait_for(lambda path=timeline: NEW in newcomer.page(path), 60, f"the article on {timeline}")
    wait_for(lambda: "Kleurrijk nieuws" in newcomer.page(inbox), 60, "the newsletter")
    letters = re.findall(rf'href="({inbox}[^"]+)"', newcomer.page(inbox))
    assert NEW in newcomer.page(letters[0])
    # What went out is there once, whatever the ticks did meanwhile.
    assert newcomer.page(facebook).count(NEW) == newcomer.page(x).count(NEW) == 1
    # A post waits for the newcomer, and another one is planned.
    assert "verteltas" in newcomer.page("/posts/")
    assert "verteltas" in newcomer.page(home)
    assert "studiedag" in newcomer.page(home)
    assert "Traceback" not in newcomer.process.said()
    assert "level='error'" not in newcomer.process.said().lower()


def test_it_ends_at_once_when_asked_and_starts_again(tmp_path: Path, newcomer: Newcomer) -> None:
    newcomer.enter()
    assert newcomer.process.stop(timeout=10) == 0
    again = Newcomer(tmp_path, log="again.log")
    try:
        again.enter()
        assert again.page("/")
    finally:
        again.process.kill()


def test_two_at_once_do_not_share_a_folder(tmp_path: Path, newcomer: Newcomer) -> None:
    newcomer.enter()
    second = Newcomer(tmp_path, log="second.log").process
    assert second.ends() == 1
    assert "Traceback" not in second.said()
    assert newcomer.page("/")
