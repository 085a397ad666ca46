"""The demo's own website, and that a demo touches nothing else."""

import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from outreach.feeds.looking import look
from tasks.demo import folder
from tasks.demo.articles import COMING, THERE
from tasks.demo.website import Website


@pytest.fixture
def website() -> Iterator[Website]:
    site = Website()
    yield site
    site.stop()


def test_its_feed_has_articles_and_events_and_gains_more_until_there_are_none(website: Website):
    before = look(f"{website.url}/feed.xml")
    assert len(before.items) == len(THERE)
    assert sum(item.event is not None for item in before.items) == 2
    while website.publish():
        pass
    after = look(f"{website.url}/feed.xml")
    assert len(after.items) == len(THERE) + len(COMING)
    assert after.language == "nl"


def test_every_link_and_picture_of_the_feed_is_there(website: Website):
    for item in look(f"{website.url}/feed.xml").items:
        for url, kind in ((item.link, "text/html"), (item.image_url, "image/png")):
            with urllib.request.urlopen(url) as answer:
                assert answer.headers["Content-Type"].startswith(kind)
        assert item.image_alt


def test_nothing_but_its_own_pages_is_served(website: Website):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{website.url}/../../etc/passwd")


def test_a_demo_has_a_folder_of_its_own_and_no_real_account_or_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "outreach.sqlite3").write_text("a real installation")
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "left-over").write_text("")
    for name, value in (
        ("OUTREACH_DATA_DIR", str(tmp_path)),
        ("OUTREACH_DATABASE_URL", "postgres://real"),
        ("OUTREACH_MAIL_URL", "smtp://real"),
        ("OUTREACH_MAIL_FROM", "real@example.org"),
        ("OUTREACH_DEMO", ""),
        ("OUTREACH_ALLOW_PRIVATE_ADDRESSES", ""),
    ):
        monkeypatch.setenv(name, value)
    with ExitStack() as first, ExitStack() as second:
        assert folder.prepare(first)
        assert os.environ["OUTREACH_DATABASE_URL"] == f"sqlite:///{tmp_path / 'demo' / 'outreach.sqlite3'}"
        assert os.environ["OUTREACH_MAIL_URL"] == "inbox://"
        monkeypatch.setenv("OUTREACH_DATA_DIR", str(tmp_path))
        assert not folder.prepare(second)
    assert not (tmp_path / "demo" / "left-over").exists()
    assert (tmp_path / "outreach.sqlite3").read_text() == "a real installation"
