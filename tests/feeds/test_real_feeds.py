"""Feeds that nobody here wrote, where a folder of them is at hand (see `tests.shared`)."""

from pathlib import Path

import pytest

from outreach.feeds import identity
from outreach.feeds.looking import entry_from, look
from outreach.feeds.parsing import FeedError
from tests.shared import shared

FOLDER = shared("feeds")
FILES = sorted(p for p in FOLDER.iterdir() if p.suffix != ".md") if FOLDER else []

NO_FEEDS = {"feed-rs__xml_sample_2.xml"}

if FILES:

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    def test_a_real_feed_is_read_whole_or_refused_with_a_sentence(path: Path) -> None:
        if path.name in NO_FEEDS:
            with pytest.raises(FeedError, match="This address answers with"):
                look(str(path))
            return
        feed = look(str(path))
        keys = identity.keys_of(identity.without_repeats(feed.items))
        assert all(own.own for own in keys)
        for item in feed.items:
            entry = entry_from(item)
            assert entry.title or entry.link
            assert not any(mark in entry.title + entry.summary for mark in ("<p>", "&nbsp;", "\n", "\x00"))
            assert not entry.link or entry.link.startswith(("http://", "https://"))
            assert len(entry.title) <= 500
