"""A feed's bytes as its frame and its items, so that an item whose bytes were read before is not read again.

No Django here: this runs in the parser's own process. Whatever is not plainly one item after the other (an
item in a comment or in an item, UTF-16, a prefix before `item`) has no pieces, and is read whole.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import blake2b

_MARK = re.compile(rb"<!--|<!\[CDATA\[|<(/?)(item|entry)(?=[\s>/])")
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
# What changes in a frame with every article, and says nothing about the articles.
_DATES = re.compile(rb"<((?:\w+:)?(?:lastBuildDate|pubDate|updated|date|modified))\b[^<>]*>[^<>]*</\1\s*>")
_SPACE = re.compile(rb"\s+")


@dataclass(frozen=True)
class Pieces:
    """`frame` is a digest of all that stands around the items; `digests` are those of the items, in order."""

    frame: str
    digests: list[str]
    spans: list[tuple[int, int]]


def of(body: bytes, context: bytes) -> Pieces | None:
    """The pieces of `body`; `context` is what else its reading depends on. None where it has none."""
    if b"\0" in body[:200]:
        return None
    spans = list(_spans(body))
    if not spans or spans[-1] is None:
        return None
    known = [span for span in spans if span]
    digests = [_digest(body[start:end]) for start, end in known]
    around = b" ".join(_around(body, known))
    frame = _SPACE.sub(b" ", _DATES.sub(b"", around))
    # Two that are the same to the byte are one article twice: that is for the whole reading to say.
    return Pieces(_digest(frame + context), digests, known) if len(set(digests)) == len(digests) else None


def without(body: bytes, pieces: Pieces, known: Collection[str]) -> bytes:
    """`body` without the items whose digests are `known`."""
    spans = zip(pieces.spans, pieces.digests, strict=True)
    return b"".join(_around(body, [span for span, digest in spans if digest in known]))


def _spans(body: bytes) -> Iterator[tuple[int, int] | None]:
    """Where each item starts and ends; None, at last, when it is not plainly one after the other."""
    start, name, place = -1, b"", 0
    while found := _MARK.search(body, place):
        place = found.end()
        if end := _ENDS.get(found[0]):
            place = body.find(end, place)
            if place < 0:
                yield None
                return
        elif found[1] and start >= 0 and found[2] == name:
            place = body.find(b">", place) + 1
            if not place:
                break
            yield start, place
            start = -1
        elif found[1] or start >= 0:
            yield None
            return
        else:
            start, name = found.start(), found[2]
    if start >= 0:
        yield None


def _around(body: bytes, spans: list[tuple[int, int]]) -> Iterator[bytes]:
    """What is left of `body` when the spans are taken out."""
    place = 0
    for start, end in spans:
        yield body[place:start]
        place = end
    yield body[place:]


def _digest(text: bytes) -> str:
    return blake2b(text, digest_size=16).hexdigest()
