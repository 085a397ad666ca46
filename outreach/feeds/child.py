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
        from outreach.feeds import json_feed

        return json_feed.read(body, **question["context"], base=question["url"])
    if kind == "calendar":
        from outreach.feeds import calendars

        return calendars.read(body, **question["context"], base=question["url"])
    return _parsed(body, question, kind)


def _parsed(body: bytes, question: dict[str, Any], kind: str) -> dict[str, Any]:
    import io

    import feedparser

    from outreach.feeds import captions, cleaning, guard, reading

    captions.keep_apart()
    # Bytes only: feedparser takes a str for an address or a file name. No content-location: it would
    # resolve guids too, and their meaning must not depend on where the feed was fetched.
    document = feedparser.parse(
        io.BytesIO(body),
        response_headers=question["headers"],
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not document.get("version"):
        page = body[:500_000].decode("utf-8", "replace") if kind == "html" else ""
        return {"wrong": kind, "feeds": cleaning.feeds_of(page, question["url"])}
    complete = guard.is_complete(body)
    ends = complete or guard.last_item_ends(body)
    return reading.read(document, complete=complete, ends=ends, **question["context"], base=question["url"])
