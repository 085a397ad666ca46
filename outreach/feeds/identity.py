"""How an item is recognised again: several keys, any hit is the same entry.

A feed's guid changes with its scheme, its domain or its CMS; each such change has flooded followers with old
articles somewhere. Dates are never looked at: sites re-date and bump what is old.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote_to_bytes, urlencode, urlsplit

from outreach.feeds.models import Entry, EntryKey
from outreach.feeds.parsing import Item

Kind = EntryKey.Kind
_TRUSTED = {Kind.GUID, Kind.URL}

_TRACKING = re.compile(
    r"utm_.*|mtm_.*|_hs.*|mc_(?:cid|eid|tc)|fbclid|gclid|dclid|gbraid|wbraid|gclsrc|msclkid|twclid|yclid|mkt_tok|igshid"
)
_WORDPRESS = re.compile(r"[?&]p=(\d+)(?:&|$)")
_DRUPAL = re.compile(r"^(\d+) at https?://")


@dataclass(frozen=True)
class Key:
    """One key; `value` is hashed, because guids have no length limit.

    `site` is the one that the key itself names, so that a copy of the feed elsewhere has the same key; empty
    for what means something only on the site of its feed.
    """

    kind: str
    value: str
    site: str = ""


def site_of(url: str) -> str:
    """The site that an address belongs to: its host without "www."."""
    host = (_parts(url).hostname or "").lower()
    return host.removeprefix("www.")[:253]


@dataclass(frozen=True)
class Keys:
    """The keys of one item: `own` are kept, `weak` only count when the title is the same too."""

    own: list[Key]
    weak: list[Key]


def without_repeats(items: Iterable[Item]) -> list[Item]:
    """The items, without those that have both guid and link of an earlier one, or say the very same."""
    seen: dict[tuple[str, ...], Item] = {}
    for item in items:
        whole = (item.guid, item.link, item.title, item.summary)
        seen.setdefault((item.guid, item.link) if item.guid and item.link else whole, item)
    return list(seen.values())


def keys_of(items: list[Item], feed: str = "", home: str = "") -> list[Keys]:
    """The keys of each item of one document (after `without_repeats`).

    `feed` names the feed within the site: a guid such as "12" means something only there. `home` is the site
    that the feed says it is of.
    A guid or link that several items of the document share tells little: it is weak.
    """
    found = [_keys(item, feed, home) for item in items]
    counts = Counter(key for keys in found for key in keys)
    return [_sorted_out(item, keys, counts) for item, keys in zip(items, found, strict=True)]


def _sorted_out(item: Item, keys: list[Key], counts: Counter[Key]) -> Keys:
    own, words = [key for key in keys if counts[key] == 1], _words(item)
    return Keys(own or [words], [*(key for key in keys if counts[key] > 1), *([words] if own else [])])


def match(item: Item, keys: Keys, known: Mapping[Key, Entry], site: str = "") -> Entry | None:
    """The entry that `item` of a feed of `site` is, among the `known` ones; None when it is new."""
    hits = [(key, known[key]) for key in (*keys.own, *keys.weak) if key in known]
    for _, entry in hits:
        if entry.title == item.title:
            return entry
    own = [(key, entry) for key, entry in hits if key in keys.own]
    by_id = {entry.pk for key, entry in own if key.kind != Kind.URL}
    own = [one for one in own if one[1].pk in by_id or not _is_put_in_its_place(item, keys, one[1])]
    for _, entry in own:
        if _path(entry.link) == _path(item.link):
            return entry
    for key, entry in own:
        if key.kind in _TRUSTED and not _has_nothing_of(item, entry) and not _is_of_another(key, entry, site):
            return entry
    # Without one free key it could not be recognised at the next look, and would be stored again and again.
    return hits[0][1] if hits and all(key in known for key in keys.own) else None


def namesake(keys: Keys, known: Mapping[Key, Entry]) -> Entry | None:
    """The entry whose guid or link a new item has, though it is another.

    A system that is installed anew counts again; "the news of this week" has one address.
    """
    return next((known[key] for key in keys.own if key in known and key.kind in _TRUSTED), None)


def _is_of_another(key: Key, entry: Entry, site: str) -> bool:
    """Whether `key` is a guid that the feed of another site had: that alone tells too little."""
    return key.kind == Kind.GUID and bool(key.site) and entry.source.site != site


def _has_nothing_of(item: Item, entry: Entry) -> bool:
    """Title and address differ; so do text and date, where both have them. One of the two must tell."""
    texts, dates = item.summary and entry.summary, item.published_at and entry.published_at
    if (texts and item.summary == entry.summary) or (dates and item.published_at == entry.published_at):
        return False
    return bool(texts or dates)


def _is_put_in_its_place(item: Item, keys: Keys, entry: Entry) -> bool:
    """Whether `item` has the link of `entry` and nothing else: another guid, title and text."""
    has_guid = any(key.kind == Kind.GUID for key in keys.own)
    return has_guid and not (item.summary and item.summary == entry.summary)


def url_key(link: str) -> Key | None:
    """The key of an address; None for a site's root, which every article may link to."""
    normal = normal_url(link)
    return _key(Kind.URL, normal, site_of(link)) if "/" in normal or "?" in normal else None


