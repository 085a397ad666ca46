"""RSS 2.0 (rssboard.org/rss-specification), with the feed's own address as RSS Best Practices has it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

_ATOM = "http://www.w3.org/2005/Atom"
# XML 1.0 (2.2) has no way to write these, not even escaped.
_unwritable = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Channel:
    """A feed; `own_address` is where it is fetched, `link` the page for people."""

    title: str
    link: str
    own_address: str
    description: str
    language: str


@dataclass(frozen=True)
class Item:
    """One thing in a feed. `guid` never changes; `summary` is plain text."""

    title: str
    link: str
    guid: str
    at: datetime
    summary: str


def written(channel: Channel, items: Sequence[Item]) -> bytes:
    """The feed, newest item first as given."""
    ET.register_namespace("atom", _ATOM)
    root = ET.Element("rss", version="2.0")
    found = ET.SubElement(root, "channel")
    for name in ("title", "link", "description", "language"):
        _add(found, name, getattr(channel, name))
    own = {"href": channel.own_address, "rel": "self", "type": "application/rss+xml"}
    ET.SubElement(found, f"{{{_ATOM}}}link", own)
    if items:
        _add(found, "lastBuildDate", format_datetime(max(item.at for item in items)))
    for item in items:
        _write_item(ET.SubElement(found, "item"), item)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _write_item(within: ET.Element, item: Item) -> None:
    _add(within, "title", item.title)
    _add(within, "link", item.link)
    _add(within, "guid", item.guid, isPermaLink="false")
    _add(within, "pubDate", format_datetime(item.at))
    if item.summary:
        # Feed readers take a description for HTML: what looks like a tag has to be escaped once more.
        _add(within, "description", item.summary.replace("&", "&amp;").replace("<", "&lt;"))


def _add(within: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(within, name, attributes).text = _unwritable.sub("", text)
