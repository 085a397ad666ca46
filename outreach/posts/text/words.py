"""Words for posts: tidied, because feeds and pasted text hold what networks refuse."""

import re
import unicodedata
from collections.abc import Iterable

MOST_HASHTAGS = 3
LONGEST_HASHTAG = 30
# What a content system says when nobody chose a category.
_SAYS_NOTHING = {
    "uncategorized",
    "geencategorie",
    "ongecategoriseerd",
    "noncategorise",
    "noncategorisé",
    "nonclassé",
}
# X refuses these code points; a lone surrogate cannot be sent at all.
_REFUSED = re.compile("[\ufeff\ufffe\uffff\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ADDRESS = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)


def tidy(text: str) -> str:
    """`text` in NFC, without control characters, its line ends as "\\n" and no more than one blank line."""
    text = _REFUSED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = unicodedata.normalize("NFC", _CONTROL.sub(" ", text))
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def one_line(text: str) -> str:
    """`text` tidied, on one line."""
    return " ".join(tidy(text).split())


def is_address(text: str) -> bool:
    """Whether `text` is nothing but a web address."""
    return bool(_ADDRESS.fullmatch(text))


def hashtags(categories: Iterable[str]) -> tuple[str, ...]:
    """`["Digitale didactiek", "’s avonds"]` as `("#DigitaleDidactiek", "#sAvonds")`: three at most."""
    found: dict[str, str] = {}
    for category in categories:
        word = _joined(str(category))
        if _says_something(word):
            found.setdefault(word.casefold(), f"#{word}")
    return tuple(found.values())[:MOST_HASHTAGS]


def _joined(category: str) -> str:
    """The words of `category` as one, each with a capital where there are several."""
    parts = re.findall(r"\w+", re.sub(r"['’‘]", "", one_line(category)))
    return "".join(parts if len(parts) < 2 else map(_capital, parts))


def _capital(part: str) -> str:
    """`part` with a capital, but "’s-Hertogenbosch" stays #sHertogenbosch."""
    return part if len(part) == 1 else part[0].upper() + part[1:]


def _says_something(word: str) -> bool:
    return (
        0 < len(word) <= LONGEST_HASHTAG
        and any(letter.isalpha() for letter in word)
        and word.casefold() not in _SAYS_NOTHING
    )
