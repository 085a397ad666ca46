"""What the feed does not say is read on the article's own page: once, and daily while its event is to come.

Reading a page never decides whether something is posted: without it the feed's own words serve.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from outreach.core import http
from outreach.core.errors import OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds import entries, events, merging, presence, provenance
from outreach.feeds.identity import normal_url, site_of
from outreach.feeds.models import Entry, Event, Source
from outreach.feeds.parsing import Item, Page, parse_page
from outreach.feeds.politeness import asked_now

log = structlog.get_logger(__name__)

LONGEST_WAIT = timedelta(minutes=30)
"""A page that cannot be read holds its article up no longer than this."""
# Longer than the fetch and the parse may take together; a worker that died leaves the page due again.
_LEASE, _AGAIN, _DAILY = timedelta(minutes=5), timedelta(minutes=10), timedelta(days=1)
_MOST_TRIES = 3
_GONE = (404, 410)
_NOT_HANDLED = N_("Outreach could not handle this page; the log of the server tells more.")
# The same picture on so many other pages is the site's logo.
_IS_A_LOGO = 2


def is_wanted(source: Source, item: Item) -> bool:
    """Whether the page of a new item is worth a look: its own site's, and the feed leaves something open."""
    says_all = item.summary and item.image_url and item.event
    return source.read_pages and not says_all and _is_of(item.link, source)


def enrich_one(now: datetime) -> bool:
    """Read the page of one entry that is due. False when none is."""
    due = Entry.objects.filter(page_due_at__lte=now, source__active=True, source__held_at=None)
    # After a site has moved, hundreds of old articles look new: their pages are left alone.
    due = due.exclude(state=Entry.State.IGNORED).exclude(source__site__in=asked_now(now))
    for entry in due.select_related("source", "event").order_by("page_due_at", "pk")[:5]:
        mine = Entry.objects.filter(pk=entry.pk, page_due_at=entry.page_due_at)
        if mine.update(page_due_at=now + _LEASE):
            _read(entry, now + _LEASE, now)
            return True
    return presence.watch(now)


def _read(entry: Entry, lease: datetime, now: datetime) -> None:
    """Every failure counts: a page that is tried without end would keep the others waiting."""
    try:
        answer = http.fetch(entry.link, limits=http.PAGE)
        page = parse_page(answer.body, answer.headers, answer.url)
        _take_in(entry, page, answer.url, lease, now)
    except OutreachError as error:
        _failed(entry, lease, now, error)
    except Exception:
        log.exception("page_failed", entry=entry.pk)
        _failed(entry, lease, now, OutreachError(say(_NOT_HANDLED)))


def _take_in(entry: Entry, page: Page, url: str, lease: datetime, now: datetime) -> None:
    with transaction.atomic():
        mine = Entry.objects.select_for_update().filter(pk=entry.pk, page_due_at=lease)
        if mine.exists() and _is_of(url, entry.source):
            entry.refresh_from_db()
            _use(entry, page, now)
        presence.seen(entry)
        mine.update(page_tries=F("page_tries") + 1, page_due_at=_next(entry, now))


def _use(entry: Entry, page: Page, now: datetime) -> None:
    said = _said(entry, page)
    added = entries.missing({name: getattr(entry, name) for name in entries.CONTENT}, said)
    Entry.objects.filter(pk=entry.pk).update(page=said, **added)
    for name, value in added.items():
        setattr(entry, name, value)
    if added.keys() - {"link"}:
        record(entry, say(N_("Its own page says what the feed does not.")))
    merging.meet(entry, page.event, page.hint, now)


def _said(entry: Entry, page: Page) -> dict[str, Any]:
    """What is kept of the page; of its address only a cleaner spelling of the same."""
    said = {
        "title": page.title[:500],
        "summary": page.description,
        "image_url": "" if _is_logo(entry, page.image_url) else page.image_url,
        "image_alt": page.image_alt[:1000],
        "author": page.author[:200],
        "downloads": page.downloads,
    }
    if page.canonical and normal_url(page.canonical) == normal_url(entry.link):
        said["link"] = page.canonical
    return said


def _is_logo(entry: Entry, image_url: str) -> bool:
    if not image_url or image_url.lower().endswith(".svg"):
        return True
    others = entry.source.entries.filter(page__image_url=image_url).exclude(pk=entry.pk)
    return others[:_IS_A_LOGO].count() >= _IS_A_LOGO


def _next(entry: Entry, now: datetime) -> datetime | None:
    """An event that only its page tells of may move or be cancelled there; each may be taken away."""
    event = events.event_of(entry)
    if event is None or events.too_late(event, now):
        return None
    of_its_page = provenance.place_of(provenance.said_by(event)) == Event.Origin.PAGE
    return now + _DAILY if of_its_page else presence.next_look(event, now)


def _failed(entry: Entry, lease: datetime, now: datetime, error: OutreachError) -> None:
    lasting = isinstance(error, http.FetchError) and 400 <= error.status < 500
    last = lasting or entry.page_tries + 1 >= _MOST_TRIES
    again = _next(entry, now) if last else now + _AGAIN
    mine = Entry.objects.filter(pk=entry.pk, page_due_at=lease)
    if not mine.update(page_tries=F("page_tries") + 1, page_due_at=again):
        return
    if isinstance(error, http.FetchError) and error.status in _GONE:
        presence.gone(entry, now)
    if last and not entry.page and entry.page_tries < _MOST_TRIES:
        record(entry, say(N_("Its own page could not be read: %(reason)s"), reason=error.sentence))


def _is_of(url: str, source: Source) -> bool:
    """Whether the page is the website's own: where it was, where its feed is now, or what its feed names.

    What a feed links to elsewhere is the work of others: their picture and words are not this site's.
    """
    host, sites = site_of(url), {source.site, site_of(source.url), source.home} - {""}
    return any(host == site or host.endswith(f".{site}") for site in sites)
