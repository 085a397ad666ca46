"""What is refused or mended before a parser sees it. No Django here.

feedparser 6.0.14 expands internal entities without limit (127 kB became a title of 1 GB) and takes quadratic
time over white space before the root. The child's limits are the real protection; this says it earlier.
"""

import re

_MARKS, _MOST_MARKS = (b"<item", b"<entry", b"BEGIN:VEVENT"), 20_000
_ROOT = re.compile(rb"<[A-Za-z]")
_ENTITIES = re.compile(rb"<!ENTITY|<!DOCTYPE[^>\[]*\[", re.I)
_LONG_SPACE = re.compile(rb"\s{40,}")
_NUMBER = re.compile(rb"&#(x[0-9a-f]{1,40}|[0-9]{1,40});?", re.I)
_ITEM_START = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_ITEM_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>")
# A picture (PNG, GIF, JPEG, WebP), a PDF, a Word file or another archive.
_FILES = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.I)


def has_entities(body: bytes) -> bool:
    """Whether the document declares entities of its own (an internal DTD subset). No real feed does."""
    head = _without_comments(body.replace(b"\0", b""))
    root = _ROOT.search(head)
    return bool(_ENTITIES.search(head, 0, root.start() if root else len(head)))


def _without_comments(body: bytes) -> bytes:
    """In one pass: a pattern would look to the end of the body for each of a million openings."""
    kept, rest = [], body
    while True:
        before, opened, behind = rest.partition(b"<!--")
        kept.append(before)
        _, closed, rest = behind.partition(b"-->")
        if not opened or not closed:
            return b"".join(kept) + behind


def has_too_much(body: bytes) -> bool:
    """Whether it holds more items than anybody publishes: the parsers would take minutes."""
    return sum(body.count(mark) for mark in _MARKS) > _MOST_MARKS


def mended(body: bytes) -> bytes:
    """The body without long runs of white space, and without numbers that name no character.

    Such a number (&#99999999999;, &#xD800;) makes the parser give up the whole feed.
    """
    return _NUMBER.sub(_character_or_sign, _LONG_SPACE.sub(b"\n", body))


def _character_or_sign(found: re.Match[bytes]) -> bytes:
    digits = found.group(1).lower()
    code = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    return found.group() if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else b"&#xFFFD;"


def is_complete(body: bytes) -> bool:
    """Whether the closing tag of the feed is there; caches may have put comments behind it."""
    return bool(_END.search(body[-8000:].replace(b"\0", b"")))


def last_item_ends(body: bytes) -> bool:
    """Whether the last item of a feed has its closing tag."""
    plain = body.replace(b"\0", b"")
    behind = next(reversed([found.end() for found in _ITEM_END.finditer(plain)]), 0)
    return behind > 0 and not _ITEM_START.search(plain, behind)


def what_it_is(body: bytes) -> str:
    """The kind of a document that is no feed: empty, html, json, calendar, file or other."""
    start = body[:4000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "empty"
    if start.startswith(b"begin:vcalendar"):
        return "calendar"
    if start.startswith((b"{", b"[")):
        return "json"
    if body.startswith(_FILES):
        return "file"
    return "html" if b"<html" in start or b"<!doctype html" in start or b"<head" in start else "other"
