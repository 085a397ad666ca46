"""What was announced is not so any more: a post that puts it right, which waits for a person."""

from django.db.models import QuerySet

from outreach.core.sentences import N_, say
from outreach.feeds import events
from outreach.feeds.models import Entry, Event
from outreach.posts import drafting, history, illustrating, stating
from outreach.posts.models import Account, Post, Publication

_NEW_DATE = N_("The event was announced and has another date now. This post says so; it waits for approval.")
_NOT_AT_ALL = N_("The event was announced and does not take place. This post says so; it waits for approval.")


def offer(event: Event) -> None:
    """A post that puts right what was announced, whatever the source's mode. None where that is right."""
    if all(_is_right(said, event) for said in _last_said(event.entry)):
        return
    kind = Post.Kind.MOVED if events.takes_place(event) else Post.Kind.OFF
    post, made = drafting.waiting_post(event.entry, kind, remind_days=0, event_version=event.version)
    if made:
        post.accounts.set(Account.objects.filter(posts__entry=event.entry).distinct())
        history.tell_post(post, say(_NEW_DATE if kind == Post.Kind.MOVED else _NOT_AT_ALL))
        illustrating.ask(post)


def was_announced(entry: Entry) -> bool:
    """Whether anybody may have read when it takes place."""
    return _out(entry).exists()


def _out(entry: Entry) -> QuerySet[Publication]:
    return Publication.objects.filter(post__entry=entry, state__in=stating.OUT, event_version__isnull=False)


def _last_said(entry: Entry) -> list[Publication]:
    """What was said last on each account."""
    rows = _out(entry).select_related("post").order_by("sent_at", "pk")
    return list({said.account_id: said for said in rows}.values())


def _is_right(said: Publication, event: Event) -> bool:
    """Moved and moved back, it is again what people read."""
    if said.post.kind == Post.Kind.OFF:
        return not events.takes_place(event)
    return events.takes_place(event) and said.event_start == event.starts_at
