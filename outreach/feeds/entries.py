"""From an item of a feed to the columns of an entry."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from outreach.feeds import identity
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Happening, Item

CONTENT = (
    "title",
    "summary",
    "link",
    "image_url",
    "image_alt",
    "author",
    "categories",
    "published_at",
    "downloads",
)
# What makes it another text. Authors, categories and dates change for no reason that a reader would see.
_TELLING = ("title", "summary", "link", "image_url")
# What its own page may add, where the feed says nothing.
_FROM_THE_PAGE = ("title", "summary", "image_url", "author", "downloads")


def columns(item: Item, page: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The entry's columns: what the feed says, else what its `page` says."""
    found = {name: getattr(item, name) for name in CONTENT} | {"content_hash": content_hash(item)}
    return found | missing(found, page or {})


def missing(found: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """What `page` adds to what was `found`. A picture brings its own words, and none of another picture.

    The page's own address is used when it only spells the same address more cleanly.
    """
    added = {name: page[name] for name in _FROM_THE_PAGE if page.get(name) and not found[name]}
    if "image_url" in added:
        added["image_alt"] = page.get("image_alt", "")
    if (link := page.get("link")) and identity.normal_url(link) == identity.normal_url(found["link"]):
        added["link"] = link
    return added


def content_hash(item: Item) -> str:
    """The same for two items that say the same."""
    said = [word for one in (item.event, item.hint) if one for word in _words(one)]
    values = [getattr(item, name) for name in _TELLING] + said
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _words(said: Happening) -> list[str]:
    """`repeats` only where it does: what was stored before that was known must not look changed."""
    return [str(value) for name, value in vars(said).items() if name != "repeats" or value]


def known_language(code: str) -> str:
    """ "nl" for "nl-BE"; "" for a language that is none of ours."""
    short = code.lower().replace("_", "-").partition("-")[0]
    return short if short in dict(settings.LANGUAGES) else ""


def entry_from(item: Item, source: Source | None = None) -> Entry:
    """`item` as an entry that is not saved; with its `event`, if it is or may be one."""
    entry = Entry(**columns(item), language=known_language(item.language))
    if source:
        entry.source, entry.language = source, entry.language or source.language
    if item.event:
        Event(entry=entry, **vars(item.event))  # reachable as entry.event
    elif item.hint:
        Event(entry=entry, trust=Event.Trust.ASKED, **vars(item.hint))
    return entry
