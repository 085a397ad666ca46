"""When posts go out: the hours of an account, and the times of posts, in the pages."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.core.models import Activity
from outreach.posts import approving, writing
from outreach.posts.accounts import timetable
from outreach.posts.accounts.hours import Hours
from outreach.posts.models import Account, Post, Publication
from tests.web.staff import samples

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)  # Tuesday, eight o'clock in Brussels
NIGHT = (time(21), time(7, 30))
GRID = {
    "times-1": "9:00, 12.30",
    "times-3": "10u",
    "closed-6": "yes",
    "quiet_from": "21:00",
    "quiet_until": "07:30",
}


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def page() -> Account:
    return samples.account(network="sandbox-x", name="@leraren")


def keep(client: Client, account: Account, **typed: object) -> Any:
    return client.post(reverse("account-hours", args=[account.pk]), {**GRID, **typed})


def write(client: Client, account: Account, **fields: object) -> Any:
    form = {"text": "Welkom", "accounts": [account.pk], "when": "now", "language": "nl", "action": "draft"}
    return client.post(reverse("post-write"), {**form, **fields})


def html(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_grid_of_the_week_is_kept_and_shown_again(staff: Client, page: Account) -> None:
    assert keep(staff, page, distance="60").status_code == 302
    kept = timetable.hours_of(Account.objects.get())
    assert kept == Hours(
        ((1, time(9)), (1, time(12, 30)), (3, time(10))), NIGHT, frozenset({6}), timedelta(hours=1)
    )
    form = html(staff.get(reverse("account-hours", args=[page.pk]), headers={"Accept-Language": "en"}))
    assert 'value="09:00, 12:30"' in form
    assert 'name="closed-6" value="yes" checked' in form
    assert Activity.objects.filter(subject=f"account:{page.pk}", actor__isnull=False).exists()


def test_the_next_three_free_times_are_shown_on_the_account_and_while_typing(
    staff: Client, page: Account
) -> None:
    keep(staff, page)
    shown = html(staff.get(reverse("account", args=[page.pk])))
    assert [f"2026-12-0{n}" in shown for n in (1, 3)] == [True, True]
    typed = staff.post(reverse("account-hours-times", args=[page.pk]), {"times-4": "8:00"})
    assert re.findall(r'datetime="2026-12-(\d\d)T07:00', html(typed)) == ["04", "11", "18"]
    assert timetable.hours_of(Account.objects.get()).slots[0] == (1, time(9))


@pytest.mark.parametrize(
    ("typed", "field", "word"),
    [
        ({"times-2": "9:00, half tien"}, "times-2", "half tien"),
        ({"times-2": "22:00"}, "times-2", "22:00"),
        ({"times-6": "12:00"}, "times-6", "12:00"),
        ({"quiet_until": ""}, "quiet", ""),
        ({"quiet_from": "07:30"}, "quiet", ""),
        ({"times-1": "", "times-3": "", **{f"closed-{day}": "yes" for day in range(7)}}, "quiet", ""),
        ({"distance": "veel"}, "distance", ""),
        ({"distance": "99999"}, "distance", ""),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_beside_their_field(
    staff: Client, page: Account, typed: dict[str, str], field: str, word: str
) -> None:
    response = keep(staff, page, **typed)
    assert response.status_code == 422
    message = re.search(rf'id="error-{field}" role="alert">([^<]+)', html(response))
    assert message
    assert word in message[1]
    assert not timetable.hours_of(Account.objects.get())
    preview = staff.post(reverse("account-hours-times", args=[page.pk]), {**GRID, **typed})
    assert preview.status_code == 200


def test_the_post_page_says_when_it_goes_out_and_why_before_it_is_approved(
    staff: Client, page: Account
) -> None:
    keep(staff, page)
    write(staff, page, action="submit")
    shown = html(staff.get(reverse("post", args=[Post.objects.get().pk]), headers={"Accept-Language": "en"}))
    assert 'datetime="2026-12-01T08:00:00+00:00"' in shown
    assert "It is the next free time slot of the account." in shown
    seen = re.search(r'name="seen" value="([^"]+)"', shown)
    assert seen
    address = reverse("post-approve", args=[Post.objects.get().pk])
    said = html(staff.post(address, {"seen": seen[1]}, follow=True, headers={"Accept-Language": "en"}))
    assert "Approved: it goes out today 09:00." in said
    assert Publication.objects.get().due_at == NOW + timedelta(hours=1)


def test_without_any_rule_no_times_are_listed(staff: Client, page: Account) -> None:
    asked = staff.post(
        reverse("account-hours-times", args=[page.pk]), {"distance": ""}, headers={"Accept-Language": "en"}
    )
    assert "At any hour, as soon as a post is approved." in asked.content.decode()


def test_it_can_be_approved_and_posted_now(staff: Client, page: Account) -> None:
    keep(staff, page)
    write(staff, page, action="submit")
    staff.post(reverse("post-approve", args=[Post.objects.get().pk]), {"now": "yes"})
    row = Publication.objects.get()
    assert (row.due_at, row.timing) == (NOW, "fixed")


def queued(account: Account) -> Publication:
    post = writing.write(text="Welkom", accounts=[account], language="nl")
    approving.approve(post)
    return post.publications.get()


def test_what_is_queued_is_moved_to_a_moment_to_the_next_free_time_and_to_now(
    staff: Client, page: Account
) -> None:
    keep(staff, page)
    row, moments = queued(page), []
    for form in (
        {"to": "moment", "day": "2026-12-02", "time": "14:00"},
        {"to": "next"},
        {"to": "now"},
    ):
        staff.post(reverse("publication-move", args=[row.pk]), form)
        row.refresh_from_db()
        moments.append((f"{row.due_at:%d %H:%M}", row.timing))
    assert moments == [("02 13:00", "fixed"), ("01 08:00", "hours"), ("01 07:00", "fixed")]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"to": "moment", "day": "2026-12-02", "time": "23:00"}, "The next free moment is"),
        ({"to": "moment", "day": "2026-11-02", "time": "14:00"}, "in the past"),
        ({"to": "moment", "day": "", "time": ""}, "Choose a day and a time"),
    ],
)
def test_a_move_that_cannot_be_is_told(staff: Client, page: Account, form: dict[str, str], said: str) -> None:
    keep(staff, page)
    row = queued(page)
    address = reverse("publication-move", args=[row.pk])
    answer = staff.post(address, form, follow=True, headers={"Accept-Language": "en"})
    assert said in html(answer)
    assert Publication.objects.get().due_at == row.due_at


def test_a_move_of_what_is_on_its_way_is_refused(staff: Client, page: Account) -> None:
    row = queued(page)
    Publication.objects.update(state="sending")
    address = reverse("publication-move", args=[row.pk])
    answer = staff.post(address, {"to": "now"}, follow=True, headers={"Accept-Language": "en"})
    assert "on its way" in html(answer)


def test_a_planned_moment_in_quiet_hours_asks_for_a_confirmation_or_offers_the_next_free_one(
    staff: Client, page: Account
) -> None:
    keep(staff, page)
    late = {"when": "later", "day": "2026-12-02", "time": "23:00"}
    response = write(staff, page, **late)
    assert response.status_code == 422
    offered = re.search(r'name="take" value="([^"]+)"', html(response))
    assert offered
    assert offered[1] == "2026-12-03T07:30"
    taken = html(write(staff, page, **late, take=offered[1]))
    assert 'name="day" value="2026-12-03"' in taken
    assert 'name="time" value="07:30"' in taken
    assert not Post.objects.exists()
    write(staff, page, **late, anyway="yes")
    assert Post.objects.get().planned_at == datetime(2026, 12, 2, 22, 0, tzinfo=UTC)


def test_the_list_says_when_each_goes_out_and_why(staff: Client, page: Account) -> None:
    keep(staff, page)
    queued(page)
    write(staff, page, text="Wacht", action="submit")
    planned = html(staff.get(f"{reverse('posts')}?tab=planned", headers={"Accept-Language": "en"}))
    assert "It is the next free time slot of the account." in planned
    waiting = html(staff.get(f"{reverse('posts')}?tab=waiting", headers={"Accept-Language": "en"}))
    assert "at the next free time" in waiting


def test_a_list_of_many_posts_reads_the_hours_once(
    staff: Client, page: Account, django_assert_max_num_queries: Any
) -> None:
    keep(staff, page)
    for _ in range(12):
        queued(page)
    with django_assert_max_num_queries(20):
        staff.get(f"{reverse('posts')}?tab=planned")


def test_an_article_is_shared_again_from_its_page_after_a_warning(staff: Client, page: Account) -> None:
    entry = samples.entry(samples.source())
    address = reverse("entry", args=[entry.pk])
    assert "entry-reshare" not in html(staff.get(address))
    samples.publication(entry, page, NOW, state="published", published_at=NOW - timedelta(days=3))
    shown = html(staff.get(address, headers={"Accept-Language": "en"}))
    assert "who saw it then sees it twice" in shown
    Publication.objects.update(published_at=NOW - timedelta(days=90))
    assert "who saw it then sees it twice" not in html(staff.get(address, headers={"Accept-Language": "en"}))
    staff.post(reverse("entry-reshare", args=[entry.pk]))
    assert Post.objects.get(kind="reshare").state == "waiting"


def test_no_time_is_promised_while_the_account_is_paused(staff: Client, page: Account) -> None:
    post = writing.write(text="Welkom", accounts=[page], language="nl")
    Account.objects.update(state="paused")
    answer = staff.post(
        reverse("post-approve", args=[post.pk]), follow=True, headers={"Accept-Language": "en"}
    )
    assert "Approved: it goes out" not in html(answer)
    assert "It waits until @leraren goes on" in html(answer)
