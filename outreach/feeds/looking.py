"""Look at a feed without storing anything."""

from pathlib import Path

from outreach.core import http
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, Sentence, say
from outreach.feeds.entries import entry_from
from outreach.feeds.models import Source
from outreach.feeds.parsing import Agenda, Feed, parse

__all__ = ["agenda_of", "entry_from", "look"]


def agenda_of(source: Source | None) -> Agenda:
    """What staff said of its events."""
    return Agenda(source.agenda, tuple(source.agenda_categories)) if source else Agenda()


def look(url_or_path: str, source: Source | None = None, seconds: float = http.FEED.seconds) -> Feed:
    """The feed at a web address, or in a file; read as that of `source`, if it is watched.

    A website gets `seconds` to answer.

    Raises FetchError, FeedError, or BadInput for a path that is not there.
    """
    if "://" in url_or_path:
        answer = http.fetch(url_or_path, limits=http.Limits(http.FEED.bytes, seconds))
        return parse(answer.body, answer.headers, answer.url, agenda=agenda_of(source))
    return parse(_contents(Path(url_or_path)), {}, url_or_path, agenda=agenda_of(source))


def _contents(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(http.FEED.bytes + 1)
    except FileNotFoundError:
        text = N_("There is no file %(path)s; a web address starts with https://.")
        raise _bad(say(text, path=str(path))) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise _bad(say(N_("%(path)s cannot be read: %(why)s."), path=str(path), why=why)) from None
    if len(body) > http.FEED.bytes:
        text = N_("%(path)s is larger than %(limit)s MB, the most that is allowed.")
        raise _bad(say(text, path=str(path), limit=http.FEED.bytes // 1_000_000))
    return body


def _bad(sentence: Sentence) -> BadInput:
    return BadInput(sentence, field="url")
