"""Web addresses in posts: as ASCII, so that every network recognises the whole of them, and tagged."""

import re
from urllib.parse import urlsplit, urlunsplit

from django.utils.encoding import iri_to_uri

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

LONGEST = 2000
_HOST = re.compile(r"(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", re.IGNORECASE)


def clean(link: str, field: str = "link") -> str:
    """`link` as an ASCII http(s) address; an empty one stays empty. Raises BadInput naming `field`."""
    link = link.strip()
    if not link:
        return ""
    if len(link) > LONGEST:
        raise BadInput(
            say(
                N_("The link has %(length)s characters; %(limit)s are possible."),
                length=len(link),
                limit=LONGEST,
            ),
            field,
        )
    if not (found := _as_ascii(link)):
        raise BadInput(
            say(N_("“%(link)s” is not a web address; use one that starts with https://."), link=link[:100]),
            field,
        )
    return found


def usable(link: str) -> str:
    """`link` as in `clean`, or "" when it is not a web address: a feed may hold anything."""
    try:
        return clean(link)
    except BadInput:
        return ""


def tagged(link: str, tag: str) -> str:
    """`link` with `utm_id=<tag>` as its last parameter; every other byte stays, the fragment too."""
    if not link or not tag:
        return link
    address, hash_sign, fragment = link.partition("#")
    join = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{join}utm_id={tag}{hash_sign}{fragment}"


def untagged(link: str, tag: str) -> str:
    """What `tagged` made `link` of: its page, without a visit that nobody made in the website's figures."""
    return re.sub(rf"[?&]?utm_id={re.escape(tag)}(?=#|$)", "", link) if tag else link


def _as_ascii(link: str) -> str:
    """The address with its host in IDNA and its path quoted; "" for what is not http(s) with a host."""
    if re.search(r"[\s\x00-\x1f\x7f]", link):
        return ""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode()
    except ValueError:  # a bad port, a broken bracket, a label that IDNA refuses
        return ""
    if parts.scheme.lower() not in {"http", "https"} or parts.username or not _HOST.fullmatch(host):
        return ""
    place = host if port is None else f"{host}:{port}"
    return iri_to_uri(urlunsplit((parts.scheme.lower(), place, *parts[2:]))) or ""
