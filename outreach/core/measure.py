"""How long a text is by X's rule, and how to make one shorter without hurting it.

The rule is version 3 of twitter-text's configuration: https://docs.x.com/fundamentals/counting-characters.
It is written out here (why: docs/decisions.md). What is a link: core/autolinks.py.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator

from outreach.core.autolinks import links

URL_LENGTH = 23  # X shows every link as a t.co address
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # code points that weigh 1; all others 2

# UTS #51: one emoji is a flag, a keycap, or pictographs with their modifiers, joined by U+200D. By shape, not
# by list: emoji of later years are counted rightly too.
_PICTOGRAPH = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff\U0001fc00-\U0001fffd]"
)
_DRESSED = f"{_PICTOGRAPH}[\ufe0f\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_DRESSED}(?:\u200d{_DRESSED})*"

_LINK = re.compile("https?://", re.IGNORECASE)
_UNLISTED = re.compile(r"https?://[^\s@]*\.[^\s@]", re.IGNORECASE)
_PIECES = re.compile(rf"(?P<emoji>{_EMOJI})|https?://[^\s@]+|[^\W\d_h]+|.", re.IGNORECASE | re.DOTALL)
_LOOSE = " \t\n,;:.!?–—-(…"  # not left standing before the "…"
_EMOJI_AT = re.compile(_EMOJI)


def weighted_length(text: str) -> int:
    """The length of `text` as X counts it; a post may have 280."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    total = at = 0
    for link in links(text):
        total += _without_links(text[at : link.start]) + URL_LENGTH
        at = link.end
    return total + _without_links(text[at:])


def has_link(text: str) -> bool:
    """Whether X would show a link in `text`, and bill it as one; where only X knows, yes."""
    text = unicodedata.normalize("NFC", text)
    return bool(_UNLISTED.search(text)) or any(True for _ in links(text))


def shorten(text: str, limit: int, measure: Callable[[str], int]) -> str:
    """`text` if `measure` finds at most `limit`, else its first words and "…"; "" when not even that fits.

    A first word that is too long is cut between two characters as people see them; a link is never cut.
    """
    text = text.strip()
    if measure(text) <= limit:
        return text
    words = [match.end() for match in re.finditer(r"\S+", text)]
    if best := _longest(text, words, limit, measure):
        return best
    if _LINK.match(text):
        return ""
    return _longest(text, list(_seams(text[: words[0]])), limit, measure)


def beyond(text: str, limit: int, measure: Callable[[str], int]) -> str:
    """The end of `text` that has no room, from a word on; "" when all has.

    `measure` is asked how long a post with a beginning of `text` is.
    """
    if measure(text) <= limit:
        return ""
    cuts = [match.end() for match in re.finditer(r"\S+", text)]
    if cuts and measure(text[: cuts[0]]) > limit:  # one very long word
        cuts = list(_seams(text[: cuts[0]]))
    fitting = bisect_right(cuts, limit, key=lambda end: measure(text[:end]))
    return text[cuts[fitting - 1] if fitting else 0 :].strip()


def _without_links(text: str) -> int:
    return sum(2 if piece["emoji"] else _maybe(piece[0]) for piece in _PIECES.finditer(text))


def _maybe(text: str) -> int:
    """The weight of `text`; of an address whose domain is in no list, the more of what X may find.

    X's own list is older or newer than ours: a text that fits here must not be refused there.
    """
    weight = len(text) if text.isascii() else sum(map(_weight, text))
    return max(weight, URL_LENGTH) if _LINK.match(text) and "." in text else weight


def _weight(sign: str) -> int:
    return 1 if any(first <= ord(sign) <= last for first, last in _LIGHT) else 2


def _longest(text: str, cuts: list[int], limit: int, measure: Callable[[str], int]) -> str:
    """The longest of the cuts that fits, with "…"; "" when none does."""

    def cut(end: int) -> str:
        kept = text[:end].rstrip(_LOOSE)
        return f"{kept}…" if kept else ""

    fitting = bisect_right(cuts, limit, key=lambda end: measure(cut(end)))
    # Half a domain weighs less than a whole one, so lengths may step back: look again from the place found.
    while fitting and measure(cut(cuts[fitting - 1])) > limit:
        fitting -= 1
    return cut(cuts[fitting - 1]) if fitting else ""


def _seams(word: str) -> Iterator[int]:
    """Where `word` can be cut without tearing an emoji or taking an accent from its letter."""
    at = 0
    while at < len(word):
        emoji = _EMOJI_AT.match(word, at)
        at = emoji.end() if emoji else at + 1
        while at < len(word) and (unicodedata.combining(word[at]) or word[at] in "\u200d\ufe0e\ufe0f"):
            at += 1
        yield at
