"""The words of dates and hours in Dutch, French and English, and a text as a row of them.

No Django here: this runs in the parser's own process.
"""

import re
from typing import NamedTuple

from outreach.feeds import moments

_MOST_TEXT = 4000
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan janvier janv january",
            "februari feb fevrier fevr fev february",
            "maart mrt mars march mar",
            "april apr avril avr",
            "mei mai may",
            "juni jun juin june",
            "juli jul juillet juil july",
            "augustus aug aout august",
            "september sept sep septembre",
            "oktober okt octobre oct october",
            "november nov novembre",
            "december dec decembre",
        ),
        1,
    )
    for name in names.split()
}
ENGLISH = re.compile(r"(?:jan|febr|octo)(?:uary|ber)|march|april|may|june|july|august|(?:sept|nov|dec)ember")
SHORT = {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "maandag ma maa lundi lun monday mon",
            "dinsdag di din mardi mar tuesday tue tues",
            "woensdag wo woe mercredi mer wednesday wed",
            "donderdag do don jeudi jeu thursday thu thur thurs",
            "vrijdag vr vrij vrij vendredi ven friday fri",
            "zaterdag za zat samedi sam saturday sat",
            "zondag zo zon dimanche dim sunday sun",
        )
    )
    for name in names.split()
}
RANGE = {"-", "–", "—", "tot", "au", "a", "to", "until", "till", "through"}
LIST = {",", "en", "et", "and", "&", "+", "/"}
BEFORE_A_DAY = {"le", "the", "de", "op", "on", "du", "van", ".", ","}
_TO_AND_WITH = re.compile(r"\btot en met\b|\bt/m\b|\bt\.?e\.?m\b\.?")
_TOKEN = re.compile(
    r"(?<![\w./-])(?P<iso>20\d\d-\d\d-\d\d)(?![\w-])"
    r"|(?<![\w./-])(?P<date>\d{1,2}(?:[/.]\d{1,2}|(?P<s>[/.-])\d{1,2}(?P=s)(?:20)?\d\d))"
    r"(?![\w/]|[.,-]\d|\s?(?:uur|u|h)\b)"
    r"|(?<![\w./€])(?P<clock>\d{1,2}(?:[:.]\d\d(?:\s?(?:uur|u|h)\b)?|\s?(?:uur|u|h|heures?)(?:\s?\d\d)?(?!\w))"
    r"(?:\s?[ap]\.?m\b\.?)?|\d{1,2}\s?[ap]\.?m\b\.?)"
    r"|(?<![\w.,/€+])(?P<number>\d{1,4})(?:er|ste|de|e|st|nd|rd|th)?(?!\w|[.,]\d)"
    r"|(?P<word>[^\W\d_]+)|(?P<sign>\S)"
)


class Token(NamedTuple):
    """A word, number, hour, date or sign, and where it stands in the text."""

    kind: str
    text: str
    start: int
    end: int


_NOTHING = Token("", "", 0, 0)


class Tokens:
    """A text as a row of tokens: lower case, without accents."""

    def __init__(self, text: str) -> None:
        plain = moments.without_accents(text[:_MOST_TEXT].lower()).replace("’", "'")
        plain = _TO_AND_WITH.sub("tot", plain)
        self.text = plain.replace("jusqu'au", "jusquau").replace("jusqu'a", "jusquau")
        found = _TOKEN.finditer(self.text)
        self._all = [Token(one.lastgroup or "", one[one.lastgroup or 0], *one.span()) for one in found]

    def __len__(self) -> int:
        return len(self._all)

    def at(self, place: int) -> Token:
        """The token there; an empty one before the first and behind the last."""
        return self._all[place] if 0 <= place < len(self._all) else _NOTHING

    def behind_small_words(self, place: int) -> int:
        """The place of the first token from there on that is no small word before a day ("le", "op")."""
        while self.at(place).text in BEFORE_A_DAY:
            place += 1
        return place

    def before_small_words(self, place: int) -> int:
        """The same, towards the beginning; -1 when nothing else stands there."""
        while place >= 0 and self.at(place).text in BEFORE_A_DAY:
            place -= 1
        return place
