"""What happens with pictures and pages, in the pages of staff."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.core.sentences import say
from outreach.posts import approving, images, writing
from outreach.posts.models import Account, Publication
from tests.fakes.website import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(staff: Client) -> Client:
    """The officer reads English."""
    staff.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return staff


@pytest.fixture
def x() -> Account:
    return Account.objects.create(network="x", name="@leraren", credentials={})


@pytest.fixture
def waiting(x: Account) -> Publication:
    post = writing.write(text="Dag", link="https://a.example/toren", accounts=[x], language="nl")
    approving.approve(post)
    reason = say("There is nothing at %(url)s (answer %(status)s).", url="https://a.example", status=404)
    Publication.objects.update(page_state="gone", page_reason=reason, due_at=clock.now() + timedelta(hours=1))
    return post.publications.get()


def test_the_choices_are_kept_and_said(staff: Client, x: Account) -> None:
    staff.post(reverse("account-pictures", args=[x.pk]), {"pictures": "attach", "needs_words": "yes"})
    x.refresh_from_db()
    assert (x.pictures, x.needs_words, x.looks_first) == ("attach", True, False)
    assert 'value="attach" checked' in staff.get(reverse("account-pictures", args=[x.pk])).content.decode()
    page = staff.get(reverse("account", args=[x.pk])).content.decode()
    assert "The picture of an article is attached to the post." in page
    assert "What happens with pictures and pages was changed." in page


def test_what_is_no_choice_is_refused(staff: Client, x: Account) -> None:
    page = staff.post(reverse("account-pictures", args=[x.pk]), {"pictures": "film"}, follow=True)
    assert "“film” is not possible" in page.content.decode()
    x.refresh_from_db()
    assert (x.pictures, x.looks_first) == ("card", True)


def test_a_post_whose_page_is_gone_asks_on_home_and_goes_out_when_a_person_says_so(
    staff: Client, waiting: Publication
) -> None:
    assert "its page is gone" in staff.get(reverse("home")).content.decode()
    page = staff.get(reverse("post", args=[waiting.post_id])).content.decode()
    assert "There is nothing at https://a.example" in page
    assert "The page is gone, so this post is held." in page
    staff.post(reverse("publication-anyway", args=[waiting.pk]))
    waiting.refresh_from_db()
    assert waiting.page_state == "anyway"
    page = staff.post(reverse("publication-anyway", args=[waiting.pk]), follow=True).content.decode()
    assert "does not wait for its page any more" in page


def test_the_preview_shows_the_picture_of_the_article_only_where_it_goes(staff: Client, x: Account) -> None:
    post = writing.write(
        text="Dag", link="https://a.example/toren", accounts=[x], images=[(images.accept(png()), "Toren")]
    )
    address = reverse("post", args=[post.pk])
    assert "/posts/pictures/" in staff.get(address).content.decode()
    post.images.update(address="https://a.example/toren.png")
    assert "/posts/pictures/" not in staff.get(address).content.decode()
    post.images.update(alt="")
    Account.objects.update(pictures="attach")
    assert "nobody said in words what it shows" in staff.get(address).content.decode()