def normal_url(link: str) -> str:
    """The address without what differs between two ways to the same page.

    No scheme, no www, no fragment, no tracking parameters, sorted query, no slash at the end.
    """
    parts = _parts(link)
    query = sorted(p for p in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(p[0]))
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    path = parts.path.rstrip("/")
    return f"{site_of(link)}{port}{path}{'?' + urlencode(query) if query else ''}"


def _keys(item: Item, feed: str, home: str) -> list[Key]:
    keys = [*_guid_keys(item.guid, feed, {site_of(item.link), home})] if item.guid else []
    if item.link and (key := url_key(item.link)):
        keys += [key, *_spelled_out(Kind.URL, normal_url(item.link), key.site)]
    return list(dict.fromkeys(keys))


def _guid_keys(guid: str, feed: str, sites: set[str]) -> list[Key]:
    """WordPress names in its guids the host where the site was made, and many are made on "localhost".

    So a guid names its site only when that is one of `sites`.
    """
    if _DRUPAL.match(guid):
        number, _, url = guid.split(maxsplit=2)
        return [_key(Kind.GUID, guid, _one_of(sites, url)), _key(Kind.CMS, f"drupal:{number}")]
    if not guid.startswith(("http://", "https://")):
        # A tag: or urn: is unique in the world; "12" is unique in its feed at best.
        return [_key(Kind.GUID, guid if ":" in guid else f"{feed} {guid}")]
    keys = [_key(Kind.GUID, guid, _one_of(sites, guid))]
    if found := _WORDPRESS.search(guid):
        keys.append(_key(Kind.CMS, f"wp:{found.group(1)}"))
    path = re.sub(r"^https?://[^/?#]*", "", guid)
    return (
        [*keys, _key(Kind.GUID_PATH, path), *_spelled_out(Kind.GUID_PATH, path)] if path.strip("/") else keys
    )


def _one_of(sites: set[str], url: str) -> str:
    return site if (site := site_of(url)) in sites else ""


def _spelled_out(kind: str, address: str, site: str = "") -> list[Key]:
    """The key of `address` without %-signs: "%C3%A9", "%c3%a9" and "é" are one letter (RFC 3986, 6.2.2)."""
    return [_key(kind, unquote_to_bytes(address), site)] if "%" in address else []


def _words(item: Item) -> Key:
    """For an item that has nothing else: its words."""
    return _key(Kind.TEXT, f"{item.title}\n{item.summary[:200]}")


def _parts(url: str) -> SplitResult:
    """The address in its parts; one that cannot be taken apart is all path."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only now; raises for a port that is none
    except ValueError:
        return SplitResult("", "", url, "", "")
    return parts


def _path(link: str) -> str:
    return _parts(link).path.rstrip("/")


def _key(kind: str, value: str | bytes, site: str = "") -> Key:
    whole = value.encode() if isinstance(value, str) else value
    return Key(str(kind), hashlib.sha256(whole).hexdigest(), site)
