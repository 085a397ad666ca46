"""Media RSS as it is meant (rssboard.org/media-rss). No Django here: this runs in the parser's own process.

feedparser 6 takes `media:description` for the summary of the article. It describes a picture or a film: it
would be posted as the article's text, and the picture would have no alternative text.
"""

from typing import Any

from feedparser.namespaces.mediarss import Namespace


def keep_apart() -> None:
    """Let feedparser put descriptions with their media, and the last one also into `caption`."""
    Namespace._start_media_description = _start
    Namespace._end_media_description = _end


def _start(parser: Any, attributes: dict[str, str]) -> None:
    parser.push("caption", 1)


def _end(parser: Any) -> None:
    text = parser.pop("caption")
    described = parser._get_context().get("media_content")
    if text and described:
        described[-1].setdefault("description", text)
