"""A post that the machine makes of an entry; it waits for approval."""

from typing import Any

from outreach.core import clock
from outreach.core.models import person
from outreach.feeds.models import Entry
from outreach.posts.models import Post


def waiting_post(entry: Entry, kind: str, by: Any = None, **date: int) -> tuple[Post, bool]:
    """The one post of this kind, and whether it was made now: the constraints decide between two makers.

    `date` are the columns that tell posts of one kind apart: `remind_days` and `event_version`.
    """
    return Post.objects.get_or_create(
        entry=entry,
        kind=kind,
        **date,
        defaults={
            "state": Post.State.WAITING,
            "language": entry.language,
            "created_at": clock.now(),
            "created_by": person(by),
        },
    )
