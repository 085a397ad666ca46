"""From an entry to one post: after its cooling time, never past or withdrawn, and the reason always told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from outreach.core.models import Activity, subject_of
from outreach.core.sentences import NOTHING, say
from outreach.feeds import choosing
from outreach.feeds.models import Entry, Event, Rule, Source
from outreach.posts import approving, planning
from outreach.posts.models import Account, Post
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MakeEntry = Callable[..., Entry]


def plan_all(now: datetime) -> int:
    done = 0
    while planning.plan_one(now):
        done += 1
        assert done < 100
    return done


def said(row: Entry | Post) -> list[str]:
    return [str(line.sentence) for line in Activity.objects.filter(subject=subject_of(row)).order_by("id")]


def test_an_entry_is_planned_once_on_every_automatic_account(
    x: Account, facebook: Account, entry: Entry, now: datetime
) -> None:
    Account.objects.create(network="x", name="Alleen met de hand", automatic=False)
    assert plan_all(now) == 1
    post = Post.objects.get()
    entry.refresh_from_db()
    assert (post.kind, post.state, post.language, entry.state) == ("entry", "waiting", "nl", "planned")
    assert set(post.accounts.all()) == {x, facebook}
    assert not post.publications.exists()
    assert said(entry) == said(post) == ["Planned; waits for approval."]


def test_an_automatic_source_posts_without_a_person(
    x: Account, facebook: Account, entry: Entry, source: Source, now: datetime, net: dict[str, Fake]
) -> None:
    Source.objects.update(mode="automatic")
    plan_all(now)
    while publishing.publish_one(now):
        pass
    assert [len(net[name].posts) for name in ("x", "facebook")] == [1, 1]
    assert said(entry)[0].startswith("Planned; posted without review")
    assert "Posted on Leraren op X." in said(entry)


def test_an_entry_cools_before_it_is_planned_and_says_what_the_site_says_then(
    x: Account, make_entry: MakeEntry, source: Source, now: datetime
) -> None:
    entry = make_entry(first_seen_at=now, title="Tipfout")
    assert plan_all(now + timedelta(minutes=source.cooling_minutes, seconds=-1)) == 0
    Entry.objects.filter(pk=entry.pk).update(title="Tikfout")
    assert plan_all(now + timedelta(minutes=source.cooling_minutes)) == 1
    assert approving.preview(Post.objects.get())[0].text.startswith("Tikfout")


@pytest.mark.parametrize("change", [{"active": False}, {"held": True}])
def test_nothing_is_planned_from_a_source_that_is_off_or_held(
    x: Account, entry: Entry, now: datetime, change: dict[str, bool]
) -> None:
    Source.objects.update(**({"held_at": now} if "held" in change else change))
    assert plan_all(now) == 0


def test_a_withdrawn_entry_is_ignored_with_the_reason(
    x: Account, make_entry: MakeEntry, now: datetime
) -> None:
    entry = make_entry(withdrawn_at=now)
    plan_all(now)
    entry.refresh_from_db()
    assert (entry.state, str(entry.reason)) == ("ignored", "It left the website before it was posted.")
    assert said(entry) == [str(entry.reason)]
    assert not Post.objects.exists()


def test_a_past_event_is_ignored_and_a_coming_one_is_planned(
    x: Account, make_entry: MakeEntry, now: datetime
) -> None:
    past, coming = make_entry(), make_entry()
    Event.objects.create(entry=past, starts_at=now - MINUTE)
    Event.objects.create(entry=coming, starts_at=now + MINUTE)
    plan_all(now)
    past.refresh_from_db()
    assert (past.state, "had begun" in str(past.reason)) == ("ignored", True)
    assert Post.objects.get().entry == coming


def test_an_entry_that_says_nothing_is_ignored(x: Account, make_entry: MakeEntry, now: datetime) -> None:
    entry = make_entry(title=" ", summary="", link="")
    plan_all(now)
    entry.refresh_from_db()
    assert entry.state == "ignored"


def test_without_an_account_entries_wait_and_say_so_once(make_entry: MakeEntry, now: datetime) -> None:
    entries = [make_entry(), make_entry()]
    assert plan_all(now) == 2
    assert plan_all(now + MINUTE) == 0
    for entry in entries:
        entry.refresh_from_db()
        assert (entry.state, len(said(entry))) == ("new", 1)
        assert "until an account is connected" in str(entry.reason)
    Account.objects.create(network="x", name="Later", credentials={})
    assert plan_all(now + 2 * MINUTE) == 2
    entry.refresh_from_db()
    assert (entry.state, str(entry.reason)) == ("planned", "")


def test_an_account_that_comes_after_weeks_is_not_flooded(entry: Entry, now: datetime, x: Account) -> None:
    x.delete()
    plan_all(now)
    plan_all(now + timedelta(days=8))
    entry.refresh_from_db()
    assert (entry.state, "within a week" in str(entry.reason)) == ("ignored", True)


def test_a_paused_account_misses_nothing(
    x: Account, entry: Entry, now: datetime, net: dict[str, Fake]
) -> None:
    Source.objects.update(mode="automatic")
    Account.objects.update(state="paused")
    plan_all(now)
    assert not publishing.publish_one(now)
    Account.objects.update(state="active")
    assert publishing.publish_one(now)
    assert len(net["x"].posts) == 1


def test_an_automatic_post_that_cannot_be_sent_waits_for_a_person(
    x: Account, make_entry: MakeEntry, now: datetime
) -> None:
    Source.objects.update(mode="automatic")
    entry = make_entry(title="", summary="", link="javascript:alert(1)")
    plan_all(now)
    assert Post.objects.get().state == "waiting"
    assert any("waits for a person" in line for line in said(entry))


def test_an_older_planner_that_comes_late_finds_the_post_that_is_there(
    x: Account, entry: Entry, now: datetime
) -> None:
    plan_all(now)
    Entry.objects.update(state="new")  # as a planner saw it that read before the other one wrote
    plan_all(now)
    assert Post.objects.count() == 1


def test_staff_pick_what_was_ignored_and_get_the_same_post_each_time(
    x: Account, make_entry: MakeEntry
) -> None:
    entry = make_entry(state="ignored", reason=say("Seen."))
    person = User(username="an")
    person.save()
    post = planning.pick(entry, person)
    assert (post.state, entry.state, list(post.accounts.all())) == ("waiting", "planned", [x])
    approving.cancel(post)
    assert planning.pick(entry, person) == post
    post.refresh_from_db()
    assert post.state == "waiting"
    assert Activity.objects.filter(subject=subject_of(post), actor=person).exists()


def test_what_is_picked_needs_no_answer_any_more(x: Account, make_entry: MakeEntry) -> None:
    entry = make_entry(question="duplicate", reason=say("It looks like another one."))
    planning.pick(entry)
    assert (entry.state, entry.question, entry.reason) == ("planned", "", NOTHING)


def test_an_entry_that_is_planned_already_is_not_ignored(x: Account, entry: Entry, now: datetime) -> None:
    plan_all(now)
    assert not choosing.ignore(entry, say("No."))
    entry.refresh_from_db()
    assert entry.state == "planned"


def test_an_event_that_is_called_off_holds_up_nothing_behind_it(
    x: Account, make_entry: MakeEntry, now: datetime
) -> None:
    event = Event.objects.create(entry=make_entry(), starts_at=now + 30 * DAY, status="postponed")
    make_entry(title="Nieuws na het uitstel")
    plan_all(now)
    assert [entry.state for entry in Entry.objects.order_by("pk")] == ["new", "planned"]
    Event.objects.filter(pk=event.pk).update(status="scheduled")
    plan_all(now + MINUTE)
    assert Entry.objects.filter(state="planned").count() == 2


def test_a_quick_rule_does_not_wait_for_a_slow_entry_before_it(
    x: Account, make_entry: MakeEntry, source: Source, now: datetime
) -> None:
    Source.objects.update(cooling_minutes=7 * 24 * 60)
    urgent = [{"field": "title", "op": "has", "value": "Spoed"}]
    Rule.objects.create(source=source, conditions=urgent, action="review", cooling_minutes=0)
    make_entry(title="Gewoon bericht")
    make_entry(title="Spoed: school dicht")
    plan_all(now)
    assert [str(post.entry) for post in Post.objects.all()] == ["Spoed: school dicht"]


def test_an_entry_that_fails_stands_aside_and_is_tried_again(
    x: Account, make_entry: MakeEntry, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entry(title="Gif")
    make_entry(title="Goed")
    of = planning.rules.of
    with monkeypatch.context() as broken:
        broken.setattr(planning.rules, "of", lambda entry: 1 / 0 if entry.title == "Gif" else of(entry))
        with pytest.raises(ZeroDivisionError):
            planning.plan_one(now)
        plan_all(now)
    assert [str(post.entry) for post in Post.objects.all()] == ["Goed"]
    assert said(Entry.objects.get(title="Gif"))[0].startswith("Outreach could not decide about it")
    plan_all(now + MINUTE)
    assert Post.objects.count() == 2


@pytest.mark.parametrize("change", ["held", "withdrawn", "asked about"])
def test_what_is_stopped_while_it_is_being_planned_is_not_posted(
    change: str, x: Account, entry: Entry, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll commits between the decision and the post."""
    plan = planning._plan

    def late(*args: Any) -> bool:
        {
            "held": lambda: Source.objects.update(held_at=now),
            "withdrawn": lambda: Entry.objects.update(withdrawn_at=now),
            "asked about": lambda: Entry.objects.update(question="event"),
        }[change]()
        return plan(*args)

    monkeypatch.setattr(planning, "_plan", late)
    planning.plan_one(now)
    assert not Post.objects.exists()
