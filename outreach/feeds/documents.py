"""Documents that an item of a feed offers. No Django here: this runs in the parser's own process."""

from collections.abc import Iterable
from posixpath import basename
from urllib.parse import unquote, urlsplit

from outreach.feeds import cleaning, endings

_MOST = 5
_KINDS = ("application/pdf", "application/msword", "application/vnd.ms-", "application/rtf")
_FAMILIES = ("officedocument", "opendocument")


def offered(files: Iterable[tuple[object, object, object]], base: str) -> list[dict[str, str]]:
    """The documents among `files` (address, media type, name), each once: `url` and `name`.

    A document without a name is called after its file.
    """
    found: dict[str, str] = {}
    for address, kind, name in files:
        url = cleaning.address(address, base)
        if url and is_one(kind, url):
            found.setdefault(url, _name(name, url))
    return [{"url": url, "name": name} for url, name in list(found.items())[:_MOST]]


def is_one(kind: object, url: str) -> bool:
    """Whether a file of media type `kind`, or at an address that ends like this, is a document."""
    said = kind.lower() if isinstance(kind, str) else ""
    if said and not said.startswith(("application/octet-stream", "application/force-download")):
        return said.startswith(_KINDS) or any(family in said for family in _FAMILIES)
    return urlsplit(url).path.lower().endswith(endings.DOCUMENTS)


def _name(given: object, url: str) -> str:
    own = cleaning.text_of(given) if isinstance(given, str) else ""
    return cleaning.cut(own or cleaning.plain(unquote(basename(urlsplit(url).path))), 200)
