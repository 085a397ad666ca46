"""Look at a feed without storing anything."""

from pathlib import Path

from outreach.core import http
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.feeds.entries import entry_from
from outreach.feeds.parsing import Feed, parse

__all__ = ["entry_from", "look"]


def look(url_or_path: str) -> Feed:
    """The feed at a web address, or in a file.

    Raises FetchError, FeedError, or BadInput for a path that is not there.
    """
    if "://" in url_or_path:
        answer = http.fetch(url_or_path)
        return parse(answer.body, answer.headers, answer.url)
    return parse(_contents(Path(url_or_path)), {}, url_or_path)


def _contents(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(http.FEED.bytes + 1)
    except OSError as error:
        raise BadInput(
            say(N_("%(path)s cannot be read: %(why)s."), path=str(path), why=error.strerror or ""),
            field="url",
        ) from None
    if len(body) > http.FEED.bytes:
        raise BadInput(
            say(
                N_("%(path)s is larger than %(limit)s MB, the most that is allowed."),
                path=str(path),
                limit=http.FEED.bytes // 1_000_000,
            ),
            field="url",
        )
    return body
