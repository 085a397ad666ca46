"""From an item of a feed to the columns of an entry."""

import hashlib
import json
from typing import Any

from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Item

_CONTENT = ("title", "summary", "link", "image_url", "image_alt", "author", "categories", "published_at")
# What makes it another text. Authors, categories and dates change for no reason that a reader would see.
_TELLING = ("title", "summary", "link", "image_url")


def columns(item: Item) -> dict[str, Any]:
    """The entry's columns that come from the feed."""
    return {name: getattr(item, name) for name in _CONTENT} | {"content_hash": content_hash(item)}


def content_hash(item: Item) -> str:
    """The same for two items that say the same."""
    event = [str(value) for value in vars(item.event).values()] if item.event else []
    values = [getattr(item, name) for name in _TELLING] + event
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def entry_from(item: Item, source: Source | None = None) -> Entry:
    """`item` as an entry that is not saved; with its `event`, if it is one."""
    entry = Entry(**columns(item))
    if source:
        entry.source, entry.language = source, source.language
    if item.event:
        Event(entry=entry, **vars(item.event))  # reachable as entry.event
    return entry


def save_event(entry: Entry, item: Item) -> None:
    """Make the event's row what the item says: changed, made or taken away."""
    if item.event:
        Event.objects.update_or_create(entry=entry, defaults=vars(item.event))
    else:
        Event.objects.filter(entry=entry).delete()
