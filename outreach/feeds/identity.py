"""How an item is recognised again: several keys, any hit is the same entry.

A feed's guid changes with its scheme, its domain or its CMS; each such change has flooded followers with old
articles somewhere. Dates are never looked at: sites re-date and bump what is old.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from outreach.feeds.models import EntryKey
from outreach.feeds.parsing import Item

Kind = EntryKey.Kind
ORDER = (Kind.GUID, Kind.CMS, Kind.GUID_PATH, Kind.URL, Kind.TEXT)

_TRACKING = re.compile(
    r"utm_.*|mtm_.*|_hs.*|mc_(?:cid|eid|tc)|fbclid|gclid|dclid|gbraid|wbraid|gclsrc|msclkid|twclid|yclid|mkt_tok|igshid"
)
_WORDPRESS = re.compile(r"[?&]p=(\d+)(?:&|$)")
_DRUPAL = re.compile(r"^(\d+) at https?://")


@dataclass(frozen=True)
class Key:
    """One key; `value` is hashed, because guids have no length limit."""

    kind: str
    value: str


def site_of(url: str) -> str:
    """The site that an address belongs to: its host without "www."."""
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.")[:253]


def keys_of(items: Iterable[Item], feed: str = "") -> list[list[Key]]:
    """The keys of each item of one document, the most telling first.

    `feed` names the feed within the site: a guid such as "12" means something only there.
    A guid or link that several items of the document share tells nothing, and is no key.
    """
    found = [_keys(item, feed) for item in items]
    counts = Counter(key for keys in found for key in keys)
    telling = [[key for key in keys if counts[key] == 1] for keys in found]
    return [own or _last_resort(item) for own, item in zip(telling, items, strict=True)]


def url_key(link: str) -> Key | None:
    """The key of an address; None for a site's root, which every article may link to."""
    normal = normal_url(link)
    return _key(Kind.URL, normal) if "/" in normal or "?" in normal else None


def normal_url(link: str) -> str:
    """The address without what differs between two ways to the same page.

    No scheme, no www, no fragment, no tracking parameters, sorted query, no slash at the end.
    """
    parts = urlsplit(link)
    query = sorted(p for p in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(p[0]))
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    path = parts.path.rstrip("/")
    return f"{site_of(link)}{port}{path}{'?' + urlencode(query) if query else ''}"


def _keys(item: Item, feed: str) -> list[Key]:
    keys = [*_guid_keys(item.guid, feed)] if item.guid else []
    if item.link and (key := url_key(item.link)):
        keys.append(key)
    return keys or _last_resort(item)


def _guid_keys(guid: str, feed: str) -> list[Key]:
    if _DRUPAL.match(guid):
        return [_key(Kind.GUID, guid), _key(Kind.CMS, f"drupal:{guid.split()[0]}")]
    if not guid.startswith(("http://", "https://")):
        # A tag: or urn: is unique in the world; "12" is unique in its feed at best.
        return [_key(Kind.GUID, guid if ":" in guid else f"{feed} {guid}")]
    keys = [_key(Kind.GUID, guid)]
    if found := _WORDPRESS.search(guid):
        keys.append(_key(Kind.CMS, f"wp:{found.group(1)}"))
    path = re.sub(r"^https?://[^/?#]*", "", guid)
    return [*keys, _key(Kind.GUID_PATH, path)] if path.strip("/") else keys


def _last_resort(item: Item) -> list[Key]:
    """For an item that has nothing else: its words."""
    return [_key(Kind.TEXT, f"{item.title}\n{item.summary[:200]}")]


def _key(kind: str, value: str) -> Key:
    return Key(str(kind), hashlib.sha256(value.encode()).hexdigest())
