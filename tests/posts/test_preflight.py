"""Before a post goes out, its page is looked at: is it there, with a title and a picture?"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.core.errors import OutreachError
from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Source
from outreach.posts import approving, preflight, writing
from outreach.posts.models import Account, Publication
from outreach.posts.sending import publishing
from tests.fakes.website import Website
from tests.posts.fakes import Fake
from tests.posts.steps import HOUR, MINUTE, after

pytestmark = pytest.mark.django_db

FULL = '<meta property="og:title" content="Een toren"><meta property="og:image" content="/toren.png">'
BARE = '<meta property="og:title" content="Een toren">'


@pytest.fixture(autouse=True)
def _waits(settings: Any) -> None:
    settings.PAGE_WAIT = timedelta(minutes=30)


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as website:
        yield website


def queued(site: Website, account: Account, head: str | None, path: str = "/toren/") -> Publication:
    site.heads[path] = head
    post = writing.write(text=f"Kijk {path}", link=f"{site.url}{path}", accounts=[account], language="nl")
    approving.approve(post)
    return post.publications.get()


def work(now: datetime) -> None:
    while preflight.look_one(now):
        pass
    while publishing.publish_one(now):
        pass


def until_out(row: Publication, now: datetime, hours: int = 3) -> datetime | None:
    """The minute at which it goes out."""
    for minute in range(hours * 60):
        work(now + minute * MINUTE)
        if after(row).state == "published":
            return now + minute * MINUTE
    return None


def said(row: Publication) -> list[str]:
    return [str(one.sentence) for one in Activity.objects.filter(subject=subject_of(row)).order_by("pk")]


def test_a_page_that_is_there_with_its_picture_delays_nothing(
    site: Website, account: Account, network: Fake, now: datetime
) -> None:
    row = queued(site, account, FULL)
    assert not publishing.publish_one(now), "not before the page was looked at"
    work(now)
    assert (after(row).page_state, str(row.page_reason)) == ("ready", "")
    assert len(network.posts) == 1
    assert [request.path for request in site.requests] == ["/toren/", "/toren.png"]
    assert not any("page" in one for one in said(row))


def test_a_page_whose_picture_comes_later_is_waited_for(
    site: Website, account: Account, network: Fake, now: datetime
) -> None:
    row = queued(site, account, BARE)
    work(now)
    assert network.posts == []
    assert "og:image" in str(after(row).page_reason)
    site.heads["/toren/"] = FULL
    work(now + MINUTE)
    assert len(network.posts) == 1
    assert "waits for the page" in said(row)[-3]
    assert "The page is there now" in said(row)[-2]


@pytest.mark.parametrize("missing", ["title", "picture", "picture file"])
def test_what_never_comes_is_waited_for_so_long_and_no_longer(
    site: Website, x: Account, net: dict[str, Fake], now: datetime, missing: str
) -> None:
    head = {"title": '<meta property="og:image" content="/toren.png">', "picture": BARE}.get(missing, FULL)
    if missing == "picture file":
        site.missing.add("/toren.png")
    row = queued(site, x, head)
    assert until_out(row, now) == now + 30 * MINUTE
    assert after(row).page_state == "anyway"
    assert any("although its page is not ready" in one for one in said(row))
    assert len([request for request in site.requests if request.path == "/toren/"]) < 10


def test_a_site_that_never_has_a_picture_delays_one_post_only(
    site: Website, x: Account, net: dict[str, Fake], now: datetime
) -> None:
    until_out(queued(site, x, BARE), now)
    second = queued(site, x, BARE, "/brug/")
    later = now + HOUR
    assert until_out(second, later) == later
    until_out(queued(site, x, FULL, "/met/"), now + 2 * HOUR)
    again = queued(site, x, BARE, "/later/")
    assert until_out(again, now + 3 * HOUR) == now + 3 * HOUR + 30 * MINUTE


def test_a_site_that_is_down_for_a_quarter_holds_its_posts_and_is_asked_once_for_all(
    site: Website, x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    rows = [queued(site, one, FULL, f"/{number}/") for number, one in enumerate([x, facebook, x, facebook])]
    site.down = True
    work(now)
    assert len(site.requests) == 1
    assert {after(row).page_state for row in rows} == {"waiting"}
    assert all("503" in str(row.page_reason) for row in rows)
    site.down = False
    for minute in range(1, 30):
        work(now + minute * MINUTE)
    assert {after(row).page_state for row in rows} == {"ready"}
    assert len(net["x"].posts) == len(net["facebook"].posts) == 2


def test_a_site_that_stays_down_delays_by_the_stated_time(
    site: Website, x: Account, net: dict[str, Fake], now: datetime, settings: Any
) -> None:
    settings.PAGE_WAIT = timedelta(minutes=90)
    row = queued(site, x, FULL)
    site.down = True
    assert until_out(row, now) == now + 90 * MINUTE


def test_one_site_that_is_down_delays_no_other(
    site: Website, x: Account, facebook: Account, net: dict[str, Fake], now: datetime
) -> None:
    with Website() as other:
        other.down = True
        held = queued(other, x, FULL)
        fine = queued(site, facebook, FULL)
        work(now)
    assert (after(held).state, after(fine).state) == ("queued", "published")


@pytest.mark.parametrize("back", [True, False])
def test_a_page_that_is_gone_holds_the_post_until_it_is_back_or_a_person_decides(
    site: Website, x: Account, net: dict[str, Fake], now: datetime, back: bool
) -> None:
    row = queued(site, x, None)
    assert until_out(row, now, hours=2) is None
    assert after(row).page_state == "gone"
    assert len([one for one in said(row) if "the page is gone" in one]) == 1
    if back:
        site.heads["/toren/"] = FULL
        work(now + 3 * HOUR)
    else:
        preflight.post_anyway(row)
        work(now + 2 * HOUR)
    assert after(row).state == "published"
    with pytest.raises(OutreachError):
        preflight.post_anyway(row)


@pytest.mark.parametrize("off", ["account", "source", "everywhere", "no link", "practice"])
def test_it_can_be_turned_off(
    site: Website, x: Account, net: dict[str, Fake], now: datetime, off: str, settings: Any, make_entry: Any
) -> None:
    link = "" if off == "no link" else f"{site.url}/toren/"
    values: dict[str, Any] = {"text": "Dag", "link": link, "accounts": [x], "language": "nl"}
    if off == "everywhere":
        settings.PAGE_WAIT = timedelta(0)
    elif off in ("account", "practice"):
        Account.objects.update(**{"looks_first": False} if off == "account" else {"network": "sandbox-x"})
        values["accounts"] = [Account.objects.get()]
    post = writing.write(**values)
    if off == "source":
        Source.objects.create(name="Nieuws", url="https://a.example/f", site="a.example", looks_first=False)
        post.entry = make_entry(source=Source.objects.get(looks_first=False), link=link)
        post.save()
    approving.approve(post)
    assert publishing.publish_one(now)
    assert site.requests == []


def test_a_document_is_looked_at_but_needs_no_card(
    site: Website, x: Account, net: dict[str, Fake], now: datetime
) -> None:
    site.also["/verslag.pdf"] = (b"%PDF-1.7", "application/pdf")
    post = writing.write(text="Verslag", link=f"{site.url}/verslag.pdf", accounts=[x], language="nl")
    approving.approve(post)
    work(now)
    assert len(net["x"].posts) == 1


def test_a_look_that_was_killed_is_done_again(
    site: Website, x: Account, net: dict[str, Fake], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(site, x, FULL)

    def die(link: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(preflight, "_verdict", die)
        with pytest.raises(KeyboardInterrupt):
            preflight.look_one(now)
    work(now + MINUTE)
    assert after(row).state == "queued"
    work(now + 3 * MINUTE)
    assert after(row).state == "published"


def test_a_planned_post_is_looked_at_shortly_before_it_is_due(
    site: Website, x: Account, net: dict[str, Fake], now: datetime
) -> None:
    site.heads["/toren/"] = FULL
    link, at = f"{site.url}/toren/", now + 5 * HOUR
    post = writing.write(text="Straks", link=link, accounts=[x], language="nl", planned_at=at)
    approving.approve(post)
    work(now + HOUR)
    assert site.requests == []
    work(at - MINUTE)
    assert after(post.publications.get()).page_state == "ready"
    assert net["x"].posts == []
    work(at)
    assert len(net["x"].posts) == 1


def test_a_post_that_was_cancelled_while_its_page_was_looked_at_stays_so(
    site: Website, x: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(site, x, FULL)
    real = preflight._verdict

    def meanwhile(link: str) -> preflight.Verdict:
        approving.cancel(row.post)
        return real(link)

    monkeypatch.setattr(preflight, "_verdict", meanwhile)
    work(now)
    assert (after(row).state, row.page_state) == ("cancelled", "waiting")
