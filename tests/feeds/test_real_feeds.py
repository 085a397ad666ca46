"""Feeds and calendars that nobody here wrote, where a folder of them is at hand (see `tests.shared`).

`facts/` holds what a person finds who opens the files.
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from outreach.cli import running
from outreach.cli.main import app
from outreach.core import clock
from outreach.feeds import identity
from outreach.feeds.entries import entry_from
from outreach.feeds.looking import look
from outreach.feeds.parsing import Feed, FeedError, Item, parse
from tests.shared import shared

pytestmark = pytest.mark.once

FOLDERS = [folder for folder in (shared("feeds"), shared("ics")) if folder]
FILES = sorted(path for folder in FOLDERS for path in folder.iterdir() if path.suffix != ".md")
TABLES = [Path(__file__).parent / "facts" / name for name in ("feeds.toml", "calendars.toml")]
FACTS: dict[str, dict[str, Any]] = {}
for table in TABLES:
    FACTS |= tomllib.loads(table.read_text("utf-8"))
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HAS_LONG_FACTS = 60  # characters: a longer text is only known by its beginning


@functools.cache
def read(path: Path) -> Feed:
    base = FACTS[path.name].get("base")
    with clock.frozen(NOW):
        return parse(path.read_bytes(), {}, base) if base else look(str(path))


def said(item: Item) -> dict[str, Any]:
    """What the program says of an item, in the words of the tables."""
    event = item.event
    return {
        **{
            name: getattr(item, name) for name in ("title", "link", "guid", "summary", "author", "categories")
        },
        "published": item.published_at or "",
        "image": item.image_url,
        "alt": item.image_alt,
        "starts": event.starts_at if event else "",
        "ends": (event.ends_at if event else None) or "",
        "all_day": event.all_day if event else False,
        "place": event.place if event else "",
        "zone": event.zone if event else "",
    }


def agrees(found: Any, fact: Any) -> bool:
    if isinstance(fact, str) and len(fact) >= HAS_LONG_FACTS and not fact.startswith("http"):
        return str(found).startswith(fact)
    return bool(found == fact)


def differences(found: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
    for name, fact in facts.items():
        if not agrees(found[name], fact):
            yield f"{name}: {found[name]!r}, but it is {fact!r}"


if FILES:

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    def test_a_file_is_read_as_a_person_reads_it(path: Path) -> None:
        facts = dict(FACTS[path.name])
        if refusal := facts.get("refused"):
            with pytest.raises(FeedError, match=refusal):
                read(path)
            return
        feed = read(path)
        assert len(feed.items) == facts.pop("items")
        facts.pop("base", None)
        items = {number: facts.pop(number) for number in list(facts) if number.isdecimal()}
        assert [*differences(vars(feed), facts)] == []
        for number, item in items.items():
            assert [*differences(said(feed.items[int(number) - 1]), item)] == []

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    def test_outreach_preview_shows_every_item_or_says_why_not(
        path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code = preview(path, monkeypatch)
        shown = capsys.readouterr()
        if refusal := FACTS[path.name].get("refused"):
            assert code == running.TROUBLE
            assert refusal in shown.err
        else:
            assert code == 0
            assert f": {FACTS[path.name]['items']} article" in shown.out

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    def test_what_is_read_is_clean_and_can_be_recognised_again(path: Path) -> None:
        if "refused" in FACTS[path.name]:
            return
        feed = read(path)
        assert all(own.own for own in identity.keys_of(identity.without_repeats(feed.items)))
        for item in feed.items:
            entry = entry_from(item)
            assert entry.title or entry.link
            assert not any(mark in entry.title + entry.summary for mark in ("<p>", "&nbsp;", "\n", "\x00"))
            assert not entry.link or entry.link.startswith(("http://", "https://"))
            assert len(entry.title) <= 500


def preview(path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run the command in this process, which has been set up already."""
    for name in ("OUTREACH_DATA_DIR", "OUTREACH_DATABASE_URL", "OUTREACH_SECRET_KEY"):
        monkeypatch.setenv(name, "")  # the command sets them; the test puts them back
    monkeypatch.setattr(running, "setup", lambda **_: None)
    monkeypatch.setattr("sys.argv", ["outreach"])
    with clock.frozen(NOW):
        return running.guarded(app, ["preview", str(path)])
