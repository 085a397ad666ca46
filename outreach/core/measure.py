"""How long a text is by X's rule, and how to make one shorter without hurting it.

The rule is version 3 of twitter-text's configuration: https://docs.x.com/fundamentals/counting-characters.
It is written out here (why: docs/decisions.md). Where X looks into a table of domains, this errs upwards: a
text that fits here is not refused there. Of a link with a scheme it is taken that its domain exists.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator

URL_LENGTH = 23  # X shows every link as a t.co address
_URL_MAX = 4096
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # code points that weigh 1; all others 2

# UTS #51: one emoji is a flag, a keycap, or pictographs with their modifiers, joined by U+200D. By shape, not
# by list: emoji of later years are counted rightly too.
_PICTOGRAPH = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff\U0001fc00-\U0001fffd]"
)
_DRESSED = f"{_PICTOGRAPH}[\ufe0f\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_DRESSED}(?:\u200d{_DRESSED})*"

# What X takes for a link: a domain (a scheme before it is optional), a port, a path, a query. Only accented
# Latin and Cyrillic letters belong to a path: another script ends the link.
# X's own short links end at their code.
_LETTERS = "a-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0400-\u04ff\u1e00-\u1eff"
_PATH_END = rf"[{_LETTERS}=_#/+-]|\([{_LETTERS}!*';:=+,.$/%#\[\]_~@|&-]*\)"
_PATH = rf"(?:/(?:[{_LETTERS}!*';:=+,.$/%#\[\]\u2013_~@|&-]*(?:{_PATH_END}))*)?"
_QUERY = r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]_.,~|-]*[a-z0-9_&=#/-])?"
_TAIL = rf"(?::\d+)?{_PATH}{_QUERY}"
_TLD = r"(?:(?:[a-z]{2,}|xn--[a-z0-9-]+)(?![0-9a-z@+-])|[^\W\d_a-z]{2,})"
_DOMAIN = rf"(?:[^\W_](?:[\w-]*[^\W_])?\.)*[^\W_](?:(?:[^\W_]|-)*[^\W_])?\.{_TLD}"
_BARE = rf"(?:[{_LETTERS}](?:[{_LETTERS}_-]*[{_LETTERS}])?\.)+{_TLD}"
_PIECES = re.compile(
    rf"(?<![a-z0-9@$#])(?P<url>https?://(?:t\.co/[a-z0-9]{{1,40}}(?![a-z0-9]){_QUERY}|(?!t\.co/[a-z0-9]){_DOMAIN}{_TAIL}))"
    rf"|(?P<maybe>https?://[\w.-]+{_TAIL}|(?<![{_LETTERS}@$#_./\u2010-\u2015-]){_BARE}{_TAIL})"
    rf"|(?P<emoji>{_EMOJI})",
    re.IGNORECASE,
)
_LINK = re.compile("https?://", re.IGNORECASE)
_LOOSE = " \t\n,;:.!?–—-(…"  # not left standing before the "…"
_EMOJI_AT = re.compile(_EMOJI)


def weighted_length(text: str) -> int:
    """The length of `text` as X counts it; a post may have 280."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    total = at = 0
    for piece in _PIECES.finditer(text):
        total += _plain(text[at : piece.start()]) + _special(piece)
        at = piece.end()
    return total + _plain(text[at:])


def has_link(text: str) -> bool:
    """Whether X would show a link in `text`, and bill it as one; where only X knows, yes."""
    pieces = _PIECES.finditer(unicodedata.normalize("NFC", text))
    return any(piece["maybe"] or (piece["url"] and _possible(piece["url"])) for piece in pieces)


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


def _plain(text: str) -> int:
    return sum(1 if any(first <= ord(c) <= last for first, last in _LIGHT) else 2 for c in text)


def _special(piece: re.Match[str]) -> int:
    if piece["emoji"]:
        return 2
    if piece["url"] and _possible(piece["url"]):
        return URL_LENGTH
    # Only X knows whether "report.pdf" ends in a domain, and it takes no address without one for a link: the
    # longer of both.
    return max(URL_LENGTH if piece["maybe"] else 0, _plain(piece[0]))


def _possible(url: str) -> bool:
    """Whether the name system can hold this host; X does not shorten the others."""
    host = re.split("[/:?]", url.partition("://")[2], maxsplit=1)[0]
    try:
        return len(url) <= _URL_MAX and bool(host.encode("idna"))
    except UnicodeError:
        return False


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
