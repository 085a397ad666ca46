"""What the form shows is what goes out: of each account, of each kind of post, and of this moment."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.feeds.models import Entry, Source
from outreach.posts import images, writing
from outreach.posts.models import Account, Post, PostImage, Publication
from tests.fakes.website import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(staff: Client) -> Client:
    """The officer reads English."""
    staff.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return staff


@pytest.fixture
def x() -> Account:
    return Account.objects.create(network="x", name="Leraren op X", credentials={})


@pytest.fixture
def entry() -> Entry:
    source = Source.objects.create(
        name="Nieuws", url="https://school.example/feed", site="school.example", language="nl"
    )
    return Entry.objects.create(
        source=source,
        title="Studiedag toren",
        summary="Kom ook.",
        link="https://school.example/toren",
        language="nl",
        content_hash="1",
        first_seen_at=clock.now() - timedelta(hours=1),
    )


def post_of(entry: Entry, account: Account, **values: object) -> Post:
    post = Post.objects.create(
        **{"entry": entry, "kind": "entry", "state": "waiting", "language": "nl", **values}
    )
    post.accounts.add(account)
    return post


def form_of(post: Post, *accounts: Account, **fields: object) -> dict[str, object]:
    chosen = [account.pk for account in accounts]
    return {"text": "", "accounts": chosen, "when": "now", "language": "nl", "action": "approve", **fields}


def edit(client: Client, post: Post) -> str:
    return client.get(reverse("post-edit", args=[post.pk])).content.decode()


def shown(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def test_the_preview_of_a_reminder_says_that_it_is_one(staff: Client, x: Account, entry: Entry) -> None:
    post = post_of(entry, x, kind="reminder", remind_days=7)
    assert "Herinnering: Studiedag toren" in shown(edit(staff, post))


def test_the_preview_has_no_link_where_the_post_has_none(staff: Client, x: Account, entry: Entry) -> None:
    post = post_of(entry, x, without_link=True)
    assert "school.example/toren" not in edit(staff, post).partition('id="previews"')[2]


def test_accounts_of_one_network_that_get_another_post_are_shown_apart(staff: Client, x: Account) -> None:
    other = Account.objects.create(network="x", name="Zuinig", credentials={}, with_links=False)
    form = {"text": "Dag", "link": "https://a.example/toren", "accounts": [x.pk, other.pk]}
    page = staff.post(reverse("post-preview"), form).content.decode()
    assert page.count("<section") == 2
    assert shown(page).count("a.example/toren") == 1


def test_accounts_of_one_network_that_get_the_same_are_shown_once(staff: Client, x: Account) -> None:
    other = Account.objects.create(network="x", name="Ook", credentials={})
    form = {"text": "Dag", "link": "https://a.example/toren", "accounts": [x.pk, other.pk]}
    page = staff.post(reverse("post-preview"), form).content.decode()
    assert page.count("<section") == 1
    assert "Leraren op X, Ook" in shown(page)


def test_the_picture_of_an_article_is_shown_only_where_it_goes_with_the_post(
    staff: Client, x: Account, entry: Entry
) -> None:
    post = post_of(entry, x)
    kept = images.accept(png())
    PostImage.objects.create(post=post, image=kept, alt="Toren", address="https://school.example/t.png")
    address = reverse("post-picture", args=[kept.pk])
    assert address not in edit(staff, post).partition('id="previews"')[2]
    Account.objects.update(pictures="attach")
    assert address in edit(staff, post).partition('id="previews"')[2]


def test_what_the_website_changed_since_the_form_was_opened_is_not_approved_unseen(
    staff: Client, x: Account, entry: Entry
) -> None:
    post = post_of(entry, x)
    seen = re.search(r'name="seen" value="([^"]+)"', edit(staff, post))
    assert seen
    Entry.objects.update(title="Studiedag is afgelast")
    form = form_of(post, x, seen=seen[1])
    response = staff.post(reverse("post-edit", args=[post.pk]), form)
    assert response.status_code == 422
    assert "has changed since it was shown" in response.content.decode()
    assert not Publication.objects.exists()
    again = re.search(r'name="seen" value="([^"]+)"', response.content.decode())
    assert again
    staff.post(reverse("post-edit", args=[post.pk]), {**form, "seen": again[1]})
    assert "afgelast" in Publication.objects.get().payload["text"]


def test_the_picture_that_staff_removed_does_not_come_back_by_itself(
    staff: Client, x: Account, entry: Entry
) -> None:
    Account.objects.update(pictures="attach")
    Entry.objects.update(image_url="https://school.example/t.png")
    post = post_of(entry, x)
    kept = images.accept(png())
    PostImage.objects.create(post=post, image=kept, alt="Toren", address="https://school.example/t.png")
    for text in ("Eerst", "Daarna"):
        staff.post(reverse("post-edit", args=[post.pk]), form_of(post, x, text=text, action="draft"))
    post.refresh_from_db()
    assert post.text == "Daarna"
    assert post.illustrate_at is None
    assert not post.images.exists()


def test_a_change_of_the_words_says_nothing_of_the_moment_that_was_chosen(x: Account) -> None:
    """Whoever chose a moment in the quiet hours was asked then."""
    monday = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    with clock.frozen(monday):
        at = monday + timedelta(days=1)
        post = writing.write(text="Dag", accounts=[x], planned_at=at, language="nl")
        Account.objects.update(quiet_days="1")
        writing.change(post, text="Goedendag", accounts=[x], planned_at=at)
    assert Post.objects.get().text == "Goedendag"
