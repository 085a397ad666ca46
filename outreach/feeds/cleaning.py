"""Text and addresses from feeds, made fit for people. Feed content is hostile.

No Django here: this runs in the parser's own process.
"""

import contextlib
import html
import re
import unicodedata
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

import nh3

MOST_TITLE, MOST_SUMMARY, MOST_ADDRESS = 500, 2000, 2000
_MOST_HTML = 200_000
_SCRIPTS = {"script", "style", "template", "iframe", "svg", "math"}
# Stripping <p>a</p><p>b</p> must not glue a to b.
_BLOCK = re.compile(r"<(?=/?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|th|blockquote|figcaption|section)\b)", re.I)
_TAG, _PROSE = re.compile(r"<[a-z!/]", re.I), re.compile(r"</(?:p|div|a|li|span|strong|em)\s*>", re.I)
_FOOTER = re.compile(
    r"\s*(?:The post .{1,400}? appeared first on|Het bericht .{1,400}? verscheen eerst op"
    r"|L[’']article .{1,400}? est apparu en premier sur) .{1,200}$",
    re.S,
)
_MORE = re.compile(r"\s*\[(?:…|\.\.\.)\]\s*$")
_SENTENCE = re.compile(r"^.+?[.!?…](?=\s|$)")
# "an@kind.be (An Peeters)", "An Peeters (an@kind.be)", "An Peeters <an@kind.be>"
_MAIL = re.compile(r"[(<\[]?(?:mailto:)?[^\s@()<>]{1,100}@[^\s@()<>]{1,200}[)>\]]?")
_KEPT_JOINERS = {"\u200c", "\u200d"}  # inside words of some scripts, and inside emoji


def plain(text: str) -> str:
    """One line of clean text: NFC, no control, direction or invisible characters, single spaces."""
    text = text.encode("utf-8", "ignore").decode("utf-8")
    kept = "".join(_visible(c) for c in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cc":
        return " "
    return "" if kind in {"Cf", "Co", "Cn"} and character not in _KEPT_JOINERS else character


def text_of(markup: str) -> str:
    """The text of HTML that may be escaped once too often; `5 < 6` stays what it is.

    Where there are tags, what is escaped beside them is text unless it is running text with tags of its own:
    an article about HTML keeps its examples.
    """
    text = _without_tags(markup[:_MOST_HTML])
    is_escaped = _PROSE.search(text) or not _TAG.search(markup)
    return plain(_without_tags(text) if is_escaped else html.unescape(text))


def _without_tags(markup: str) -> str:
    spaced = _BLOCK.sub(" <", markup)
    return html.unescape(nh3.clean(spaced, tags=set(), clean_content_tags=_SCRIPTS))


def title_of(markup: str) -> str:
    """A title as people read it."""
    return cut(text_of(markup), MOST_TITLE)


def summary_of(markup: str) -> str:
    """A summary without the lines that blog software adds below it."""
    text = _FOOTER.sub("", text_of(markup))
    return cut(_MORE.sub(" …", text).strip(), MOST_SUMMARY)


def first_sentence(text: str, most: int = 100) -> str:
    """What stands in for a missing title."""
    found = _SENTENCE.match(text)
    return cut(found.group() if found else text, most)


def person(text: str) -> str:
    """The name of an author. A mail address is not for publication."""
    name = _MAIL.sub(" ", text_of(text[:500]))
    return cut(plain(name).strip(" ()<>[],;"), 200)


def is_other_language(own: str, of_all: str) -> bool:
    """Whether `own` names another language than `of_all`; nl and nl-BE are one."""
    first, second = (code.lower().replace("_", "-").partition("-")[0] for code in (own, of_all))
    return bool(first) and first != second


def cut(text: str, most: int) -> str:
    """At most `most` characters, cut at a word."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:.…") + "…"


def address(value: object, base: str) -> str:
    """An absolute http(s) address, or "" when `value` is none."""
    if not isinstance(value, str) or not value.strip():
        return ""
    text = re.sub(r"[\x00-\x20\x7f]+", "%20", value.strip().encode("utf-8", "ignore").decode())
    try:
        # "https://" alone would be joined into the base: it has a scheme, so it must stand by itself.
        found = text if urlsplit(text).scheme else urljoin(base, text)
        parts = urlsplit(found)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
        _ = parts.port
    except ValueError:
        return ""
    return quote(found, safe="%/:=&?~#+!$,;'@()*[]") if usable and len(found) <= MOST_ADDRESS else ""


class _Feeds(HTMLParser):
    """The feeds that a page announces."""

    _TYPES = (
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "text/calendar",
    )

    _ENDINGS = (".ics", ".rss", "/rss", "/rss.xml", "/atom.xml", "/feed", "/feed/", "/feed.xml")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        names = {name: (value or "").strip() for name, value in attrs}
        announced = "alternate" in names.get("rel", "").lower().split()
        href = names.get("href", "")
        if tag == "link" and announced and names.get("type", "").lower() in self._TYPES:
            self.found.append(href)
        elif tag == "a" and (href.startswith("webcal:") or href.partition("?")[0].endswith(self._ENDINGS)):
            self.linked.append(href.replace("webcal:", "https:", 1))


def feeds_of(page: str, base: str) -> list[str]:
    """The feeds that a web page announces, then those that it links to; without those of its comments."""
    reader = _Feeds()
    with contextlib.suppress(AssertionError, ValueError):
        reader.feed(page[:_MOST_HTML])
    found = dict.fromkeys(address(href, base) for href in [*reader.found, *reader.linked])
    return [url for url in found if url and "/comments/" not in url][:10]
