"""An article that was posted before, once more: only ever because a person chose it.

Nothing in the house calls `reshare` but a page and a command; what it makes waits for approval, whatever the
rules of its source.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import person
from outreach.core.sentences import N_, say
from outreach.feeds import events
from outreach.feeds.models import Entry
from outreach.posts import history, illustrating
from outreach.posts.models import Account, Post, Publication

SOON = timedelta(days=14)
"""Who read it less long ago than this would read it twice."""


class TooSoon(OutreachError):
    """It was posted not long ago; a person may say that it is to be shared anyway."""


def last_posted(entry: Entry) -> datetime | None:
    """When anything of `entry` was last posted; None when nothing was."""
    rows = Publication.objects.filter(post__entry=entry, published_at__isnull=False)
    return rows.order_by("-published_at").values_list("published_at", flat=True).first()


def is_soon(posted: datetime | None) -> bool:
    """Whether that is less than `SOON` ago."""
    return posted is not None and posted > clock.now() - SOON


def reshare(entry: Entry, by: Any = None, *, anyway: bool = False) -> Post:
    """A new post of `entry` that waits for approval: its text has a heading, and may be replaced.

    While one waits, that one. Raises TooSoon unless `anyway`, OutreachError when it was never posted, left
    the website, or is an event that is over or does not take place.
    """
    with transaction.atomic():
        Entry.objects.select_for_update().get(pk=entry.pk)
        waiting = Post.objects.filter(entry=entry, kind=Post.Kind.RESHARE, state__in=Post.OPEN).first()
        if waiting is not None:
            return waiting
        _refuse_unless_sensible(entry, anyway=anyway)
        post = Post.objects.create(
            entry=entry,
            kind=Post.Kind.RESHARE,
            state=Post.State.WAITING,
            language=entry.language,
            created_at=clock.now(),
            created_by=person(by),
        )
        post.accounts.set(_accounts(entry))
        history.tell_post(post, say(N_("Taken up to be shared again; waits for approval.")), actor=by)
        illustrating.ask(post)
    return post


def _refuse_unless_sensible(entry: Entry, *, anyway: bool) -> None:
    posted, event = last_posted(entry), events.event_of(entry)
    if posted is None:
        raise OutreachError(say(N_("It was not posted yet, so there is nothing to share again.")))
    if entry.withdrawn_at or entry.page_gone_at:
        raise OutreachError(say(N_("It is not on the website any more, so it is not shared again.")))
    if event and (events.too_late(event, clock.now()) or not events.takes_place(event)):
        raise OutreachError(say(N_("The event is over or does not take place, so it is not shared again.")))
    if is_soon(posted) and not anyway:
        raise TooSoon(say(N_("It was posted %(time)s: who saw it then sees it twice."), time=posted))


def _accounts(entry: Entry) -> list[Account]:
    """Where it was posted before."""
    out = Publication.objects.filter(post__entry=entry, published_at__isnull=False)
    return list(Account.objects.filter(pk__in=out.values("account")))
