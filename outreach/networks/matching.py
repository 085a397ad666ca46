"""Recognising our own post in what a network reads back."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

from outreach.core.sentences import N_, say
from outreach.networks.errors import Ambiguous

# The network's clock and ours may differ; the tag keeps this from finding an older post.
SLACK = timedelta(minutes=1)
_TAG = re.compile(r"[?&]utm_id=(o[0-9a-f]{10})(?![0-9a-z])")  # as `posts` makes them
_SCHEME = re.compile("https?://", re.IGNORECASE)


def tagged(tag: str, texts: Iterable[str]) -> bool:
    """Whether one of `texts` (links, a message) holds the correlation tag."""
    return bool(tag) and any(tag in text for text in texts)


def tagged_otherwise(tag: str, texts: Iterable[str]) -> bool:
    """Whether one of `texts` holds the correlation tag of another post."""
    return any(found not in tag for text in texts for found in _TAG.findall(text))


def same_text(ours: str, theirs: str) -> bool:
    """Equal but for entities, composition and white space, which networks rewrite."""
    return _plain(ours) == _plain(theirs)


def same_words(ours: str, theirs: str) -> bool:
    """As `same_text`; a domain that stands bare in a text may have become a whole address."""
    return same_text(_bare(ours), _bare(theirs))


def alike(network: str) -> Ambiguous:
    """There is a post without words, as ours: it may be it, or not."""
    words = N_(
        "There is a post without words on %(network)s, and nothing tells whether it is this one. "
        "Look there yourself."
    )
    return Ambiguous(say(words, network=network))


def same_page(ours: str, theirs: str) -> bool:
    """Equal but for what networks add to or take from an address: query, fragment, last slash, scheme."""
    return _address(ours) == _address(theirs)


def earliest(since: datetime) -> datetime:
    """The oldest moment at which a post sent after `since` can say that it was made."""
    return since - SLACK


@contextmanager
def readable(network: str) -> Iterator[None]:
    """Within the block an answer of another shape than documented is an Ambiguous, never an absence."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Ambiguous(
            say(N_("The answer of %(network)s could not be read. It is asked again."), network=network),
            raw=type(error).__name__,
        ) from error


def _bare(text: str) -> str:
    return _SCHEME.sub("", text).casefold()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", unescape(text)).split())


def _address(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.netloc.lower(), parts.path.rstrip("/")
