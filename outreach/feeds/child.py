"""The process that parses: `python -c … < question > answer`, with limits on memory and time.

The question is one line of JSON, then the body. The answer is JSON: a feed, or the name of what is wrong.
No Django here, and nothing is imported before the limits are set.
"""

import json
import resource
import sys
from typing import Any

MEMORY_BYTES, CPU_SECONDS = 300 * 1024 * 1024, 9


def main() -> None:
    """Answer the question on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    question = json.loads(sys.stdin.buffer.readline())
    body = sys.stdin.buffer.read()
    sys.stdout.write(json.dumps(answer_to(body, question)))


def answer_to(body: bytes, question: dict[str, Any]) -> dict[str, Any]:
    """What stands in `body`, or the name of what is wrong with it; no exception comes out."""
    try:
        return _answer(body, question)
    except MemoryError:
        return {"wrong": "too-much"}
    except Exception as error:  # noqa: BLE001  (feedparser leaks a dozen kinds; each is the feed's fault)
        return {"wrong": "unreadable", "raw": f"{type(error).__name__}: {error}"[:300]}


def _answer(body: bytes, question: dict[str, Any]) -> dict[str, Any]:
    from outreach.feeds import guard

    if question.get("kind") == "page":
        from outreach.feeds import pages

        kind = question["headers"].get("content-type", "")
        return pages.read(body, kind, **question["context"], base=question["url"])
    if guard.has_too_much(body):
        return {"wrong": "too-much"}
    if guard.has_entities(body):
        return {"wrong": "entities"}
    body = guard.mended(body)
    kind = guard.what_it_is(body)
    if kind == "empty":
        return {"wrong": kind}
    if kind == "json":
        return _json(body, question)
    if kind == "calendar":
        from outreach.feeds import calendars

        return calendars.read(body, **question["context"], base=question["url"])
    return _parsed(body, question, kind)


def _json(body: bytes, question: dict[str, Any]) -> dict[str, Any]:
    from outreach.feeds import json_feed, tec_rest

    context, base = question["context"], question["url"]
    events = tec_rest.read(body, **context, base=base) if tec_rest.is_one(body) else None
    return events or json_feed.read(body, **context, **question.get("agenda", {}), base=base)


def _parsed(body: bytes, question: dict[str, Any], kind: str) -> dict[str, Any]:
    from outreach.feeds import attributes, captions, cleaning, guard, reading

    captions.keep_apart()
    attributes.keep_text()
    complete = guard.is_complete(body)
    document, pieces = _document(body, question, complete=complete)
    if not document.get("version"):
        page = body[:500_000].decode("utf-8", "replace") if kind == "html" else ""
        return {"wrong": kind, "feeds": cleaning.feeds_of(page, question["url"])}
    ends = complete or guard.last_item_ends(body)
    said = question["context"] | question.get("agenda", {})
    answer = reading.read(document, complete=complete, ends=ends, **said, base=question["url"])
    return answer | pieces


def _document(body: bytes, question: dict[str, Any], *, complete: bool) -> tuple[Any, dict[str, Any]]:
    """What feedparser makes of the items that are not known from before, and the digests of all of them."""
    from outreach.feeds import pieces, reading

    split = pieces.of(body, _context(question)) if complete else None
    if split is None or len(split.digests) > reading.MOST_ITEMS:
        return _fed(body, question), {}
    known = set(question.get("known", ())) if split.frame == question.get("frame") else set()
    document = _fed(pieces.without(body, split, known), question)
    if known and not _is_well_formed(document):
        known, document = set(), _fed(body, question)
    unread = [digest for digest in split.digests if digest not in known]
    # Of a document that is not well-formed feedparser guesses where its items are.
    if not _is_well_formed(document) or len(document.entries) != len(unread):
        return document, {}
    for entry, digest in zip(document.entries, unread, strict=True):
        dict.__setitem__(entry, reading.DIGEST, digest)
    return document, {"frame": split.frame, "digests": split.digests}


def _context(question: dict[str, Any]) -> bytes:
    """What the meaning of an item's bytes depends on, beside the rest of its document."""
    import outreach

    said = question["context"] | question.get("agenda", {})
    context = {name: value for name, value in said.items() if name != "now"}
    return json.dumps([outreach.__version__, question["url"], question["headers"], context]).encode()


def _fed(body: bytes, question: dict[str, Any]) -> Any:
    """feedparser's document. It is given bytes: a str it would take for an address or a file name.

    No content-location: it would resolve guids too, and their meaning must not depend on where the feed was
    fetched.
    """
    import io

    import feedparser

    return feedparser.parse(
        io.BytesIO(body),
        response_headers=question["headers"],
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _is_well_formed(document: Any) -> bool:
    """Whether its XML was read as such; a wrong word about its encoding does not matter."""
    import feedparser

    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    return not document.bozo or isinstance(document.bozo_exception, harmless)
