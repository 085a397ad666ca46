"""When each publication goes out: its place at approval, and what holds it back when its time has come."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db.models import Q

from outreach.core import clock
from outreach.core.errors import BadInput, OutreachError
from outreach.feeds.models import Entry, Event
from outreach.networks.errors import Ambiguous, AuthBroken, NotSent
from outreach.posts import approving, moving, planning, writing
from outreach.posts.accounts import pausing, timetable, timing
from outreach.posts.accounts.hours import Hours
from outreach.posts.models import Account, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake
from tests.posts.steps import HOUR, MINUTE, after, answer, queued, settle_until_quiet

pytestmark = pytest.mark.django_db

NIGHT = (time(21), time(7, 30))
EVENING = datetime(2026, 3, 10, 21, 0, tzinfo=UTC)  # 22.00 in Brussels
MORNING = datetime(2026, 3, 11, 6, 30, tzinfo=UTC)


def keep(account: Account, **rules: Any) -> None:
    timetable.change(account, Hours(**rules))


def every_day(*times: str) -> tuple[tuple[int, time], ...]:
    return tuple((day, time.fromisoformat(at)) for day in range(7) for at in times)


def planned(account: Account, at: datetime, text: str = "Gepland", **more: Any) -> Publication:
    post = writing.write(text=text, accounts=[account], planned_at=at, language="nl", **more)
    approving.approve(post)
    return post.publications.get()


def dues(*rows: Publication) -> list[str]:
    return [f"{after(row).due_at:%d %H:%M}" for row in rows]


def publish_all(now: datetime) -> list[str]:
    """Everything that may go out at `now`, as a tick does it."""
    before = set(_published().values_list("pk", flat=True))
    while publishing.publish_one(now):
        pass
    rows = _published().exclude(pk__in=before).order_by("published_at")
    return [row.payload["text"].partition("\n")[0] for row in rows]


def _published() -> Any:
    return Publication.objects.filter(state="published")


def test_without_hours_a_post_is_due_when_it_is_approved(account: Account, now: datetime) -> None:
    row = queued(account)
    assert (row.due_at, row.timing) == (now, "hours")


def test_a_burst_takes_one_slot_after_the_other(x: Account) -> None:
    keep(x, slots=every_day("09:00", "12:30"))
    assert dues(*[queued(x, f"{n}") for n in range(4)]) == ["10 11:30", "11 08:00", "11 11:30", "12 08:00"]


def test_a_burst_keeps_the_distance_and_the_quiet_hours(x: Account) -> None:
    keep(x, quiet=NIGHT, distance=4 * HOUR)
    assert dues(*[queued(x, f"{n}") for n in range(4)]) == ["10 09:00", "10 13:00", "10 17:00", "11 06:30"]


def test_a_cancelled_or_moved_post_frees_its_slot(x: Account, now: datetime) -> None:
    keep(x, slots=every_day("12:30"))
    first, second = queued(x, "een"), queued(x, "twee")
    approving.cancel(first.post)
    third = queued(x, "drie")
    assert dues(second, third) == ["11 11:30", "10 11:30"]
    moving.move(third, now + timedelta(days=5))
    assert dues(queued(x, "vier")) == ["10 11:30"]


def test_each_account_has_its_own_place_and_it_is_told_before_approval(
    x: Account, facebook: Account, now: datetime
) -> None:
    keep(x, slots=every_day("12:30"))
    post = writing.write(text="Welkom", accounts=[x, facebook], language="nl")
    shown = approving.places(post)
    approving.approve(post)
    assert {row.account_id: row.due_at for row in post.publications.all()} == {
        pk: place.at for pk, place in shown.items()
    }
    assert shown[facebook.pk].at == now
    assert str(timing.why_place(shown[x.pk], x)) == "It is the next free time slot of the account."


def test_a_moment_that_a_person_chose_beats_slots(x: Account, now: datetime, net: dict[str, Fake]) -> None:
    keep(x, slots=every_day("12:30"))
    row = planned(x, now + HOUR)
    assert (row.due_at, row.timing) == (now + HOUR, "fixed")
    assert publish_all(now + HOUR) == ["Gepland"]


@pytest.mark.parametrize("rules", [{"quiet": NIGHT}, {"distance": HOUR}])
def test_an_inconvenient_moment_is_told_with_the_next_free_one_unless_it_is_confirmed(
    x: Account, rules: dict[str, Any]
) -> None:
    with clock.frozen(EVENING - 2 * HOUR):
        if "distance" in rules:
            planned(x, EVENING - 30 * MINUTE, "Eerder")
        keep(x, **rules)
        with pytest.raises(timing.Inconvenient) as refused:
            planned(x, EVENING)
        assert refused.value.field == "planned_at"
        assert refused.value.free == (MORNING if "quiet" in rules else EVENING + 30 * MINUTE)
        assert not Post.objects.filter(text="Gepland").exists()
        row = planned(x, EVENING, anyway=True)
    publish_all(EVENING - 30 * MINUTE)
    assert publish_all(EVENING) == ["Gepland"]
    assert after(row).state == "published"


def test_a_planned_time_that_passed_before_the_approval_counts_as_none(x: Account, now: datetime) -> None:
    keep(x, quiet=NIGHT)
    post = writing.write(text="Laat", accounts=[x], planned_at=now + HOUR, language="nl")
    with clock.frozen(EVENING):
        approving.approve(post)
    assert post.publications.get().due_at == MORNING


def test_post_now_bypasses_slots_quiet_hours_and_distance_but_not_the_network(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    keep(x, quiet=NIGHT, distance=2 * HOUR)
    Account.objects.update(last_post_at=EVENING - MINUTE)
    row = queued(x)
    Account.objects.update(not_before=EVENING + MINUTE)
    with clock.frozen(EVENING):
        moving.post_now(row)
    assert publish_all(EVENING) == []
    assert publish_all(EVENING + MINUTE) == ["Welkom"]


def test_at_once_can_be_said_at_approval(x: Account) -> None:
    keep(x, slots=every_day("12:30"))
    post = writing.write(text="Nu", accounts=[x], language="nl")
    approving.approve(post, at_once=True)
    assert post.publications.get().due_at == clock.now()


def test_articles_that_post_themselves_take_free_slots_too(
    x: Account, make_entry: Callable[..., Entry], now: datetime
) -> None:
    keep(x, slots=every_day("12:30"))
    for _ in range(3):
        approving.approve(planning.pick(make_entry()))
    assert dues(*Publication.objects.order_by("pk")) == ["10 11:30", "11 11:30", "12 11:30"]


@pytest.mark.parametrize("kind", ["reminder", "moved", "off"])
def test_what_tells_of_an_event_waits_for_the_morning_and_for_no_slot(
    x: Account, event: Event, kind: str
) -> None:
    keep(x, slots=every_day("12:30"), quiet=NIGHT, distance=2 * HOUR)
    row = _about(event, x, kind, EVENING)
    assert (row.due_at, row.timing) == (MORNING, "awake")
    assert publish_all(MORNING - MINUTE) == []
    assert len(publish_all(MORNING)) == 1


@pytest.mark.parametrize("kind", ["reminder", "entry"])
def test_an_event_that_begins_before_the_quiet_hours_end_is_told_in_the_night(
    x: Account, event: Event, kind: str
) -> None:
    keep(x, slots=every_day("12:30"), quiet=NIGHT)
    Event.objects.update(starts_at=MORNING)
    row = _about(event, x, kind, EVENING)
    assert (row.due_at, row.timing) == (EVENING, "fixed")
    assert len(publish_all(EVENING)) == 1


def test_an_event_that_begins_before_the_next_slot_waits_for_none(x: Account, event: Event) -> None:
    keep(x, slots=((3, time(9)),), quiet=NIGHT)
    Event.objects.update(starts_at=MORNING + HOUR)
    assert _about(event, x, "entry", EVENING).due_at == MORNING


def _about(event: Event, account: Account, kind: str, at: datetime) -> Publication:
    event.refresh_from_db()
    post = Post.objects.create(entry=event.entry, kind=kind, state="waiting", language="nl", event_version=1)
    post.accounts.add(account)
    with clock.frozen(at):
        approving.approve(post)
    return post.publications.get()


def test_a_missed_slot_is_made_up_when_the_machine_is_back(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    keep(x, slots=every_day("12:30"))
    queued(x)
    assert publish_all(now + 8 * HOUR) == ["Welkom"]


def test_after_an_outage_the_oldest_goes_first_and_the_rest_follows_at_a_distance(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    keep(x, distance=HOUR)
    for number in range(3):
        queued(x, f"{number}")
    late = now + 6 * HOUR
    moments = [late + minutes * MINUTE for minutes in (0, 1, 59, 61, 119, 122)]
    assert [publish_all(moment) for moment in moments] == [["0"], [], [], ["1"], [], ["2"]]


def test_where_hours_are_set_without_a_distance_what_is_overdue_is_spread_too(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    keep(x, quiet=NIGHT)
    for number in range(2):
        queued(x, f"{number}")
    late = now + 6 * HOUR
    assert publish_all(late) == ["0"]
    assert "keeps its distance" in str(timing.why_then(_head(), late + MINUTE))
    assert [publish_all(late + n * MINUTE) for n in (4, 6)] == [[], ["1"]]


def test_what_is_overdue_keeps_the_quiet_hours_whoever_chose_its_time(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    keep(x, quiet=NIGHT)
    planned(x, EVENING - 2 * HOUR)
    queued(x)
    assert publish_all(EVENING) == []
    assert "waits for the end of the quiet hours" in str(timing.why_then(_head(), EVENING))
    assert publish_all(MORNING) == ["Welkom"]
    assert publish_all(MORNING + 6 * MINUTE) == ["Gepland"]


def test_a_new_attempt_after_an_outage_makes_nothing_young(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    """A person chose seven in the evening; the network cannot be reached until the night."""
    keep(x, quiet=NIGHT)
    row = planned(x, EVENING - 3 * HOUR)
    at = EVENING - 3 * HOUR
    while at < EVENING + HOUR:
        answer(net["x"], NotSent)
        publishing.publish_one(at)
        at = max(after(row).due_at, at + MINUTE)
        net["x"].faults.clear()
    assert publish_all(max(row.due_at, EVENING)) == []
    assert publish_all(MORNING) == ["Gepland"]


def test_what_came_too_late_goes_out_when_a_person_gives_it_another_time(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    row = queued(x)
    late = now + timedelta(days=30)
    with clock.frozen(late):
        assert publish_all(late) == []
        assert after(row).held == "late"
        moving.to_next_free(row)
        assert publish_all(late) == ["Welkom"]


def _head() -> Publication:
    return Publication.objects.select_related("account").filter(state="queued").order_by("due_at")[0]


def test_what_waited_for_a_paused_account_goes_out_spread(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    """Also where nobody set any hours."""
    for number in range(3):
        queued(x, f"{number}")
    answer(net["x"], AuthBroken)
    publishing.publish_one(now)
    with clock.frozen(now + HOUR):
        pausing.resume(x)
        fresh = queued(x, "vers")
    assert publish_all(now + HOUR) == ["0"]
    assert publish_all(now + HOUR + MINUTE) == ["vers"]
    assert after(fresh).state == "published"
    assert publish_all(now + HOUR + 7 * MINUTE) == ["1"]


def test_what_may_be_there_counts_for_the_distance(x: Account, now: datetime, net: dict[str, Fake]) -> None:
    keep(x, distance=HOUR)
    queued(x, "een")
    answer(net["x"], Ambiguous, accepted=True)
    publishing.publish_one(now)
    assert timing.next_times(x_again(x), now)[0] >= now + HOUR


def test_an_attempt_that_did_not_arrive_keeps_no_distance_to_itself(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    keep(x, distance=4 * HOUR)
    row = queued(x)
    answer(net["x"], Ambiguous)
    settle_until_quiet(now, hours=1)
    assert (after(row).state, row.attempts) == ("published", 2)


def x_again(x: Account) -> Account:
    return Account.objects.get(pk=x.pk)


def test_a_quiet_account_keeps_no_other_waiting(
    x: Account, facebook: Account, now: datetime, net: dict[str, Fake]
) -> None:
    for number in range(12):
        queued(x, f"{number}")
    queued(facebook, "hier")
    keep(x, quiet=NIGHT)
    assert publish_all(EVENING) == ["hier"]


def test_what_was_moved_a_moment_ago_is_not_sent(
    x: Account, now: datetime, net: dict[str, Fake], monkeypatch: pytest.MonkeyPatch
) -> None:
    row, prepare = queued(x), publishing._prepared

    def prepare_and_be_late(*known: object) -> object:
        ready = prepare(*known)  # type: ignore[arg-type]
        moving.move(row, now + HOUR)
        return ready

    monkeypatch.setattr(publishing, "_prepared", prepare_and_be_late)
    assert publishing.publish_one(now)
    assert (after(row).state, net["x"].requests) == ("queued", 0)


def test_a_move_is_refused_when_it_is_on_its_way(x: Account, now: datetime) -> None:
    row = queued(x)
    publishing.publish_one(now)
    for act in (
        lambda: moving.move(row, now + HOUR),
        lambda: moving.to_next_free(row),
        lambda: moving.post_now(row),
    ):
        with pytest.raises(OutreachError, match="on its way or out already"):
            act()
    assert after(row).state == "published"


def test_a_move_is_checked_like_a_planned_time(x: Account, now: datetime) -> None:
    keep(x, quiet=NIGHT)
    row = queued(x)
    with pytest.raises(BadInput, match="in the past"):
        moving.move(row, now - MINUTE)
    with pytest.raises(timing.Inconvenient):
        moving.move(row, EVENING)
    moving.move(row, EVENING, anyway=True)
    assert (after(row).due_at, row.timing) == (EVENING, "fixed")
    moving.to_next_free(row)
    assert (after(row).due_at, row.timing) == (now, "hours")


def test_nothing_is_read_of_an_account_on_which_nothing_is_due(
    x: Account, now: datetime, django_assert_num_queries: Any
) -> None:
    keep(x, slots=every_day("12:30"), quiet=NIGHT)
    queued(x)
    with django_assert_num_queries(2):  # which accounts rest, and what is due on the others
        assert not publishing.publish_one(now)


def test_hours_that_are_nearer_than_the_network_allows_are_refused(facebook: Account) -> None:
    Account.objects.update(network="facebook")
    with pytest.raises(BadInput) as refused:
        keep(facebook, distance=timedelta(seconds=20))
    assert refused.value.field == "distance"


def test_no_condition_holds_anything_where_no_hours_are_set(x: Account, now: datetime) -> None:
    Account.objects.update(last_post_at=now)
    assert timing.held(x_again(x), now) is None
    keep(x, distance=HOUR)
    assert isinstance(timing.held(x_again(x), now), Q)
