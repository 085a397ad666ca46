"""Before a post with a link goes out, the page is looked at: is it there, with a title and a picture?

Networks read the page within the first seconds and keep what they saw: a card that was bare then stays bare.
What the page says for that: https://ogp.me. No request is made while a transaction is open.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from outreach.core import http
from outreach.core.errors import OutreachError
from outreach.core.pace import paced
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds.parsing import parse_page
from outreach.posts.accounts.reaching import is_sandbox
from outreach.posts.history import INFO, TROUBLE, WARNING, tell
from outreach.posts.models import Account, LinkedSite, Post, Publication
from outreach.posts.payloads import link_of
from outreach.posts.text import links

log = structlog.get_logger(__name__)

Page = Publication.Page

HELD = (Page.WAITING, Page.GONE)
"""A publication in one of these is not sent."""
AHEAD = timedelta(minutes=1)
"""So long before the post is due the page is looked at."""
# A slow page delays only the looks behind it, and only for so long.
_PAGE, _PICTURE = http.Limits(bytes=8_000_000, seconds=10), http.Limits(bytes=8_000_000, seconds=10)
# Longer than the two fetches and the parse may take together.
_LEASE = timedelta(minutes=2)
_FIRST, _LONGEST, _GONE_AGAIN = timedelta(minutes=1), timedelta(minutes=8), timedelta(hours=1)
_GONE = (404, 410)
_ADDRESS = re.compile(r"https?://\S+")
_ANSWER = "answer"
_BARE = ("title", "picture")  # the page is there, and says too little
_THERE_NOW = N_("The page is there now, so %(account)s is next.")
_IS_GONE = N_(
    "Not posted on %(account)s: the page is gone. "
    "Look whether the link is right; then cancel the post, or post it anyway."
)
_NOT_READY = N_("It goes out on %(account)s although its page is not ready: %(reason)s")
_WAITS = N_("%(account)s waits for the page: %(reason)s")
_OWN_FAULT = N_("Outreach could not read the page; the log of the server tells more.")


@dataclass(frozen=True)
class Verdict:
    """What a look found. `lacks` is "" for a page that is as it should be, else the kind of what is amiss."""

    lacks: str = ""
    reason: Sentence = field(default=NOTHING)
    gone: bool = False


def columns(post: Post, account: Account, frozen: Mapping[str, Any]) -> dict[str, Any]:
    """What a publication that is queued now keeps of the page: whether it is to be looked at first."""
    link = _address(frozen) if link_of(post) else ""
    wanted = bool(link) and _is_wanted(post, account)
    return {
        "page_state": Page.WAITING if wanted else Page.UNSEEN,
        "page_host": urlsplit(link).netloc[:253] if wanted else "",
        "page_since": None,
        "page_look_at": None,
        "page_tries": 0,
        "page_reason": NOTHING,
    }


def anew(publication: Publication) -> dict[str, Any]:
    """The columns of one that goes out much later than it was looked at for: it is looked at again then.

    What was let go without its page stays so.
    """
    if publication.page_state == Page.ANYWAY:
        return {}
    return columns(publication.post, publication.account, publication.payload)


def _address(frozen: Mapping[str, Any]) -> str:
    """The page that the approved text points to: the website may have given the article another since."""
    tag = frozen.get("tag", "")
    found = [frozen["link"]] if frozen["link"] else _ADDRESS.findall(frozen["text"])
    tagged = [one for one in found if tag and tag in one]
    return links.untagged([*found, *tagged][-1], tag) if found else ""


def _is_wanted(post: Post, account: Account) -> bool:
    """Nobody reads a page for a card on a practice account."""
    of_source = post.entry is None or post.entry.source.looks_first
    return bool(settings.PAGE_WAIT) and account.looks_first and of_source and not is_sandbox(account.network)


def look_one(now: datetime) -> bool:
    """Look at the page of one post that is due soon. False when there is none."""
    due = _due(now).order_by("due_at", "pk").values_list("post", "payload").first()
    if due is None:
        return False
    (post, frozen), lease = due, now + paced(_LEASE)
    if _due(now).filter(post=post).update(page_look_at=lease):
        _settle(post, lease, _verdict(_address(frozen)), now)
    return True


def post_anyway(publication: Publication, by: Any = None) -> None:
    """A person decides that it need not wait for its page. Raises OutreachError when it does not wait."""
    with transaction.atomic():
        waiting = Publication.objects.filter(
            pk=publication.pk, state=Publication.State.QUEUED, page_state__in=HELD
        )
        if not waiting.update(page_state=Page.ANYWAY, page_look_at=None):
            raise OutreachError(say(N_("This post does not wait for its page any more.")))
        said = N_("%(account)s does not wait for the page any more.")
        tell(publication, say(said, account=publication.account.name), actor=by)


def _due(now: datetime) -> QuerySet[Publication]:
    when = Q(page_look_at__isnull=True, due_at__lte=now + paced(AHEAD)) | Q(page_look_at__lte=now)
    # What cannot go out anyhow is looked at when it can: weeks later the page may be another.
    paused = Account.objects.filter(state=Account.State.PAUSED)
    return _held().filter(when, held=Publication.Held.NOT).exclude(account__in=paused)


def _held() -> QuerySet[Publication]:
    return Publication.objects.filter(state=Publication.State.QUEUED, page_state__in=HELD)


def _verdict(link: str) -> Verdict:
    try:
        return _seen(link)
    except http.FetchError as error:
        lasting = 400 <= error.status < 500
        lacks = "refused" if lasting else _ANSWER
        return Verdict(lacks, error.sentence, gone=error.status in _GONE)
    except OutreachError as error:
        return Verdict("page", error.sentence)
    except Exception:
        log.exception("page_look_failed", link=link)
        return Verdict("page", say(_OWN_FAULT))


def _seen(link: str) -> Verdict:
    answer = http.fetch(link, limits=_PAGE)
    if "html" not in answer.headers.get("content-type", "html"):
        return Verdict()  # a document has no card
    page = parse_page(answer.body, answer.headers, answer.url)
    if not page.title:
        return Verdict("title", say(N_("The page has no title for sharing yet (og:title).")))
    if not page.image_url:
        return Verdict("picture", say(N_("The page has no picture for sharing yet (og:image).")))
    return _seen_picture(page.image_url)


def _seen_picture(url: str) -> Verdict:
    try:
        http.fetch(url, limits=_PICTURE)
    except http.FetchError as error:
        missing = N_("The picture of the page (og:image) cannot be fetched: %(reason)s")
        return Verdict("picture", say(missing, reason=error.sentence))
    return Verdict()


def _settle(post: int, lease: datetime, verdict: Verdict, now: datetime) -> None:
    """A site that does not answer is not asked again for each of its posts."""
    mine = Q(post=post, page_look_at=lease)
    rows = list(_held().filter(mine).select_related("account", "post__entry"))
    if verdict.lacks == _ANSWER and rows:
        others = _due(now).filter(page_host=rows[0].page_host).exclude(post=post)
        rows += others.select_related("account", "post__entry")
    never = bool(rows) and _says_never(rows[0].page_host, verdict)
    for row in rows:
        _settle_row(row, verdict, now, never=never)
    if rows:
        _learn(rows[0].page_host, verdict, now)


def _settle_row(row: Publication, verdict: Verdict, now: datetime, *, never: bool) -> None:
    name, why = row.account.name, verdict.reason
    if not verdict.lacks:
        _decide(row, Page.READY, say(_THERE_NOW, account=name))
    elif verdict.gone or (row.page_state == Page.GONE and verdict.lacks not in _BARE):
        again = {"page_look_at": now + paced(_GONE_AGAIN), "page_reason": why}
        _decide(row, Page.GONE, say(_IS_GONE, account=name), TROUBLE, **again)
    elif never or _is_over(row, now):
        level = INFO if never else WARNING
        _decide(row, Page.ANYWAY, say(_NOT_READY, account=name, reason=why), level, page_reason=why)
    else:
        _wait(row, verdict, now)


def _is_over(row: Publication, now: datetime) -> bool:
    return row.page_since is not None and now >= row.page_since + paced(settings.PAGE_WAIT)


def _wait(row: Publication, verdict: Verdict, now: datetime) -> None:
    since = row.page_since or now
    pause = min(_FIRST * (1 << min(row.page_tries, 10)), _LONGEST)
    _decide(
        row,
        Page.WAITING,
        say(_WAITS, account=row.account.name, reason=verdict.reason),
        page_since=since,
        page_look_at=min(now + paced(pause), since + paced(settings.PAGE_WAIT)),
        page_tries=row.page_tries + 1,
        page_reason=verdict.reason,
    )


def _decide(row: Publication, state: str, said: Sentence, level: str = INFO, **changes: Any) -> None:
    """Write it down while the row is as it was read. Said once, and not of a page that was there at once."""
    changes = {"page_look_at": None, "page_reason": NOTHING, **changes}
    with transaction.atomic():
        mine = _held().filter(pk=row.pk, page_state=row.page_state, page_look_at=row.page_look_at)
        if not mine.update(page_state=state, **changes):
            return
        first = row.page_since is None and row.page_state == Page.WAITING
        again = state == row.page_state and not (first and state == Page.WAITING)
        if not again and not (first and state == Page.READY):
            tell(row, said, level)


def _says_never(host: str, verdict: Verdict) -> bool:
    """Whether the last post that pointed to this website had to go out without the same."""
    return bool(verdict.lacks) and LinkedSite.objects.filter(host=host, lacks=verdict.lacks).exists()


def _learn(host: str, verdict: Verdict, now: datetime) -> None:
    """A site that never has a picture for sharing, or never lets us in, delays one post only."""
    if verdict.gone or verdict.lacks == _ANSWER:
        return
    waits = _held().filter(page_host=host, page_look_at__gt=now).exists() if verdict.lacks else False
    if not waits:
        LinkedSite.objects.update_or_create(host=host, defaults={"lacks": verdict.lacks})
