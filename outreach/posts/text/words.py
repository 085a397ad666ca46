"""Words for posts: tidied, because feeds and pasted text hold what networks refuse."""

import html
import re
import unicodedata
from collections.abc import Iterable

from outreach.core import autolinks

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
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# The end of a sentence with the next one right behind it: a small letter, a full stop, one capital.
_GLUED = re.compile(r"(?<!\S)[^\W\d_]*[a-zà-öø-ÿ]\.[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+(?!\S)")
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


def said(text: str) -> str:
    """What a website says, on one line: as people read it, whatever its content system did to it."""
    text = _decoded(text)
    return _GLUED.sub(lambda full_stop: _apart(full_stop[0]), one_line(text))


def without(title: str, summary: str) -> str:
    """`summary` without `title` at its start: many sites begin by saying it again."""
    rest = summary[len(title) :]
    if not title or summary[: len(title)].casefold() != title.casefold() or rest[:1].isalnum():
        return summary
    return rest.lstrip(" .,:;!?…–—-|") or ""


def _decoded(text: str) -> str:
    """`text` with its entities as signs; a content system may have encoded them twice."""
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return text


def _apart(glued: str) -> str:
    """ "school.In" as "school. In": X makes a link of the first, and bills it."""
    return glued.replace(".", ". ") if autolinks.urls(glued) else glued


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
    """`part` with a capital, "ijs" with two; "’s-Hertogenbosch" stays #sHertogenbosch."""
    if part[:2].lower() == "ij":
        return f"IJ{part[2:]}"
    return part if len(part) == 1 else part[0].upper() + part[1:]


def _says_something(word: str) -> bool:
    return (
        0 < len(word) <= LONGEST_HASHTAG
        and any(letter.isalpha() for letter in word)
        and word.casefold() not in _SAYS_NOTHING
    )
