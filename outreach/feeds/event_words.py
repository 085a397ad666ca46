"""What the words of an event tell: whether it takes place, and where online. Dutch, French and English.

No Django here: this runs in the parser's own process.
"""

import re

from outreach.feeds import cleaning, moments

_CANCELLED = "geannuleerd afgelast afgeschaft geschrapt annule annulee annules annulees supprime supprimee"
_CANCELLED += " cancelled canceled"
_POSTPONED = "uitgesteld reporte reportee reportes reportees postponed"
_STATUS = {
    **dict.fromkeys(_CANCELLED.split(), "cancelled"),
    **dict.fromkeys(_POSTPONED.split(), "postponed"),
}
_OFF = re.compile(r"\b(?:gaat niet door|called off)\b")
# What an event is called, without accents; a hyphen at the start or end: also as that part of a longer word.
_CALLED = """
    agenda kalender calendrier calendar evenement evenementen evenements event events activiteit
    activiteiten activite activites activity activities -vorming -vormingen vormings- formation
    formations training trainingen trainings -scholing -scholingen -studiedag -studiedagen
    studienamiddag studievoormiddag studieavond journee journees webinar- webinaire webinaires seminar
    seminars seminarie seminaries seminaire seminaires symposium symposia colloquium colloquia colloque
    colloques congres congressen congress conferentie conferenties conference conferences -lezing
    -lezingen lecture lectures keynote workshop- atelier ateliers infoavond- infodag- infosessie-
    infomoment- infonamiddag- informatieavond- opendeur- openlesdag- opencampus- leesclub
    boekvoorstelling startdag slotdag slotmoment slotevent netwerkdag- netwerkmoment- netwerkevent-
    uitwisselingsdag- inspiratiedag- inspiratieavond- inspiratiesessie- contactdag- trefdag- meetup
    hackathon festival vernissage
"""
_CALLED_TWO = (
    r"|open days?|open house|open (?:deur|lesdag|bedrijven)\w*|portes ouvertes|seances? d.information"
)


def _pattern(word: str) -> str:
    before, behind = r"\w*" if word.startswith("-") else "", r"\w*" if word.endswith("-") else ""
    return before + re.escape(word.strip("-")) + behind


_EVENT = re.compile(rf"\b(?:{'|'.join(_pattern(word) for word in _CALLED.split())}{_CALLED_TWO})\b")
_URL = re.compile(r"https?://[^\s<>\"'\\]{3,1900}", re.I)
# Where people meet online: the parts of an address that only an invitation has.
_MEETING = re.compile(
    r"^https?://(?:"
    r"(?:[\w-]+\.)*zoom(?:gov)?\.(?:us|com)/(?:j|w|s|my|wc|meeting|webinar)/"
    r"|(?:[\w-]+\.)?teams\.(?:microsoft|live)\.com/(?:l/meetup-join|meet|event|registration|_#/pre-join)"
    r"|meet\.google\.com/(?:[a-z]{3}-|lookup/)"
    r"|(?:[\w-]+\.)+webex\.com/(?:[\w.-]+/)*(?:j\.php|meet/|join/|onstage/|weblink/|webappng/)"
    r"|(?:bbb|bigbluebutton|webconf)[\w-]*\.[\w.-]+/"
    r"|[\w.-]+/(?:bigbluebutton|b)/[\w-]{3}-[\w-]{3}"
    r"|(?:www\.|m\.)?youtube\.com/(?:live/|@[\w.-]+/live|channel/[\w-]+/live)"
    r"|meet\.jit\.si/\w|(?:[\w-]+\.)?whereby\.com/\w|(?:[\w-]+\.)?goto(?:meeting|webinar)\.com/"
    r"|meet\.goto\.com/\d|(?:app\.)?livestorm\.co/p/|(?:www\.)?streamyard\.com/watch/"
    r")",
    re.I,
)


def status_of(title: str) -> str:
    """ "cancelled" or "postponed" when a word of the title says so, else "scheduled".

    Moved ("verplaatst", "déplacé") is neither: it takes place, elsewhere or on another day.
    """
    plain = moments.without_accents(title.lower())
    if _OFF.search(plain):
        return "cancelled"
    return next((_STATUS[word] for word in re.findall(r"\w+", plain) if word in _STATUS), "scheduled")


def is_like_an_event(title: str, categories: list[str]) -> bool:
    """Whether the title or a category is called as only an event is."""
    return any(_EVENT.search(moments.without_accents(text.lower())) for text in (title, *categories))


def meeting_in(*texts: str) -> str:
    """The first address in the texts where people meet online: Zoom, Teams, Meet, Webex and their like."""
    found = (url.rstrip(").,;]>") for text in texts for url in _URL.findall(text))
    return next((cleaning.address(url, "") for url in found if _MEETING.match(url)), "")


def place_and_meeting(place: str, *texts: str) -> tuple[str, str]:
    """The place in words, and the address of the meeting that `place` or else the texts name.

    A place that is an address is where one meets online, whatever the host.
    """
    words = cleaning.text_of(place)
    addresses = _URL.findall(words)
    rest = cleaning.plain(_URL.sub(" ", words)).strip(" ;,|-()")
    if not addresses:
        return cleaning.cut(words, 300), meeting_in(*texts)
    meeting = meeting_in(words) or ("" if rest else cleaning.address(addresses[0], ""))
    return cleaning.cut(rest, 300), meeting or meeting_in(*texts)
