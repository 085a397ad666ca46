"""Documents: a link that opens a PDF is named as such, for who reads on a phone or pays for data."""

from urllib.parse import urlsplit

from outreach.feeds.models import Entry

_KINDS = {
    ".pdf": "PDF",
    ".doc": "Word",
    ".docx": "Word",
    ".odt": "ODT",
    ".xls": "Excel",
    ".xlsx": "Excel",
    ".ppt": "PowerPoint",
    ".pptx": "PowerPoint",
    ".zip": "ZIP",
}


def kind_of(link: str) -> str:
    """ "PDF" for a link to one; empty for a page."""
    name = urlsplit(link).path.rpartition("/")[2].lower()
    return _KINDS.get(name[name.rfind(".") :], "") if "." in name else ""


def titled(entry: Entry) -> str:
    """The title, with what its link opens when that is a document: "Annual report (PDF)"."""
    kind = kind_of(entry.link)
    says_so = kind.casefold() in entry.title.casefold()
    return entry.title if not entry.title or says_so else f"{entry.title} ({kind})"
