"""The picture of an article goes with its post, where the account attaches it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.core import clock
from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Entry, Event, Source
from outreach.posts import approving, following, illustrating, planning, reminding, resharing, writing
from outreach.posts.models import Account, Image, Post, Publication
from outreach.posts.sending import publishing
from tests.fakes.website import Website, png
from tests.posts.fakes import Fake
from tests.posts.steps import DAY, HOUR, MINUTE, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as website:
        yield website


@pytest.fixture
def attaching(x: Account) -> Account:
    Account.objects.update(pictures="attach")
    x.refresh_from_db()
    return x


@pytest.fixture
def pictured(site: Website, make_entry: Callable[..., Entry]) -> Entry:
    """An article with a picture, of a source that posts by itself."""
    Source.objects.update(mode="automatic")
    return make_entry(image_url=f"{site.url}/toren.png", image_alt="Kinderen bouwen een toren")


def work(now: datetime) -> None:
    """What the ticks do at this moment."""
    with clock.frozen(now):
        for step in (planning.plan_one, illustrating.illustrate_one, publishing.publish_one):
            while step(now):
                pass


def said() -> str:
    subject = subject_of(Post.objects.get())
    return "\n".join(str(one.sentence) for one in Activity.objects.filter(subject=subject))


def test_it_is_fetched_before_the_post_goes_out_with_its_words(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    (post,) = net["x"].posts
    (picture,) = post.pictures
    assert (picture.alt, picture.mime) == ("Kinderen bouwen een toren", "image/jpeg")
    assert pictured.link in post.text
    assert Post.objects.get().images.get().address == pictured.image_url


def test_where_the_link_shows_a_card_nothing_is_fetched(
    x: Account, facebook: Account, pictured: Entry, site: Website, net: dict[str, Fake], now: datetime
) -> None:
    work(now)
    assert site.requests == []
    assert [post.pictures for name in ("x", "facebook") for post in net[name].posts] == [(), ()]


def test_each_account_decides_and_the_link_moves_into_the_text(
    x: Account, facebook: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    Account.objects.filter(network="facebook").update(pictures="attach")
    work(now)
    assert net["x"].posts[0].pictures == ()
    (post,) = net["facebook"].posts
    assert len(post.pictures) == 1
    assert (post.link, pictured.link in post.text) == ("", True)


def test_a_post_without_a_link_attaches_it_by_itself(
    x: Account, site: Website, net: dict[str, Fake], now: datetime, pictured: Entry
) -> None:
    Entry.objects.update(link="")
    work(now)
    assert len(net["x"].posts[0].pictures) == 1


def test_without_words_the_post_goes_out_without_the_picture_and_says_so(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    Entry.objects.update(image_alt="")
    work(now)
    assert net["x"].posts[0].pictures == ()
    assert "nobody said in words what it shows" in said()


def test_where_the_account_wants_words_the_post_waits_for_a_person(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    Entry.objects.update(image_alt="")
    Account.objects.update(needs_words=True)
    work(now)
    post = Post.objects.get()
    assert (post.state, net["x"].posts) == ("waiting", [])
    assert "Say in a few words what the image shows" in said()
    shown = post.images.get()
    writing.change(post, images=[(shown.image, "Een toren")])
    assert post.images.get().address == pictured.image_url, "it stays the picture of the article"
    approving.approve(post)
    work(now)
    assert net["x"].posts[0].pictures[0].alt == "Een toren"


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (b"<html>", "text/html", "not an image"),
        (png()[:60], "image/png", "damaged"),
        (b"x" * 9_000_000, "image/png", "larger than"),
    ],
)
def test_a_picture_that_is_none_never_stops_the_post(
    attaching: Account,
    pictured: Entry,
    site: Website,
    net: dict[str, Fake],
    now: datetime,
    body: bytes,
    kind: str,
    why: str,
) -> None:
    site.also["/toren.png"] = (body, kind)
    for minute in range(4):
        work(now + minute * MINUTE)
    assert net["x"].posts[0].pictures == ()
    assert why in said()
    assert "The post goes without it" in said()


def test_a_site_that_is_down_is_asked_three_times(
    attaching: Account, pictured: Entry, site: Website, net: dict[str, Fake], now: datetime
) -> None:
    site.down = True
    for minute in range(6):
        work(now + minute * MINUTE)
    assert len(site.requests) == 3
    assert net["x"].posts[0].pictures == ()


def test_a_picture_that_comes_at_the_second_try_goes_with_it(
    attaching: Account, pictured: Entry, site: Website, net: dict[str, Fake], now: datetime
) -> None:
    site.down = True
    work(now)
    site.down = False
    work(now + MINUTE)
    assert len(net["x"].posts[0].pictures) == 1


def test_a_private_address_is_never_asked(
    attaching: Account, pictured: Entry, site: Website, net: dict[str, Fake], now: datetime, settings: Any
) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    for minute in range(4):
        work(now + minute * MINUTE)
    assert site.requests == []
    assert len(net["x"].posts) == 1


def test_a_post_that_waits_for_approval_shows_it_and_is_not_approved_by_that(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    Source.objects.update(mode="review")
    work(now)
    post = Post.objects.get()
    assert (post.state, post.images.count(), net["x"].posts) == ("waiting", 1, [])
    assert [len(one.images) for one in approving.preview(post)] == [1]


def test_what_a_person_approves_or_cancels_meanwhile_stays_so(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    planning.plan_one(now)
    post = Post.objects.get()
    assert post.approves_itself
    approving.cancel(post)
    approving.restore(post)
    work(now + HOUR)
    assert (Post.objects.get().state, net["x"].posts) == ("waiting", [])


def test_an_article_that_left_the_website_meanwhile_is_not_posted(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    planning.plan_one(now)
    Entry.objects.update(withdrawn_at=now)
    work(now)
    assert (Post.objects.get().state, net["x"].posts) == ("cancelled", [])


def test_a_fetch_that_was_killed_is_done_again(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime, monkeypatch: Any
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(illustrating.http, "fetch", die)
        with pytest.raises(KeyboardInterrupt):
            work(now)
    work(now + timedelta(seconds=30))
    assert net["x"].posts == []
    work(now + 3 * MINUTE)
    assert len(net["x"].posts[0].pictures) == 1


def test_two_workers_attach_it_once(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime, monkeypatch: Any
) -> None:
    planning.plan_one(now)
    real = illustrating.images.accept

    def accept(content: bytes) -> Image:
        monkeypatch.setattr(illustrating.images, "accept", real)
        late = now + 3 * MINUTE  # the lease of the first has run out
        assert illustrating.illustrate_one(late)
        return real(content)

    monkeypatch.setattr(illustrating.images, "accept", accept)
    work(now)
    work(now + 3 * MINUTE)
    assert len(net["x"].posts) == 1
    assert Post.objects.get().images.count() == 1


def test_an_account_that_is_chosen_later_gets_it_too(
    x: Account, facebook: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    Source.objects.update(mode="review")
    Account.objects.filter(network="facebook").update(pictures="attach", automatic=False)
    work(now)
    post = Post.objects.get()
    assert not post.images.exists()
    writing.change(post, accounts=[x, facebook])
    work(now)
    shown = {one.account.network: len(one.images) for one in approving.preview(post)}
    assert shown == {"facebook": 1, "x": 0}


def test_what_says_it_again_gets_the_picture_too(
    attaching: Account, pictured: Entry, net: dict[str, Fake], now: datetime
) -> None:
    """Shared again, reminded of and moved, where staff approve all of it."""
    work(now)
    Source.objects.update(mode="review")
    later, start = now + 40 * DAY, now + 45 * DAY
    event = Event.objects.create(
        entry=pictured, starts_at=start, version=1, followed=1, trust="sure", dated=1
    )
    Publication.objects.update(event_version=1, event_start=start)
    with clock.frozen(later):
        resharing.reshare(pictured)
        assert reminding.remind_one(later)
        illustrate_all(later)
        assert pictures() == {"reshare": 1, "reminder": 1}
        change(event, starts_at=start + DAY)
        assert following.follow_one(later)
        illustrate_all(later)
        assert pictures()["moved"] == 1


def illustrate_all(at: datetime) -> None:
    while illustrating.illustrate_one(at):
        pass


def pictures() -> dict[str, int]:
    return {post.kind: post.images.count() for post in Post.objects.filter(state="waiting")}
