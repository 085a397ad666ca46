"""When a publication goes out: its place at approval, and what holds it back when its time has come.

At approval each publication gets its time, once. When that has come, quiet hours and the distance to the
post before are looked at again: after an outage of hours or a pause, what is overdue goes out oldest first
and spread, not all at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from outreach.core.errors import BadInput
from outreach.core.leases import LONGEST
from outreach.core.pace import paced
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events
from outreach.posts.accounts import hours as rules
from outreach.posts.accounts.hours import Hours
from outreach.posts.accounts.timetable import distance_of, hours_of, zone
from outreach.posts.models import Account, Post, Publication

PUNCTUAL = timedelta(minutes=30)
"""A moment that a person chose, missed by no more than this, is kept whatever the hours; later it is overdue
like everything else."""
CATCH_UP = timedelta(minutes=5)
"""What is overdue keeps at least this distance, where a person set hours or paused the account."""
_SPACING = timedelta(minutes=2)
_Timing = Publication.Timing
# They tell of an event; a slot on Thursday is of no use to who would come on Wednesday.
_CANNOT_WAIT = (Post.Kind.REMINDER, Post.Kind.MOVED, Post.Kind.OFF)


@dataclass(frozen=True)
class Place:
    """When a publication goes out, and by which rules of its account."""

    at: datetime
    timing: str


class Inconvenient(BadInput):
    """A moment that the hours of an account speak against. `free` is the next one that suits all accounts."""

    def __init__(self, sentence: Sentence, free: datetime) -> None:
        super().__init__(sentence, "planned_at")
        self.free = free


def hold(account_id: int) -> Account:
    """Lock the account against another approval until the transaction ends, and read it.

    Two approvals at one moment so never take the same time: the second sees the rows of the first.
    """
    # An UPDATE that changes nothing: it takes the row's lock on every database.
    Account.objects.filter(pk=account_id).update(state=F("state"))
    return Account.objects.defer("credentials").get(pk=account_id)


def place(post: Post, account: Account, now: datetime, *, at_once: bool = False) -> Place:
    """When `post` goes out on `account` if it is approved at `now`.

    A time that a person chose, unless it has passed; else the next free one. Raises OutreachError when the
    hours of the account leave none.
    """
    if at_once:
        return Place(now, _Timing.FIXED)
    if post.planned_at is not None and post.planned_at > now:
        return Place(post.planned_at, _Timing.FIXED)
    hours = hours_of(account)
    begins = _begins(post, now)
    if post.kind not in _CANNOT_WAIT:
        free = rules.next_free(hours, zone(), now, taken(account, now, hours.distance, post))
        if begins is None or free < begins:
            return Place(free, _Timing.HOURS)
    awake = rules.quiet_until(hours, zone(), now)
    return Place(awake, _Timing.AWAKE) if begins is None or awake < begins else Place(now, _Timing.FIXED)


def taken(account: Account, now: datetime, distance: timedelta, post: Post | None = None) -> list[datetime]:
    """The times of `account` that others have from `now` on, and that of its last post; not `post`'s own.

    What is less than `distance` earlier counts too.
    """
    since = now - max(distance, timedelta(minutes=1))
    queued = Publication.objects.filter(account=account, state=Publication.State.QUEUED, due_at__gte=since)
    times = [due_at for due_at, of in queued.values_list("due_at", "post") if post is None or of != post.pk]
    return [*times, account.last_post_at] if account.last_post_at else times


def next_times(account: Account, now: datetime, n: int = 3) -> list[datetime]:
    """The next `n` free times of `account`."""
    hours = hours_of(account)
    return rules.upcoming(hours, zone(), now, taken(account, now, hours.distance), n)


def refuse_inconvenient(post: Post, at: datetime, accounts: list[Account]) -> None:
    """Raises Inconvenient when `at` is quiet or too near to another post on one of `accounts`."""
    for account in accounts:
        if why := _why_inconvenient(post, at, account):
            free = _free_on_all(post, at, accounts)
            values = {"account": account.name, "minutes": account.distance_minutes, "time": at, "free": free}
            raise Inconvenient(say(why, **values), free)


def held(account: Account, now: datetime) -> Q | None:
    """What is queued on `account`, is due, and does not go out at `now`; None when all of it may.

    A condition, so that the database chooses what goes out instead.
    """
    hours, parts = hours_of(account), Q()
    if rules.is_quiet(hours, zone(), now):
        parts |= ~_insists(now, _Timing.FIXED) & ~_begins_by(rules.quiet_until(hours, zone(), now))
    last, distance = account.last_post_at, distance_of(account)
    if last and last > now + LONGEST:
        last = None  # so it was while a clock was wrong
    if last and now < last + distance:
        # What was tried already had its turn: its own attempt does not hold it back.
        untried = Q(sent_at__isnull=True)
        parts |= untried & ~_insists(now, _Timing.FIXED, _Timing.AWAKE) & ~_begins_by(last + distance)
    if last and now < last + paced(CATCH_UP):
        parts |= _overdue(account, hours, now)
    return Q(account=account.pk) & parts if parts else None


def why_then(publication: Publication, now: datetime) -> Sentence:
    """Why a queued publication goes out when it does; nothing when there is nothing to tell."""
    account = publication.account
    hours, late = hours_of(account), why_late(publication, now)
    if rests_until(account, now) > max(now, publication.due_at):
        return say(N_("Until then %(account)s takes no posts."), account=account.name)
    told = publication.timing != _Timing.HOURS or hours
    return late or (say(_why(publication.timing, hours)) if told else NOTHING)


def rests_until(account: Account, now: datetime) -> datetime:
    """When the network, which asked for a pause, takes posts again; `now` when it takes them already.

    The usual spacing of a few seconds is no pause.
    """
    until = account.not_before
    return until if until and until > now + _SPACING else now


def why_late(publication: Publication, now: datetime) -> Sentence:
    """What keeps a queued publication that is due from going out: the hours, or the post before it."""
    hours = hours_of(publication.account)
    if publication.due_at <= now and rules.is_quiet(hours, zone(), now):
        words = N_("It is overdue and waits for the end of the quiet hours: %(time)s.")
        held_now = publication.timing != _Timing.FIXED or _first_due(publication) <= now - paced(PUNCTUAL)
        return say(words, time=rules.quiet_until(hours, zone(), now)) if held_now else NOTHING
    if publication.due_at <= now and (until := _kept_apart(publication, hours, now)):
        return say(N_("It keeps its distance to the post before: %(time)s."), time=until)
    return NOTHING


def _kept_apart(publication: Publication, hours: Hours, now: datetime) -> datetime | None:
    """Until when the last post on the account holds back what is due; None when it does not."""
    account = publication.account
    first = _first_due(publication)
    resumed = account.resumed_at is not None and first < account.resumed_at
    overdue = resumed or (bool(hours) and first <= now - paced(PUNCTUAL))
    if account.last_post_at is None or not (overdue or publication.timing == _Timing.HOURS):
        return None
    until = account.last_post_at + max(distance_of(account), paced(CATCH_UP) if overdue else timedelta())
    return until if until > now else None


def _first_due(publication: Publication) -> datetime:
    return min(publication.waits_since or publication.due_at, publication.due_at)


def why_place(found: Place, account: Account) -> Sentence:
    """Why a post that is not approved yet would go out at that time; nothing when it goes out at once."""
    hours = hours_of(account)
    return say(_why(found.timing, hours)) if hours or found.timing == _Timing.FIXED else NOTHING


def _why(timing: str, hours: Hours) -> str:
    if timing == _Timing.FIXED:
        return N_("The moment was chosen.")
    if timing == _Timing.AWAKE:
        return N_("It tells of an event, so it waits for no time slot; only for the end of quiet hours.")
    if hours.slots:
        return N_("It is the next free time slot of the account.")
    return N_("It is the next time that the hours of the account leave free.")


def _begins(post: Post, now: datetime) -> datetime | None:
    """When the event that it tells of begins; of one that goes on for days, nothing is urgent any more."""
    event = events.event_of(post.entry)
    return event.starts_at if event and event.starts_at > now else None


def _why_inconvenient(post: Post, at: datetime, account: Account) -> str:
    hours = hours_of(account)
    if rules.is_quiet(hours, zone(), at):
        return N_("%(account)s has quiet hours at that moment: %(time)s. The next free moment is %(free)s.")
    if rules.is_near(hours, at, taken(account, at, hours.distance, post)):
        return N_(
            "%(account)s has another post within %(minutes)s minutes of %(time)s. "
            "The next free moment is %(free)s."
        )
    return ""


def _free_on_all(post: Post, at: datetime, accounts: list[Account]) -> datetime:
    """The first moment from `at` on, in no slot in particular, that all accounts have free."""
    known = [
        (Hours((), hours.quiet, hours.quiet_days, hours.distance), taken(account, at, hours.distance, post))
        for account in accounts
        for hours in [hours_of(account)]
    ]
    while True:
        free = max(rules.next_free(hours, zone(), at, others) for hours, others in known)
        if free == at:
            return free
        at = free


def _insists(now: datetime, *timings: str) -> Q:
    """What may go out whatever the hours: it has such a timing, and was not due long ago."""
    return Q(timing__in=timings) & ~_since(now - paced(PUNCTUAL))


def _since(instant: datetime) -> Q:
    """What was due by `instant` at first: a new attempt at a later time makes nothing young."""
    return Q(due_at__lte=instant) | Q(waits_since__lte=instant, waits_since__isnull=False)


def _begins_by(instant: datetime) -> Q:
    return Q(event_start__lte=instant, event_start__isnull=False)


def _overdue(account: Account, hours: Hours, now: datetime) -> Q:
    """Behind time because the machine was off, where staff set hours; or because the account was paused."""
    late = _since(now - paced(PUNCTUAL)) if hours else Q()
    return late | _since(account.resumed_at - timedelta.resolution) if account.resumed_at else late
