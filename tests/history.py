"""Years of history, written by the database itself: a million rows take a minute.

Rows are copies of one made by hand, so that a column that is added later is filled too.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from unittest import mock

from django.core.management.color import no_style
from django.db import connection, models

from outreach.core import clock
from outreach.core.models import Activity
from outreach.core.sentences import say
from outreach.feeds.models import Entry, EntryChange, EntryKey, Event, Source
from outreach.newsletters.models import Delivery, Issue, Newsletter
from outreach.posts.models import Account, Post, Publication
from outreach.subscribers.models import Confirmation, Subscriber, Subscription

Step = Callable[[datetime], bool]
# One of fifty did not go out, for each of these reasons.
_FATES = (
    "CASE n % 50 WHEN 1 THEN 'refused' WHEN 2 THEN 'cancelled' WHEN 3 THEN 'skipped' ELSE 'published' END"
)


def steps() -> Iterator[tuple[str, Step]]:
    """Every step that beat's ticks drive, with the name of its tick."""
    from tasks import ticks
    from tasks.app import app

    found: list[tuple[str, Step]] = []
    with mock.patch.object(ticks, "tick", lambda name, *steps: found.extend((name, one) for one in steps)):
        for name in app.conf.beat_schedule:
            getattr(ticks, name)()
    yield from found


def at_rest() -> None:
    """What is there before the first year: two accounts, a source that was read, a newsletter."""
    later = clock.now() + timedelta(days=1)
    source = Source.objects.create(
        name="Nieuws", url="https://a.example/feed", site="a.example", next_poll_at=later, baseline_at=later
    )
    for network, keys in (("x", {"token": "t"}), ("facebook", {"token": "f"})):
        Account.objects.create(network=network, name=network, credentials=keys, check_at=later)
    newsletter = Newsletter.objects.create(name="Brief", slug="brief", topic="brief", next_slot=later)
    newsletter.sources.add(source)


def grow(entries: int) -> int:
    """Add `entries` that were planned, announced twice each and mailed; the number of rows that it took."""
    before = clock.now() - timedelta(days=40)
    first = Entry.objects.create(
        source=Source.objects.get(),
        state="planned",
        title="Voorlezen in twee talen",
        summary="Zo begin je eraan met kleuters. " * 4,
        link="https://a.example/0",
        language="nl",
        content_hash="0",
        first_seen_at=before,
        decide_at=before,
    )
    link, words = f"'https://a.example/{first.pk}/' || n", f"'{first.pk}-' || n"
    made = multiply(first, entries, link=link, content_hash=words)
    made += (
        _kept_of_entries(first, entries, before)
        + _said(first, entries, before)
        + _mailed(first, entries, before)
    )
    with connection.cursor() as cursor:
        # SQLite has no such habit: there the plans are those of a database that was never looked over.
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    return made


def _kept_of_entries(first: Entry, entries: int, at: datetime) -> int:
    entry = f"{first.pk} + n"
    key = EntryKey.objects.create(entry=first, site="a.example", kind="guid", value=f"{first.pk}")
    change = EntryChange.objects.create(entry=first, at=at, before={})
    event = Event.objects.create(entry=first, starts_at=at, version=1, followed=1)
    return (
        multiply(key, entries, entry_id=entry, value=f"'{first.pk}-' || n")
        + multiply(change, entries // 10, entry_id=entry)
        + multiply(event, entries // 2, entry_id=entry)
    )


def _said(first: Entry, entries: int, at: datetime) -> int:
    x, facebook = Account.objects.order_by("-network")
    post = Post.objects.create(
        kind="entry", entry=first, state="approved", language="nl", created_at=at, approved_at=at
    )
    made = multiply(post, entries, entry_id=f"{first.pk} + n")
    values = {"event_version": 1, "event_start": at, "approved_at": at, "due_at": at, "published_at": at}
    for account in (x, facebook):
        chosen = post.accounts.through.objects.create(post=post, account=account)
        made += multiply(chosen, entries, post_id=f"{post.pk} + n")
        row = Publication.objects.create(
            post=post, account=account, state="published", payload={"text": "Voorlezen"}, **values
        )
        made += multiply(row, entries, post_id=f"{post.pk} + n", state=_FATES)
    for subject in ("post", "entry", "publication", "publication"):
        told = Activity.objects.create(at=at, subject=subject, sentence=say("Posted on %(account)s."))
        made += multiply(told, entries, subject=f"'{subject}:' || ({post.pk} + n)")
    return made


def _mailed(first: Entry, entries: int, at: datetime) -> int:
    """Each issue went to a thousand readers."""
    slot = at - timedelta(minutes=first.pk)  # else that of the last time
    issue = Issue.objects.create(newsletter=Newsletter.objects.get(), slot=slot, state="sent")
    address, another = f"{first.pk}@a.example", f"n || '-{first.pk}@a.example'"
    reader = Subscriber.objects.create(address=address, address_key=address, state="confirmed")
    wish = Subscription.objects.create(subscriber=reader, topic="brief", confirmed_at=at)
    mail = Confirmation.objects.create(
        subscription=wish, title="Brief", language="nl", state="sent", due_at=at
    )
    letter = Delivery.objects.create(issue=issue, subscriber=reader, state="sent", due_at=at, sent_at=at)
    issues = entries // 1000 + 1
    day = (
        "datetime(t.slot, '-' || n || ' days')"
        if connection.vendor == "sqlite"
        else "t.slot - n * interval '1 day'"
    )
    return (
        multiply(issue, issues, slot=day)
        + multiply(reader, 1000, address=another, address_key=another)
        + multiply(wish, 1000, subscriber_id=f"{reader.pk} + n")
        + multiply(mail, 1000, subscription_id=f"{wish.pk} + n")
        + multiply(
            letter,
            entries,
            issue_id=f"{issue.pk} + 1 + (n - 1) / 1000",
            subscriber_id=f"{reader.pk} + 1 + (n - 1) % 1000",
        )
    )


def multiply(row: models.Model, count: int, **columns: str) -> int:
    """Copy `row` `count` times; `columns` are SQL in which `n` counts from 1. Returns `count`.

    The copies' keys are that of `row` plus `n`.
    """
    meta = row._meta
    columns = {meta.pk.column: f"{row.pk} + n", **columns}
    names = [field.column for field in meta.concrete_fields]
    values = ", ".join(columns.get(name, f't."{name}"') for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count}) "
            f'INSERT INTO "{meta.db_table}" ({", ".join(names)}) '
            f'SELECT {values} FROM "{meta.db_table}" t CROSS JOIN series '
            f'WHERE t."{meta.pk.column}" = {row.pk}'
        )
        for sql in connection.ops.sequence_reset_sql(no_style(), [type(row)]):
            cursor.execute(sql)
    return count
