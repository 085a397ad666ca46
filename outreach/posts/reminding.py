"""An event that was announced is announced again: a week before it begins, and a day."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from outreach.core import dates
from outreach.core.sentences import N_, say
from outreach.feeds import events, presence, rules
from outreach.feeds.models import Entry, Event
from outreach.posts import approving, drafting, following, history, illustrating, planning
from outreach.posts.models import Account, Post, Publication

# Days before the event, and how little time may be left: after a stop of the machine the nearer one serves.
_STEPS = ((7, timedelta(days=2)), (1, timedelta(hours=1)))
# What was said two days ago needs no reminder yet.
_SINCE = timedelta(days=2)
_FIRST_HOUR, _LAST_HOUR = 8, 20  # nobody is reminded in the night
_OF_THIS_VERSION = Q(event_version=OuterRef("event__version"))
# Also of before it moved and moved back: who was reminded of this day is not reminded of it twice.
_OUT_WITH_THIS_DATE = Q(publications__state=Publication.State.PUBLISHED) & (
    Q(event_version__gte=OuterRef("event__dated")) | Q(publications__event_start=OuterRef("event__starts_at"))
)
# Staff said that it is no event, and that it is one after all.
_DENIED = Q(state=Post.State.CANCELLED, reason__text=following.NO_EVENT)


def remind_one(now: datetime) -> bool:
    """Make the post of one reminder that is due. False when none is."""
    if not _FIRST_HOUR <= dates.local(now).hour < _LAST_HOUR:
        return False
    for days, least in _STEPS:
        entry = _due(days, least, now)
        if entry is not None:
            return _remind(entry, days)
    return False


def _due(days: int, least: timedelta, now: datetime) -> Entry | None:
    """The next event within `days` that was announced and not yet reminded of."""
    out = Publication.objects.filter(post__entry=OuterRef("pk"), state=Publication.State.PUBLISHED)
    reminded = Post.objects.filter(
        _OF_THIS_VERSION | _OUT_WITH_THIS_DATE,
        entry=OuterRef("pk"),
        kind=Post.Kind.REMINDER,
        remind_days__lte=days,
        remind_days__gt=0,
    ).exclude(_DENIED)
    rows = Entry.objects.filter(
        ~Exists(reminded),
        Exists(out),
        ~Exists(out.filter(published_at__gt=now - _SINCE)),
        source__active=True,
        source__remind=True,
        source__held_at=None,
        question="",
        event__trust__in=events.BELIEVED,
        event__status=Event.Status.SCHEDULED,
        event__followed=F("event__version"),
        event__occurrence=0,  # of a series, only its first day is news
        event__starts_at__gt=now + least,
        event__starts_at__lte=now + timedelta(days=days),
    )
    return rows.select_related("source", "event").order_by("event__starts_at", "pk").first()


def _remind(entry: Entry, days: int) -> bool:
    """The constraint decides between two who would make it: the loser finds the post of the winner."""
    with transaction.atomic():
        version = entry.event.version
        post, made = drafting.waiting_post(entry, Post.Kind.REMINDER, remind_days=days, event_version=version)
        if not made and not _comes_back(post):
            return True
        post.accounts.set(_accounts(entry))
        history.tell_post(post, say(N_("A reminder, %(days)s days before the event."), days=days))
        if not presence.is_away(entry) and rules.of(entry).is_automatic:
            planning.approve_by_itself(post)
            return True
        illustrating.ask(post)
        if presence.is_away(entry):
            following.wait_until_shown(post)
    return True


def _comes_back(post: Post) -> bool:
    """It was cancelled because its event was said to be none."""
    if not Post.objects.filter(_DENIED, pk=post.pk).exists():
        return False
    approving.restore(post)
    return True


def _accounts(entry: Entry) -> list[Account]:
    """Where it was announced: who read it there is reminded there."""
    posts = Publication.objects.filter(post__entry=entry, state=Publication.State.PUBLISHED)
    return list(Account.objects.filter(pk__in=posts.values("account")))
