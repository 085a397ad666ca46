"""Whether words fit a text, as people mean it: without capitals and accents, as whole words, * for the rest.

Patterns of staff run with a time limit: a pattern such as (a+)+$ takes years on the wrong text.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

SECONDS = 0.1
"""The time that one pattern may take on one text."""
LONGEST = 300
"""Characters of a pattern."""


class TooSlow(Exception):
    """A pattern took longer than `SECONDS`."""


def folded(text: str) -> str:
    """`text` without the differences between "Café", "cafe" and "CAFÉ"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def holds_words(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of `phrases` stands in `text`, as whole words; "vacature*" also finds "vacatures"."""
    plain = folded(text)
    return any(_words(folded(phrase)).search(plain) for phrase in phrases)


def is_one_of(text: str, phrases: Iterable[str]) -> bool:
    """Whether `text` is one of `phrases`; "stage*" is any text that begins so."""
    plain = folded(text)
    return any(_whole(folded(phrase)).fullmatch(plain) for phrase in phrases)


def holds(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of `phrases` stands anywhere in `text`: for addresses."""
    plain = folded(text)
    return any(folded(phrase) in plain for phrase in phrases)


def fits(text: str, pattern: str) -> bool:
    """Whether the regular expression finds something in `text`. Raises TooSlow."""
    try:
        return _pattern(pattern).search(text, timeout=SECONDS) is not None
    except TimeoutError:
        raise TooSlow from None


def check(pattern: str, field: str) -> None:
    """Raise BadInput for `field` when `pattern` is no regular expression."""
    if len(pattern) > LONGEST:
        raise BadInput(say(N_("This is too long: at most %(most)s characters."), most=LONGEST), field)
    import regex

    try:
        _pattern(pattern)
    except (regex.error, OverflowError, RecursionError) as error:
        words = N_("“%(pattern)s” is no pattern that can be used: %(why)s.")
        raise BadInput(say(words, pattern=pattern, why=str(error)), field) from None


@lru_cache(maxsize=500)
def _words(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_wild(phrase, chr(92) + 'w')}(?!\w)")


@lru_cache(maxsize=500)
def _whole(phrase: str) -> re.Pattern[str]:
    return re.compile(_wild(phrase, "."))


def _wild(phrase: str, letter: str) -> str:
    """`phrase` as a pattern: each * is any number of `letter`.

    All but the last take as little as they can and give nothing back, which finds the same and keeps
    "*e*e*e*e*e*x" from taking minutes.
    """
    first, *rest = (re.escape(part) for part in phrase.split("*"))
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>{letter}*?{part})" for part in middle) + f"{letter}*{last}"


@lru_cache(maxsize=200)
def _pattern(pattern: str) -> Any:
    import regex  # two megabytes, for who writes patterns

    return regex.compile(pattern, regex.IGNORECASE)
