"""What the page of one article says of it: Open Graph, JSON-LD, its canonical address, its documents.

No Django here: this runs in the parser's own process, and whatever a page holds, an answer comes out.
Sources: https://ogp.me, https://schema.org/Event, RFC 6596 (canonical), HTML (meta, time, link).
"""

import codecs
import contextlib
import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from outreach.feeds import (
    cleaning,
    documents,
    endings,
    event_words,
    linked_data,
    markup_events,
    moments,
    pictures,
)

_MOST_BYTES, _MOST_SCRIPTS, _MOST_DOWNLOADS, _LONGEST_SCRIPT = 2_000_000, 30, 5, 500_000
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.I)
_CHARSET_OF_TYPE = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.I)

_IS_START = re.compile(r"(?:^|[:/])startDate$")  # microdata, or RDFa as Drupal writes it


def read(body: bytes, content_type: str, *, base: str, zone: str, now: str) -> dict[str, Any]:
    """The page as JSON values; each may be empty. What is no web page says nothing."""
    if not _is_page(body, content_type):
        return {}
    page = _Page()
    with contextlib.suppress(AssertionError, ValueError):
        page.feed(_decoded(body[:_MOST_BYTES], content_type))
    return _said(page, base, ZoneInfo(zone), datetime.fromisoformat(now))


def _is_page(body: bytes, content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml"} or (not kind and body.lstrip()[:1] == b"<")


def _decoded(body: bytes, content_type: str) -> str:
    """The text, by what the server says, else the page; and as UTF-8 when that is no known name."""
    said = _CHARSET_OF_TYPE.search(content_type)
    written = _CHARSET.search(body[:4000])
    name = said[1] if said else written[1].decode("ascii", "ignore") if written else "utf-8"
    try:
        # Servers that say latin-1 send windows-1252 (WHATWG Encoding).
        name = "cp1252" if codecs.lookup(name).name in {"iso8859-1", "ascii"} else name
    except LookupError:
        name = "utf-8"
    return body.decode(name, "replace")


class _Page(HTMLParser):
    """What is kept of a page while its tags pass by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.canonical = self.language = self.title = ""
        self.scripts: list[str] = []
        self.times: list[str] = []
        self.documents: dict[str, str] = {}
        self._inside = 0  # how deep in <main> or <article>
        self._reading: list[str] | None = None
        self._document = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        given = {name: (value or "").strip() for name, value in attrs}
        if tag in {"main", "article"}:
            self._inside += 1
        if _IS_START.search(given.get("itemprop") or given.get("property", "")) and given.get("content"):
            self.times.append(given["content"])
        handler = getattr(self, f"_see_{tag}", None)
        if handler is not None:
            handler(given)

    def handle_endtag(self, tag: str) -> None:
        """The end of one."""
        if tag in {"main", "article"}:
            self._inside = max(self._inside - 1, 0)
        elif self._reading is not None and tag in {"script", "title", "a"}:
            self._close("".join(self._reading), tag)

    def handle_data(self, data: str) -> None:
        """Text, where it is waited for."""
        if self._reading is not None:
            self._reading.append(data)

    def _close(self, text: str, tag: str) -> None:
        if tag == "script":
            self.scripts.append(text[:_LONGEST_SCRIPT])
        elif tag == "title":
            self.title = self.title or text[:1000]
        elif self._document:
            self.documents[self._document] = text[:500]
            self._document = ""
        self._reading = None

    def _see_html(self, given: dict[str, str]) -> None:
        self.language = self.language or given.get("lang", "")

    def _see_meta(self, given: dict[str, str]) -> None:
        name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
        if name and given.get("content"):
            self.meta.setdefault(name, given["content"])

    def _see_link(self, given: dict[str, str]) -> None:
        if "canonical" in given.get("rel", "").lower().split():
            self.canonical = self.canonical or given.get("href", "")

    def _see_title(self, _: dict[str, str]) -> None:
        self._reading = []

    def _see_script(self, given: dict[str, str]) -> None:
        wanted = given.get("type", "").lower().startswith("application/ld+json")
        self._reading = [] if wanted and len(self.scripts) < _MOST_SCRIPTS else None

    def _see_time(self, given: dict[str, str]) -> None:
        if self._inside and markup_events.is_of_an_event(given):
            self.times.append(given["datetime"])

    def _see_a(self, given: dict[str, str]) -> None:
        href = given.get("href", "")
        path = href.partition("?")[0].partition("#")[0].lower()
        if self._inside and path.endswith(endings.DOCUMENTS) and len(self.documents) < _MOST_DOWNLOADS:
            self._document, self._reading = href, []


def _said(page: _Page, base: str, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    meta, found = page.meta, linked_data.nodes(page.scripts)
    article = linked_data.article_of(found)
    title = cleaning.title_of(meta.get("og:title") or page.title)
    canonical = cleaning.address(page.canonical or meta.get("og:url"), base)
    image, alt = _image(meta, article, base)
    event = linked_data.event_of(found, [base, canonical], title, zone, now)
    published = meta.get("article:published_time") or linked_data.text_of(article, "datePublished")
    return {
        "title": title,
        "description": cleaning.summary_of(meta.get("og:description") or meta.get("description", "")),
        "image_url": image,
        "image_alt": alt,
        "canonical": canonical,
        "language": page.language[:20],
        "author": cleaning.person(meta.get("author") or linked_data.author_of(article)),
        "published_at": moments.as_json(moments.moment(published, zone, now)),
        "event": event,
        "hint": None if event else _hint(page, title, zone, now),
        "downloads": documents.offered(((url, "", name) for url, name in page.documents.items()), base),
    }


def _image(meta: dict[str, str], article: dict[str, Any], base: str) -> tuple[str, str]:
    """The picture for sharing, and the words that go with it; no icon, and no counter."""
    for name in ("og:image:secure_url", "og:image", "og:image:url", "twitter:image"):
        alt = meta.get(f"{name}:alt") or meta.get("og:image:alt") or meta.get("twitter:image:alt", "")
        size = {"width": meta.get("og:image:width"), "height": meta.get("og:image:height")}
        if found := pictures.picture(meta.get(name), base, alt=alt, **size):
            return found.url, found.alt
    found = pictures.picture(linked_data.image_of(article), base)
    return (found.url, "") if found else ("", "")


def _hint(page: _Page, title: str, zone: ZoneInfo, now: datetime) -> dict[str, Any] | None:
    """The one date to come that the page marks."""
    span = markup_events.marked(page.times, zone, now)
    return markup_events.happening(span, "time", event_words.status_of(title), "", "") if span else None
