"""Where the links of a draft lead: each is followed once, politely, before readers do.

Only what is surely wrong counts: a page that is not there (404, 410), or a website that does not exist. A
site that is slow, or lets no machine in, may be fine for readers. No request is made while a transaction is
open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urldefrag, urlsplit

import structlog
from django.conf import settings
from django.db.models import Q

from outreach.core import http
from outreach.core.errors import OutreachError
from outreach.core.pace import paced
from outreach.core.sentences import NOTHING, Sentence
from outreach.newsletters.designs import rendering, slots
from outreach.newsletters.designs.lint import page
from outreach.newsletters.models import Issue, LinkLook

log = structlog.get_logger(__name__)

MOST = 60
"""Links of one issue that are followed; behind that it is somebody else's list."""
KEPT = timedelta(hours=6)
"""So long an answer counts."""
AGAIN = timedelta(minutes=15)
"""A draft changes by itself too, when its articles do: so often its links are gathered anew."""
POLITE = timedelta(seconds=2)
"""Between two questions to one website."""
_LEASE = timedelta(minutes=1)  # longer than one answer may take
_LIMITS = http.Limits(bytes=3_000_000, seconds=10)
_GONE = (404, 410)


@dataclass(frozen=True)
class _Next:
    """The link to follow now; or none, and when there is one."""

    link: str
    at: datetime


def look_one(now: datetime) -> bool:
    """Follow one link of one draft. False when there is none to follow now."""
    drafts = Issue.objects.filter(state=Issue.State.DRAFT).select_related("newsletter", "link_look")
    due = drafts.filter(Q(link_look=None) | Q(link_look__look_at__lte=now)).order_by("pk").first()
    if due is None:
        return False
    look = LinkLook.objects.get_or_create(issue=due, defaults={"look_at": now})[0]
    lease = now + paced(_LEASE)
    if not LinkLook.objects.filter(pk=look.pk, look_at=look.look_at).update(look_at=lease):
        return True  # another worker has it
    try:
        links = gathered(due)
    except OutreachError:  # its design cannot be filled: staff see that on its page
        links = []
    _follow(look, _next(links, look.found, now), lease, now)
    return True


def look_again(issue: Issue, now: datetime) -> None:
    """It was changed: what is new in it is followed soon."""
    LinkLook.objects.filter(issue=issue).update(look_at=now)


def broken(issue: Issue) -> dict[str, Sentence]:
    """The links of `issue` that lead nowhere, and why, as far as they were followed."""
    look = LinkLook.objects.filter(issue=issue).first() if issue.pk else None
    found = {link: Sentence.from_json(said["wrong"]) for link, said in (look.found if look else {}).items()}
    return {link: wrong for link, wrong in found.items() if wrong}


def gathered(issue: Issue) -> list[str]:
    """The links of `issue` to the websites of others, each once, in their order."""
    marks = slots.marks(issue)
    own = {marks.unsubscribe_url, marks.preferences_url}
    links = (link.href for link in page.read(rendering.of_issue(issue).html).links)
    return list(dict.fromkeys(link for link in links if _leads_out(link, own)))[:MOST]


def _leads_out(link: str, own: set[str]) -> bool:
    ours = link in own or link.startswith(f"{settings.BASE_URL}/")
    return not ours and link.lower().startswith(("http://", "https://"))


def _next(links: Iterable[str], found: dict[str, Any], now: datetime) -> _Next:
    asked = {link: datetime.fromisoformat(said["at"]) for link, said in found.items()}
    open_links = [link for link in links if link not in asked or asked[link] <= now - KEPT]
    if not open_links:
        return _Next("", now + paced(AGAIN))
    last = {_site(link): at for link, at in sorted(asked.items(), key=lambda pair: pair[1])}
    waits = {link: last[_site(link)] + paced(POLITE) if _site(link) in last else now for link in open_links}
    link = min(open_links, key=lambda one: waits[one])
    return _Next(link, now) if waits[link] <= now else _Next("", waits[link])


def _follow(look: LinkLook, following: _Next, lease: datetime, now: datetime) -> None:
    mine = LinkLook.objects.filter(pk=look.pk, look_at=lease)
    if not following.link:
        mine.update(look_at=following.at)
        return
    wrong = _wrong(following.link)
    found = look.found | {following.link: {"at": now.isoformat(), "wrong": wrong.to_json()}}
    old = now - 2 * KEPT
    recent = {link: said for link, said in found.items() if datetime.fromisoformat(said["at"]) > old}
    mine.update(found=recent, look_at=now)


def _wrong(link: str) -> Sentence:
    """Why `link` leads nowhere; NOTHING where it does not, or where nobody can tell."""
    try:
        http.fetch(urldefrag(link).url, limits=_LIMITS)
    except http.FetchError as error:
        return error.sentence if error.status in _GONE or error.no_such_name else NOTHING
    except Exception:
        log.exception("link_look_failed", link=link)
    return NOTHING


def _site(link: str) -> str:
    try:
        return urlsplit(link).netloc.lower()
    except ValueError:
        return ""
