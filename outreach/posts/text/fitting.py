"""Making a post fit: hashtags go first, then the end of the summary, the place, the end of the title.

The link is no part of this: it is never cut.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from outreach.core.measure import shorten

# Fewer characters of a summary than this say nothing: better none.
_LEAST_SUMMARY = 25


@dataclass(frozen=True)
class Words:
    """What a post may say. `event` is the date in words."""

    title: str = ""
    summary: str = ""
    event: str = ""
    place: str = ""
    hashtags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """Where the words go: how they are laid out, and how long the result may be."""

    render: Callable[[Words], str]
    measure: Callable[[str], int]
    limit: int

    def excess(self, words: Words) -> int:
        """How much too long the post with `words` is; 0 or less when it fits."""
        return self.measure(self.render(words)) - self.limit


def fit(words: Words, frame: Frame) -> str:
    """The text with as much of `words` as fits. Too long only when the frame alone is."""
    while words.hashtags and frame.excess(words) > 0:
        words = replace(words, hashtags=words.hashtags[:-1])
    words = _shorter(words, "summary", frame, _LEAST_SUMMARY)
    if frame.excess(words) > 0:
        words = replace(words, place="")
    words = _shorter(words, "title", frame, 1)
    return frame.render(words if frame.excess(words) <= 0 else Words())


def _shorter(words: Words, name: Literal["summary", "title"], frame: Frame, least: int) -> Words:
    """`words` with as much of the field `name` as fits, cut at a word; without it below `least`."""
    excess = frame.excess(words)
    if excess <= 0:
        return words
    value = words.title if name == "title" else words.summary
    room = frame.measure(value) - excess
    while room >= least:
        candidate = _with(words, name, shorten(value, room, frame.measure))
        excess = frame.excess(candidate)
        if excess <= 0:
            return candidate
        room -= excess
    return _with(words, name, "")


def _with(words: Words, name: Literal["summary", "title"], value: str) -> Words:
    return replace(words, title=value) if name == "title" else replace(words, summary=value)
