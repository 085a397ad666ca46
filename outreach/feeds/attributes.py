"""The text of an event's elements that have attributes.

Of `<xCal:dtstart tzid="Europe/Brussels">2026…</xCal:dtstart>` feedparser 6 keeps the attributes and loses the
text: when the event takes place. No Django here: this runs in the parser's own process.
"""

from typing import Any

from feedparser.mixin import _FeedParserMixin

_NAMES = {"ev": ("startdate", "enddate", "location"), "xcal cal ical": ("dtstart", "dtend", "location")}


def keep_text() -> None:
    """Let feedparser keep the text of these elements, and put their zone beside it (`xcal_dtstart_tzid`)."""
    for prefixes, names in _NAMES.items():
        for element in (f"{prefix}_{name}" for prefix in prefixes.split() for name in names):
            setattr(_FeedParserMixin, f"_start_{element}", _starter(element))


def _starter(element: str) -> Any:
    def start(parser: Any, attributes: dict[str, str]) -> None:
        zones = (value for name, value in attributes.items() if name.rpartition(":")[2].lower() == "tzid")
        if zone := next(zones, ""):
            parser._get_context()[f"{element}_tzid"] = zone
        parser.push(element, 1)

    return start
