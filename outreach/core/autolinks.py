"""What X makes a link of in a text, whoever meant one: it shortens, counts and bills each.

The rule is that of twitter-text 3 (https://docs.x.com/fundamentals/counting-characters), written out here
(why: docs/decisions.md). A link is an address with a scheme, or a bare domain whose last part is a top-level
domain: the full stop that nobody put a space after makes one too ("op school.In de klas").
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LONGEST = 4096  # an address; X takes no longer one
_LONGEST_LABEL = 63  # RFC 1035, 2.3.4
_LONGEST_CODE = 40  # of a t.co address

# A domain may hold everything but the signs of ASCII, spaces, and what steers the direction of writing.
_NOT_IN_DOMAINS = (
    r"!#%&'()*+,\\/:;<=>?@\[\]^{|}~$\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    r"\ufffe\ufeff\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
_RUN = re.compile(rf"[^{_NOT_IN_DOMAINS}]+")
_SCHEME = re.compile(r"https?://$", re.IGNORECASE)
# After one of these nothing begins: it is the rest of a word, a name, a hashtag or an amount.
_GLUE = frozenset("@＠$#＃\ufffe\ufeff\uffff")
_ACCENTED = (
    r"\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    r"\u02bb\u0300-\u036f\u1e00-\u1eff"
)
# Only accented Latin and Cyrillic letters belong to a path: another script ends the link.
_IN_PATH = rf"[a-z0-9\u0400-\u04ff{_ACCENTED}!*';:=+,.$/%#\[\]\u2013_~@|&-]"
_PARENTHESES = rf"\((?!\)){_IN_PATH}*(?:\({_IN_PATH}+\){_IN_PATH}*)?\)"
_PORT = re.compile(r":[0-9]+")
_PATH = re.compile(rf"/(?:{_IN_PATH}+|{_PARENTHESES})*", re.IGNORECASE)
_QUERY = re.compile(r"\?[a-z0-9!?*'@();:&=+$/%#\[\]_.,~|-]*", re.IGNORECASE)
_ENDS_NO_PATH, _ENDS_NO_QUERY = "!*';:,.$%[]\u2013~@|&", "!?*'@();:+$%[].,~|"
_SHORT = re.compile(r"https?://t\.co/([a-z0-9]+)", re.IGNORECASE)
# Without a scheme only accented Latin is part of a domain, so text of another script may touch it.
_LABELS = re.compile(rf"(?:[a-z0-9{_ACCENTED}-]+\.)+", re.IGNORECASE)
_WORD = re.compile("[a-z]{2,}", re.IGNORECASE | re.ASCII)
_PUNYCODE = re.compile("xn--[a-z0-9-]+", re.IGNORECASE | re.ASCII)
_GOES_ON = re.compile("[0-9a-z@+-]", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Link:
    """A link in a text: its words, where they begin and where they end."""

    url: str
    start: int
    end: int

    @property
    def bare(self) -> bool:
        """Whether it has no scheme: perhaps nobody meant a link."""
        return not re.match("https?://", self.url, re.IGNORECASE)


def urls(text: str) -> list[str]:
    """What X makes links of in `text`, in their order."""
    return [link.url for link in links(text)]


def links(text: str) -> Iterator[Link]:
    """The links that X makes in `text`, in their order. Takes time in proportion to the text."""
    at = 0
    for run in _RUN.finditer(text) if "." in text else ():
        if "." not in run[0]:
            continue
        domains = _Domains(text, run)
        while found := _first(domains, run, at):
            start, domain_at, domain_end = found
            at = _tail(text, domain_end)
            yield from _told(text, start, domain_at, domain_end, at)


def _first(domains: "_Domains", run: re.Match[str], free: int) -> tuple[int, int, int] | None:
    """Where the first address that touches `run` begins, where its domain begins and where that ends."""
    text = run.string
    scheme = _SCHEME.search(text, max(run.start() - 8, 0), run.start())
    if scheme and _may_begin(text, scheme.start(), free) and (end := domains.longest(run.start())):
        return scheme.start(), run.start(), end
    for start in range(max(run.start(), free), run.end()):
        if _may_begin(text, start, free) and (end := domains.longest(start)):
            return start, start, end
    return None


def _may_begin(text: str, at: int, free: int) -> bool:
    """Whether an address may begin here; the sign before it is its own, not the end of the one before."""
    if at == 0:
        return free == 0
    before = text[at - 1]
    return at > free and before not in _GLUE and not (before.isascii() and before.isalnum())


class _Domains:
    """The domains that a run of letters holds."""

    def __init__(self, text: str, run: re.Match[str]) -> None:
        self._text, self._labels = text, []
        at = run.start()
        for label in run[0].split("."):
            self._labels.append((at, at + len(label)))
            at += len(label) + 1
        self._tops = [k for k in range(2, len(self._labels)) if self._top(k) and self._is_name(k - 1)]
        # Per label, the last one that can end a domain in which this one and all after it stand.
        self._reach = [len(self._labels)] * (len(self._labels) + 1)
        for k in range(len(self._labels) - 1, -1, -1):
            self._reach[k] = self._reach[k + 1] if self._is_label(*self._labels[k]) else k + 1

    def longest(self, start: int) -> int:
        """Where the longest domain ends that begins at `start`; 0 when none does."""
        first = bisect_right(self._labels, start, key=lambda label: label[0]) - 1
        begin, end = start, self._labels[first][1]
        if first + 1 >= len(self._labels) or not self._is_label(begin, end):
            return 0
        last = bisect_right(self._tops, self._reach[first + 1])
        if last and self._tops[last - 1] > first + 1:
            return self._top(self._tops[last - 1])
        return 0 if "_" in self._text[begin:end] else self._top(first + 1)

    def _top(self, k: int) -> int:
        return _top_level(self._text, self._labels[k][0])

    def _is_name(self, k: int) -> bool:
        return self._is_label(*self._labels[k]) and "_" not in self._text[slice(*self._labels[k])]

    def _is_label(self, start: int, end: int) -> bool:
        return start < end and self._text[start] not in "_-" and self._text[end - 1] not in "_-"


def _top_level(text: str, at: int) -> int:
    """Where the top-level domain ends that begins at `at`; 0 when none does."""
    known, longest = top_level_domains()
    if (word := _WORD.match(text, at)) and not _GOES_ON.match(text, word.end()) and word[0].lower() in known:
        return word.end()
    if code := _PUNYCODE.match(text, at):
        return code.end()
    if at < len(text) and text[at : at + longest].isascii():
        return 0
    ends = range(min(at + longest, len(text)), at, -1)
    return next((e for e in ends if text[at:e].lower() in known and not _GOES_ON.match(text, e)), 0)


@cache
def top_level_domains() -> tuple[frozenset[str], int]:
    """All top-level domains, and the length of the longest. Read at the first full stop in a text."""
    from publicsuffixlist import PSLFILE

    found = set()
    with Path(PSLFILE).open(encoding="utf-8") as lines:
        for line in lines:
            if "END ICANN DOMAINS" in line:  # below it stand the domains of firms
                break
            if (rule := line.strip()) and not rule.startswith("//"):
                found.add(rule.rpartition(".")[2].lower())
    return frozenset(found), max(map(len, found))


def _tail(text: str, at: int) -> int:
    """Where the address ends whose domain ends at `at`: port, path and query."""
    if port := _PORT.match(text, at):
        at = port.end()
    if path := _PATH.match(text, at):
        at += max(len(path[0].rstrip(_ENDS_NO_PATH)), 1)
    if query := _QUERY.match(text, at):
        at += len(query[0].rstrip(_ENDS_NO_QUERY))
    return at


def _told(text: str, start: int, domain_at: int, domain_end: int, end: int) -> Iterator[Link]:
    """The links of one address: one, none where X takes it for none, or all bare domains that touch there."""
    domain = text[domain_at:domain_end]
    if not _possible(domain, end - start):
        return
    if start < domain_at:
        yield from _with_scheme(text, start, end)
    elif start == 0 or text[start - 1] not in "-_./":
        found = [(domain[first:last], domain_at + first, domain_at + last) for first, last in _plain(domain)]
        for url, first, last in found[:-1]:
            yield Link(url, first, last)
        for url, first, last in found[-1:]:
            rest = text[domain_end:end]
            # A query alone is not taken along.
            yield Link(url + rest, first, end) if "/" in rest.partition("?")[0] else Link(url, first, last)


def _with_scheme(text: str, start: int, end: int) -> Iterator[Link]:
    """X's own short addresses end at their code, with a query perhaps; all others are whole."""
    if short := _SHORT.match(text, start, end):
        if len(short[1]) > _LONGEST_CODE:
            return
        query = _QUERY.match(text, short.end(), end)
        end = short.end() + len(query[0].rstrip(_ENDS_NO_QUERY) if query else "")
    yield Link(text[start:end], start, end)


def _plain(domain: str) -> Iterator[tuple[int, int]]:
    """Where the domains of Latin letters begin and end in one that may hold other scripts between them."""
    at = 0
    while labels := _LABELS.search(domain, at):
        at = labels.end()
        dots = (labels.start() + k + 1 for k in range(len(labels[0]) - 1, -1, -1) if labels[0][k] == ".")
        if end := next((top for dot in dots if (top := _top_level(domain, dot))), 0):
            yield labels.start(), end
            at = end


def _possible(domain: str, length: int) -> bool:
    """Whether the name system can hold `domain`, and the address of `length` characters is not too long."""
    if any(len(label) > _LONGEST_LABEL for label in domain.split(".")):
        return False
    try:
        return len("https://") + length - len(domain) + len(domain.encode("idna")) <= _LONGEST
    except UnicodeError:
        return False
