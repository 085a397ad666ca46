"""From an entry to a post: once, after its cooling time, and never for what is past or withdrawn."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from outreach.core.models import Activity
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import choosing, enriching, events, rules, withdrawing
from outreach.feeds.models import Entry
from outreach.posts import approving, drafting, history, illustrating
from outreach.posts.models import Account, Post
from outreach.posts.text import words

# An account that is connected later must not flood its followers with the news of a month.
_WAITS_FOR_AN_ACCOUNT = timedelta(days=7)
# An entry that can only wait, or fails, stands aside for so long: it holds up nothing behind it.
_AGAIN, _AT_ONCE = timedelta(minutes=1), 50
HAD_BEGUN = N_("The event had begun before it was posted.")
_FAILS = N_("Outreach could not decide about it, and tries again; the log of the server tells more.")
_DOES_NOT_TAKE_PLACE = N_("The event is cancelled or postponed. It is posted when it takes place after all.")


def plan_one(now: datetime) -> bool:
    """Plan, or ignore with a reason, the oldest new entry that has cooled. False when there is none."""
    accounts = _automatic_accounts()
    for _ in range(_AT_ONCE):
        entry = _due(now).first()
        if entry is None:
            return False
        if _decide_or_wait(entry, accounts, now):
            return True
    return True  # the others after a look at the clock


def _decide_or_wait(entry: Entry, accounts: list[Account], now: datetime) -> bool:
    try:
        return _decide(entry, accounts, now)
    except Exception:
        choosing.keep_waiting(entry, say(_FAILS), Activity.Level.TROUBLE)
        raise
    finally:
        choosing.decide_later(entry, _next_time(entry, now))


def pick(entry: Entry, by: Any = None) -> Post:
    """Staff want this entry posted after all: its post, waiting for approval. The same post at each call."""
    with transaction.atomic():
        Entry.objects.select_for_update().get(pk=entry.pk)
        post = Post.objects.filter(entry=entry, kind=Post.Kind.ENTRY).first()
        if post is None:
            choosing.take(entry, again=True)
            post = _waiting_post(entry, _automatic_accounts() or list(Account.objects.all()), by)
            history.tell_post(post, say(N_("Picked by hand; waits for approval.")), actor=by)
            illustrating.ask(post)
        elif post.state == Post.State.CANCELLED:
            approving.restore(post, by)
    entry.refresh_from_db()
    return post


def _due(now: datetime) -> QuerySet[Entry]:
    """What can be decided about, oldest first."""
    rows = Entry.objects.filter(
        state=Entry.State.NEW,
        question="",
        decide_at__lte=now,
        source__active=True,
        source__held_at=None,
    )
    # What its own page adds is worth a few minutes, not the article.
    rows = rows.exclude(
        page_due_at__isnull=False, page_tries=0, first_seen_at__gt=now - enriching.LONGEST_WAIT
    )
    return rows.select_related("source", "event").order_by("first_seen_at", "id")


def _next_time(entry: Entry, now: datetime) -> datetime:
    cooled = entry.first_seen_at + timedelta(minutes=entry.source.cooling_minutes)
    return min(cooled, now + _AGAIN) if cooled > now else now + _AGAIN


def _decide(entry: Entry, accounts: list[Account], now: datetime) -> bool:
    if reason := _why_not(entry, now):
        return choosing.ignore(entry, reason)
    event = events.event_of(entry)
    if event and not events.takes_place(event):
        return choosing.keep_waiting(entry, say(_DOES_NOT_TAKE_PLACE))
    decision = rules.of(entry)
    if entry.first_seen_at + decision.cooling > now:
        return False
    if not decision.posts:
        return choosing.ignore(entry, decision.reason)
    accounts = _routed(decision) or accounts
    if not accounts:
        return _wait_for_an_account(entry, now)
    return _plan(entry, accounts, decision)


def _routed(decision: rules.Decision) -> list[Account]:
    """The accounts that the rule names."""
    return list(Account.objects.filter(routes__rule=decision.rule)) if decision.rule else []


def _why_not(entry: Entry, now: datetime) -> Sentence:
    if entry.withdrawn_at is not None:
        return say(withdrawing.LEFT)
    if events.too_late(events.event_of(entry), now):
        return say(HAD_BEGUN)
    if not (words.one_line(entry.title) or words.one_line(entry.summary) or entry.link):
        return say(N_("It has no title, no text and no link."))
    return NOTHING


def _wait_for_an_account(entry: Entry, now: datetime) -> bool:
    if entry.first_seen_at < now - _WAITS_FOR_AN_ACCOUNT:
        return choosing.ignore(
            entry, say(N_("No account was connected within a week, so it was not posted."))
        )
    waits = say(N_("It waits until an account is connected that new entries are posted on."))
    return choosing.keep_waiting(entry, waits)


def _plan(entry: Entry, accounts: list[Account], decision: rules.Decision) -> bool:
    """The one post of `entry`. Of two planners the first to take it makes it; the other does nothing."""
    with transaction.atomic():
        if not choosing.take(entry):
            return True
        post = _waiting_post(entry, accounts)
        if decision.reason:
            history.tell_post(post, decision.reason)
        if decision.is_automatic and not events.is_doubtful(entry):
            approve_by_itself(post)
        else:
            history.tell_post(post, say(N_("Planned; waits for approval.")))
            illustrating.ask(post)
    return True


def _waiting_post(entry: Entry, accounts: list[Account], by: Any = None) -> Post:
    post, made = drafting.waiting_post(entry, Post.Kind.ENTRY, by)
    if made:
        post.accounts.set(accounts)
    return post


def approve_by_itself(post: Post) -> None:
    """Queue `post` without a person; where something is wrong with it, it waits for one."""
    history.tell_post(post, say(N_("Planned; posted without review.")))
    illustrating.approve_when_illustrated(post)


def _automatic_accounts() -> list[Account]:
    """A paused account counts: its posts wait for it, or the days of an expired token would be lost."""
    return list(Account.objects.filter(automatic=True))
