"""The small change of XML that the systems share."""

from datetime import UTC, datetime, tzinfo
from email.utils import format_datetime
from xml.sax.saxutils import escape


def element(name: str, text: str, attributes: str = "") -> str:
    """`<name attributes>text</name>` on a line of its own; nothing for an empty text."""
    return f"<{name}{attributes and ' ' + attributes}>{escape(text)}</{name}>\n" if text else ""


def cdata(name: str, text: str) -> str:
    """The same with the text as it is, in a CDATA section."""
    return f"<{name}><![CDATA[{text.replace(']]>', ']]&gt;')}]]></{name}>\n" if text else ""


def utc(moment: datetime | None) -> str:
    """As RFC 822 writes it, in UTC: "Mon, 12 Jan 2026 08:15:00 +0000"."""
    return format_datetime(moment.astimezone(UTC)) if moment else ""


def local(moment: datetime | None, zone: tzinfo) -> str:
    """The same on the wall clock of `zone`."""
    return format_datetime(moment.astimezone(zone)) if moment else ""
