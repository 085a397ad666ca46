"""Two of anything at the same moment, on connections of their own."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from datetime import time as time_of_day
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models import F

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.sentences import say
from outreach.feeds import choosing
from outreach.feeds.models import Entry, Event, Source
from outreach.networks.errors import Ambiguous
from outreach.posts import approving, following, history, moving, planning, writing
from outreach.posts.accounts import timetable
from outreach.posts.accounts.hours import Hours
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, Fault, error

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run `works` side by side, started together; each with its result or its error for people."""
    start = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return work()
        except OutreachError as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


def waiting(*accounts: Account, text: str = "Welkom") -> Post:
    return writing.write(text=text, accounts=accounts, language="nl")


def test_four_workers_that_see_the_same_post_send_it_once(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    for round_ in range(5):
        approving.approve(waiting(x, text=f"Ronde {round_}"))
        at = now + round_ * timedelta(hours=1)
        at_once(*[lambda at=at: publishing.publish_one(at)] * 4)
        assert net["x"].requests == round_ + 1


def test_two_workers_never_post_on_one_account_at_once(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    for number in range(4):
        approving.approve(waiting(x, text=f"Nummer {number}"))
    at_once(*[lambda: publishing.publish_one(now)] * 4)
    assert net["x"].requests == 1


def test_two_workers_serve_two_accounts_at_once(
    x: Account, facebook: Account, now: datetime, net: dict[str, Fake]
) -> None:
    approving.approve(waiting(x, facebook))
    together = Barrier(2, timeout=30)
    net["x"].before = net["facebook"].before = together.wait  # breaks unless both requests are under way
    at_once(*[lambda: publishing.publish_one(now)] * 2)
    assert set(Publication.objects.values_list("state", flat=True)) == {"published"}


def test_two_people_approve_and_it_is_queued_once(x: Account, facebook: Account) -> None:
    for _ in range(5):
        post = waiting(x, facebook)
        seen = approving.fingerprint(post)
        results = at_once(
            *[lambda pk=post.pk, seen=seen: approving.approve(Post.objects.get(pk=pk), seen=seen)] * 2
        )
        assert results == [None, None]
        assert post.publications.count() == 2


def test_two_approvals_at_the_same_moment_never_take_the_same_slot(x: Account, facebook: Account) -> None:
    for account in (x, facebook):
        timetable.change(account, Hours(slots=tuple((day, time_of_day(9)) for day in range(7))))
    for round_ in range(4):
        posts = [waiting(x, facebook, text=f"Ronde {round_}, {number}") for number in range(3)]
        at_once(*[lambda pk=post.pk: approving.approve(Post.objects.get(pk=pk)) for post in posts])
    for account in (x, facebook):
        dues = list(account.publications.values_list("due_at", flat=True))
        assert len(dues) == len(set(dues)) == 12


def test_a_move_and_an_approval_at_the_same_moment_never_take_the_same_slot(x: Account) -> None:
    timetable.change(x, Hours(slots=tuple((day, time_of_day(9)) for day in range(7))))
    for number in range(4):
        row = approved(waiting(x, text=f"Eerst {number}"))
        moving.move(row, row.due_at + timedelta(hours=1))
        post = waiting(x, text=f"Dan {number}")
        at_once(
            lambda row=row: moving.to_next_free(row),
            lambda pk=post.pk: approving.approve(Post.objects.get(pk=pk)),
        )
    dues = list(x.publications.values_list("due_at", flat=True))
    assert len(dues) == len(set(dues)) == 8


def test_a_move_while_it_is_claimed_is_either_kept_or_refused(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    for round_ in range(8):
        row, before = approved(waiting(x, text=f"Ronde {round_}")), net["x"].requests
        at = now + round_ * timedelta(hours=1)
        results = at_once(
            lambda at=at: publishing.publish_one(at),
            lambda row=row: moving.move(row, now + timedelta(days=9)),
        )
        row.refresh_from_db()
        sent = net["x"].requests - before
        refused = isinstance(results[1], OutreachError)
        assert (row.state, sent, refused) in [("published", 1, True), ("queued", 0, False)]
        approving.cancel(row.post)


def approved(post: Post) -> Publication:
    approving.approve(post)
    return post.publications.get()


def test_one_approves_and_one_cancels_and_both_are_told_the_truth(x: Account) -> None:
    for _ in range(8):
        post = waiting(x)
        at_once(
            lambda pk=post.pk: approving.approve(Post.objects.get(pk=pk)),
            lambda pk=post.pk: approving.cancel(Post.objects.get(pk=pk)),
        )
        post.refresh_from_db()
        assert post.state == "cancelled"
        assert set(post.publications.values_list("state", flat=True)) <= {"cancelled"}


def test_a_change_and_an_approval_at_once_never_send_what_was_not_seen(x: Account) -> None:
    for number in range(8):
        post = waiting(x, text=f"Gezien {number}")
        seen = approving.fingerprint(post)
        at_once(
            lambda pk=post.pk, seen=seen: approving.approve(Post.objects.get(pk=pk), seen=seen),
            lambda pk=post.pk: writing.change(Post.objects.get(pk=pk), text="Anders"),
        )
        post.refresh_from_db()
        sent = [row.payload["text"] for row in post.publications.all()]
        assert (post.text, sent) in [(f"Gezien {number}", [f"Gezien {number}"]), ("Anders", [])]


def test_a_post_that_is_cancelled_while_it_is_claimed_is_either_sent_or_cancelled(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    for round_ in range(8):
        post = waiting(x, text=f"Ronde {round_}")
        approving.approve(post)
        before = net["x"].requests
        at_once(
            lambda at=now + round_ * timedelta(hours=1): publishing.publish_one(at),
            lambda pk=post.pk: approving.cancel(Post.objects.get(pk=pk)),
        )
        sent = net["x"].requests - before
        assert (post.publications.get().state, sent) in [("published", 1), ("cancelled", 0)]


def test_two_planners_make_one_post(
    x: Account, make_entry: Callable[..., Entry], now: datetime, net: dict[str, Fake]
) -> None:
    Source.objects.update(mode="automatic")
    for _ in range(5):
        make_entry()
        at_once(*[lambda: planning.plan_one(now)] * 3)
    assert (Post.objects.count(), Publication.objects.count()) == (5, 5)


def test_two_workers_ask_once_and_adopt_once(x: Account, now: datetime, net: dict[str, Fake]) -> None:
    approving.approve(waiting(x))
    net["x"].faults = [Fault(error(Ambiguous), accepted=True)]
    publishing.publish_one(now)
    at_once(*[lambda: publishing.settle_one(now + timedelta(minutes=5))] * 4)
    assert len(net["x"].asked) == 1
    assert Publication.objects.get().state == "published"


def test_an_answer_of_a_person_and_a_look_up_at_once_end_in_one_post(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    approving.approve(waiting(x))
    net["x"].faults = [Fault(error(Ambiguous), accepted=True)]
    publishing.publish_one(now)
    pub = Publication.objects.get()
    at_once(
        lambda: publishing.settle_one(now + timedelta(minutes=5)), lambda: publishing.resolve(pub, "there")
    )
    assert Publication.objects.get().state == "published"
    assert net["x"].requests == 1


def test_an_approval_and_a_new_date_at_once_never_end_in_the_old_date(
    event: Event, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The approval has read the event and is not committed yet when the event moves and is followed."""
    assert planning.plan_one(now)
    approving.cancel(Post.objects.get())
    approving.restore(Post.objects.get())
    has_read, tell = threading.Event(), history.tell_post

    def slowly(*args: Any, **kwargs: Any) -> None:
        tell(*args, **kwargs)
        has_read.set()
        time.sleep(0.5)

    def approve() -> None:
        monkeypatch.setattr(approving.history, "tell_post", slowly)
        approving.approve(Post.objects.get())

    def move() -> None:
        assert has_read.wait(20)
        monkeypatch.setattr(approving.history, "tell_post", tell)
        moved = {"version": F("version") + 1, "starts_at": event.starts_at + timedelta(days=1)}
        Event.objects.filter(pk=event.pk).update(**moved)
        while following.follow_one(now):
            pass

    with clock.frozen(now):
        at_once(approve, move)
    assert "1 april 2026" in Publication.objects.get().payload["text"]


def test_staff_who_decide_while_an_entry_is_planned_have_the_last_word(entry: Entry, x: Account) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            choosing.ignore(entry, say(choosing.BY_STAFF))
            taken = pool.submit(_take, entry)
            time.sleep(0.3)  # it waits for the row by now
        assert taken.result() is False
    entry.refresh_from_db()
    assert entry.state == "ignored"


def _take(entry: Entry) -> bool:
    try:
        return choosing.take(entry)
    finally:
        connections.close_all()
