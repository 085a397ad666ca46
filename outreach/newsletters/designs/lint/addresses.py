"""Links that lead nowhere, or say nothing."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from outreach.core.sentences import N_, Sentence, say
from outreach.newsletters.designs.lint.findings import Finding, Mail, some
from outreach.newsletters.designs.lint.page import Link, Page

_EMPTY_WORDS = {
    *("click here", "here", "link", "this link", "click", "click this link"),
    *("klik hier", "hier", "deze link", "klik", "via deze link"),
    *("cliquez ici", "ici", "ce lien", "cliquez", "lien"),
}
_MAILBOX = re.compile(r"[^\s@,;?<>]+@[^\s@,;?<>]+\.[^\s@,;?<>]+")
_PRIVATE = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")

_HALF = N_("The link “%(words)s” leads to “%(address)s”. Write the address in full, starting with https://.")
_PROGRAM = N_("The link “%(words)s” would run a programme; mail programmes block that.")
_OWN = N_("The link “%(words)s” leads to %(host)s, which only your own machine or network can reach.")
_MAILTO = N_("The link “%(words)s” should open a mail, but “%(address)s” is not a mail address.")
_OTHER = N_("The link “%(words)s” begins with “%(scheme)s:”, which most mail programmes do not open.")
_BROKEN = N_("The link “%(words)s” leads nowhere: %(reason)s")


def check(mail: Mail, page: Page) -> Iterator[Finding]:
    """What can be said of the links."""
    links = [link for link in page.links if link.href not in (mail.leave, mail.preferences)]
    yield from (found for link in _each_once(links) for found in _one(mail, link))
    yield from _without_words(links)
    yield from _unsafe(mail, links)


def shown(link: Link) -> str:
    """The words of `link`, or its address where it has none."""
    return " ".join(link.words.split())[:80] or link.href[:80]


def _each_once(links: Iterable[Link]) -> Iterable[Link]:
    """One of those with the same address: the first that has words."""
    found: dict[str, Link] = {}
    for link in links:
        if link.href not in found or not found[link.href].words.strip():
            found[link.href] = link
    return found.values()


def _one(mail: Mail, link: Link) -> Iterator[Finding]:
    wrong = _wrong(link, mail.private)
    if wrong:
        code, sentence, stops = wrong
        yield Finding(code, sentence, stops, place=link.href[:200])
    elif reason := mail.broken.get(link.href):
        yield Finding("link-broken", say(_BROKEN, words=shown(link), reason=reason), place=link.href[:200])


def _wrong(link: Link, private: bool) -> tuple[str, Sentence, bool] | None:
    """The kind of what is wrong, the words for it, and whether it stops the mail."""
    words, address = shown(link), link.href
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "link-half", say(_HALF, words=words, address=address[:80]), True
    if parts.scheme == "mailto":
        return _mailbox(words, parts.path)
    if parts.scheme in {"javascript", "vbscript", "data"}:
        return "link-program", say(_PROGRAM, words=words), True
    if address.startswith("#") or parts.scheme in {"tel", "sms"}:
        return None
    if parts.scheme not in {"http", "https", ""}:
        return "link-scheme", say(_OTHER, words=words, scheme=parts.scheme), False
    if not parts.scheme or not host:
        return "link-half", say(_HALF, words=words, address=address[:80]), True
    if not private and _is_private(host):
        return "link-private", say(_OWN, words=words, host=host), True
    return None


def _mailbox(words: str, path: str) -> tuple[str, Sentence, bool] | None:
    if _MAILBOX.fullmatch(path):
        return None
    return "link-mailto", say(_MAILTO, words=words, address=path[:80]), False


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE)


def _without_words(links: list[Link]) -> Iterator[Finding]:
    told = {link.href for link in links if link.words.strip()}
    silent = [link.href for link in links if not link.words.strip() and link.href not in told]
    if silent:
        words = N_("A link has no words and no picture with a description: nobody can hear where it leads.")
        yield Finding("link-empty", say(words), place=some(silent))
    vague = [link for link in links if " ".join(link.words.split()).strip(" .:→>»").lower() in _EMPTY_WORDS]
    if vague:
        words = N_("A link is called “%(words)s”: say where it leads, for readers who go from link to link.")
        yield Finding("link-vague", say(words, words=shown(vague[0])), place=some(one.href for one in vague))


def _unsafe(mail: Mail, links: list[Link]) -> Iterator[Finding]:
    plain = [link for link in links if link.href.lower().startswith("http://")]
    plain = [link for link in plain if not (mail.private and _is_private(_host(link.href)))]
    if plain:
        words = N_("A link is not encrypted (http): “%(words)s”. Use https where the site has it.")
        yield Finding("link-http", say(words, words=shown(plain[0])), place=some(one.href for one in plain))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
