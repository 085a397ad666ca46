"""Documents: a link that opens a PDF is named as such, for who reads on a phone or pays for data."""

from posixpath import splitext
from urllib.parse import urlsplit

from outreach.feeds import endings
from outreach.feeds.models import Entry

_WORD, _SHEET, _SLIDES = "Word", "Excel", "PowerPoint"
_KINDS = {".doc": _WORD, ".docx": _WORD, ".xls": _SHEET, ".xlsx": _SHEET, ".ppt": _SLIDES, ".pptx": _SLIDES}


def kind_of(link: str) -> str:
    """ "PDF" for a link to one; empty for a page."""
    ending = splitext(urlsplit(link).path.lower())[1]
    if ending not in endings.DOCUMENTS:
        return ""
    return _KINDS.get(ending, ending.removeprefix(".").upper())


def titled(entry: Entry) -> str:
    """The title, with what its link opens when that is a document: "Annual report (PDF)"."""
    kind = kind_of(entry.link)
    says_so = kind.casefold() in entry.title.casefold()
    return entry.title if not entry.title or says_so else f"{entry.title} ({kind})"
