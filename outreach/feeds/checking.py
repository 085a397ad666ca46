"""What is good and bad about a feed, in words that its maker and its reader both understand."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from outreach.core import clock, http
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, Sentence, say
from outreach.feeds import discovering, identity
from outreach.feeds.parsing import Feed, Item, parse

GOOD, ADVICE, BAD = "good", "advice", "bad"
_FEW, _LARGE, _DELAY = 5, 1_000_000, timedelta(minutes=30)


@dataclass(frozen=True)
class Finding:
    """One thing about the feed: good, advice or bad."""

    level: str
    sentence: Sentence


@dataclass(frozen=True)
class Looked:
    """What came back: at first, and when asked whether there is anything newer."""

    url: str
    answer: http.Fetched
    again: http.Fetched
    feed: Feed
    second: Feed
    now: datetime


def check(url: str) -> tuple[Looked, list[Finding]]:
    """The feed at `url` and everything that is to be said of it, bad things first.

    Raises FetchError or FeedError when it cannot be read at all, BadInput for a file.
    """
    if os.path.isfile(url):  # noqa: PTH113  (a Path would raise for an address that is too long for a file)
        words = N_("%(path)s is a file. Give a web address, or read the file with: outreach preview %(path)s")
        raise BadInput(say(words, path=url), field="url")
    looked = _look(discovering.with_scheme(url))
    found = [finding for part in _PARTS for finding in part(looked)]
    return looked, sorted(found, key=lambda finding: (BAD, ADVICE, GOOD).index(finding.level))


def _look(url: str) -> Looked:
    answer = http.fetch(url)
    feed = parse(answer.body, answer.headers, answer.url)
    again = http.fetch(
        url, etag=answer.headers.get("etag", ""), last_modified=answer.headers.get("last-modified", "")
    )
    second = feed if again.not_modified else parse(again.body, again.headers, again.url)
    return Looked(url, answer, again, feed, second, clock.now())


def _address(looked: Looked) -> Iterator[Finding]:
    if urlsplit(looked.answer.url).scheme != "https":
        yield _bad(N_("The address is not encrypted (http). Ask for https: readers and networks expect it."))
    if looked.answer.url != looked.url:
        words = N_("The address sends on to another one. Use that one: %(url)s")
        yield _advice(words, url=looked.answer.url)


def _validators(looked: Looked) -> Iterator[Finding]:
    headers = looked.answer.headers
    if looked.again.not_modified:
        yield _good(N_("The website says when nothing is new, so that looking costs next to nothing."))
    elif "etag" in headers or "last-modified" in headers:
        yield _advice(N_("The website has an ETag or Last-Modified, but sends the whole feed all the same."))
    else:
        yield _advice(N_("The website sends the whole feed each time: it has no ETag and no Last-Modified."))


def _size(looked: Looked) -> Iterator[Finding]:
    size = len(looked.answer.body)
    if size > _LARGE:
        yield _advice(
            N_("The feed is large: %(size)s MB. Fewer entries, or summaries, would do."),
            size=round(size / 1_000_000, 1),
        )


def _delay(looked: Looked) -> Iterator[Finding]:
    age = looked.answer.headers.get("age", "")
    waits = timedelta(seconds=int(age)) if age.isdecimal() and len(age) < 9 else timedelta(0)
    if waits > _DELAY:
        words = N_("What came was %(minutes)s minutes old: a cache stands between. News is as late as that.")
        yield _advice(words, minutes=int(waits.total_seconds() // 60))
    if looked.feed.ttl > 60:
        yield _advice(
            N_("The feed asks to be left alone for %(minutes)s minutes; Outreach waits an hour at most."),
            minutes=looked.feed.ttl,
        )


def _count(looked: Looked) -> Iterator[Finding]:
    count = len(looked.feed.items)
    if looked.feed.cut:
        yield _bad(N_("The feed breaks off in the middle: its end is missing."))
    if not count:
        yield _bad(N_("The feed is empty."))
    elif count < _FEW:
        yield _advice(
            N_("It shows few entries (%(count)s): of more at once, some are never seen."),
            count=count,
        )
    else:
        yield _good(N_("It shows enough entries: %(count)s."), count=count)


def _ids(looked: Looked) -> Iterator[Finding]:
    guids = [item.guid for item in looked.feed.items]
    repeated = [guid for guid, times in Counter(guids).items() if guid and times > 1]
    if repeated:
        yield _bad(
            N_("Entries that share their id (guid) with another: %(count)s. Each needs one of its own."),
            count=len(repeated),
        )
    if missing := sum(not guid for guid in guids):
        yield _advice(
            N_("Entries without an id (guid): %(count)s. If their address changes they look new."),
            count=missing,
        )
    first, second = ({item.link: item.guid for item in feed.items} for feed in (looked.feed, looked.second))
    if any(second.get(link, guid) != guid for link, guid in first.items()):
        yield _bad(N_("The ids (guid) change at each look. They must stay the same for ever."))
    elif guids and not repeated and not missing:
        yield _good(N_("Each entry has an id of its own, which stays."))


def _links(looked: Looked) -> Iterator[Finding]:
    items = looked.feed.items
    if missing := sum(not item.link for item in items):
        yield _bad(N_("Entries without a link to their page: %(count)s."), count=missing)
    tracked = sum(_is_tracked(item.link) for item in items)
    if tracked:
        yield _advice(
            N_("Links with marks for statistics (utm_…): %(count)s. Better leave them out."),
            count=tracked,
        )
    site = identity.site_of(looked.answer.url)
    elsewhere = {identity.site_of(item.link) for item in items if item.link} - {site}
    if elsewhere and len(elsewhere) < 4:
        words = N_("Some entries lead to another website: %(hosts)s.")
        yield _advice(words, hosts=", ".join(sorted(elsewhere)))


def _is_tracked(link: str) -> bool:
    return any(name.startswith(("utm_", "mtm_")) or name in {"fbclid", "gclid"} for name, _ in _query(link))


def _query(link: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(link).query)
    except ValueError:
        return []


def _dates(looked: Looked) -> Iterator[Finding]:
    items = [item for item in looked.feed.items if not item.event]
    dates = [item.published_at for item in items if item.published_at]
    if items and not dates:
        yield _bad(N_("No entry has a date that can be read."))
        return
    if missing := len(items) - len(dates):
        yield _advice(N_("Entries without a date that can be read: %(count)s."), count=missing)
    if len(dates) > 2 and len(set(dates)) == 1:
        yield _bad(N_("All entries have the same date: probably that of the feed itself."))
    if future := sum(date > looked.now + timedelta(hours=1) for date in dates):
        words = N_("Entries dated in the future: %(count)s. If they are events, say so in the settings.")
        yield _advice(words, count=future)
    if dates and len(set(dates)) > 1 and not future and not (len(items) - len(dates)):
        yield _good(N_("Each entry has a date."))


def _texts(looked: Looked) -> Iterator[Finding]:
    items = looked.feed.items
    titles = Counter(item.title for item in items if item.title)
    if repeated := sum(times - 1 for times in titles.values() if times > 1):
        yield _advice(
            N_("Titles used more than once: %(count)s. One that says what is new is read more."),
            count=repeated,
        )
    yield from _share(
        items,
        lambda item: bool(item.summary),
        N_("Each entry has a summary."),
        N_("Entries without a summary: %(count)s of %(all)s. Their posts hold the title alone."),
    )


def _pictures(looked: Looked) -> Iterator[Finding]:
    items = looked.feed.items
    yield from _share(
        items,
        lambda item: bool(item.image_url),
        N_("Each entry has a picture."),
        N_("Entries without a picture: %(count)s of %(all)s. Their own pages are looked at for one."),
    )
    pictured = [item for item in items if item.image_url]
    yield from _share(
        pictured,
        lambda item: bool(item.image_alt),
        N_("Each picture has words for people who cannot see it."),
        N_("Pictures without words for people who cannot see them (alt): %(count)s of %(all)s."),
    )


def _events(looked: Looked) -> Iterator[Finding]:
    items = looked.feed.items
    sure, perhaps = sum(bool(item.event) for item in items), sum(bool(item.hint) for item in items)
    if sure:
        yield _good(N_("Events with a date that programs can read: %(count)s."), count=sure)
    if perhaps:
        words = N_("Perhaps events, for only their words say when: %(count)s. You will be asked about them.")
        yield _advice(words, count=perhaps)


def _share(
    items: list[Item], has: Callable[[Item], bool], all_have: str, some_lack: str
) -> Iterator[Finding]:
    lacking = sum(not has(item) for item in items)
    if lacking:
        yield _advice(some_lack, count=lacking, all=len(items))
    elif items:
        yield _good(all_have)


def _good(words: str, **values: object) -> Finding:
    return Finding(GOOD, say(words, **values))


def _advice(words: str, **values: object) -> Finding:
    return Finding(ADVICE, say(words, **values))


def _bad(words: str, **values: object) -> Finding:
    return Finding(BAD, say(words, **values))


_PARTS = (_address, _validators, _size, _delay, _count, _ids, _links, _dates, _texts, _pictures, _events)
