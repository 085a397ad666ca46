"""An issue is looked over before it goes out, and its links are followed."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.core import clock, http
from outreach.core.errors import OutreachError
from outreach.core.models import Activity, Organisation, subject_of
from outreach.core.sentences import say
from outreach.feeds.models import Entry
from outreach.newsletters import issues, links
from outreach.newsletters.models import Issue, LinkLook, Newsletter
from outreach.notices.models import Notice
from tests.fakes.website import Website
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]
SECOND = timedelta(seconds=1)
CHECKED = {"postal_address": "Straat 1, 9000 Gent"}


@pytest.fixture(autouse=True)
def _address() -> None:
    Organisation.objects.update_or_create(pk=1, defaults=CHECKED)


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as website:
        yield website


@pytest.fixture
def issue(newsletter: Newsletter, write: Write, site: Website) -> Issue:
    """With two articles on one website."""
    for path in ("/een/", "/twee/"):
        site.heads[path] = "<title>Hier</title>"
        write(path.strip("/").title(), link=site.url + path)
    return issues.make_now(newsletter)


def codes(issue: Issue) -> list[str]:
    return [one.code for one in issues.findings(Issue.objects.get(pk=issue.pk))]


def follow(now: datetime = NOW, seconds: int = 10) -> None:
    """The ticks of so many seconds."""
    for second in range(seconds):
        while links.look_one(now + second * SECOND):
            pass


def asked(site: Website) -> list[str]:
    return [request.path for request in site.requests]


def test_a_sound_draft_is_approved_and_has_nothing_amiss_afterwards(issue: Issue):
    assert codes(issue) == []
    issues.approve(issue)
    assert issue.state == "approved"
    assert codes(issue) == []


def test_what_must_be_mended_keeps_the_issue_a_draft_and_says_why(issue: Issue):
    Entry.objects.filter(title="Een").update(link="verslag.html")
    assert codes(issue) == ["link-half"]
    with pytest.raises(OutreachError, match="“Een” leads to “verslag"):
        issues.approve(issue)
    assert Issue.objects.get().state == "draft"
    issues.leave_out(issue.items.get(entry__title="Een"))
    issues.approve(issue)


def test_two_things_to_mend_are_told_as_more_than_one(issue: Issue):
    Entry.objects.filter(title="Een").update(link="verslag.html")
    Entry.objects.filter(title="Twee").update(link="/twee")
    with pytest.raises(OutreachError, match="There is more to mend"):
        issues.approve(issue)


def test_what_is_only_amiss_does_not_stop_it_and_is_written_down_where_nobody_looked(issue: Issue):
    issues.change(issue, subject="KOM ALLEMAAL KIJKEN", intro="")
    assert codes(issue) == ["subject-capitals"]
    issues.approve(issue)
    lines = Activity.objects.filter(subject=subject_of(issue), level="warning")
    assert ["capitals" in str(line.sentence) for line in lines] == [True]


def test_each_link_is_followed_once_and_one_website_is_not_asked_twice_in_two_seconds(
    issue: Issue, site: Website
):
    while links.look_one(NOW):
        pass
    assert asked(site) == ["/een/"] or asked(site) == ["/twee/"]
    assert not links.look_one(NOW + SECOND)
    follow()
    assert sorted(asked(site)) == ["/een/", "/twee/"]
    follow(NOW + links.AGAIN)
    assert len(asked(site)) == 2
    follow(NOW + links.KEPT + links.AGAIN)
    assert len(asked(site)) == 4


def test_a_page_that_is_gone_is_told_with_the_words_of_its_link(issue: Issue, site: Website):
    site.heads["/twee/"] = None
    follow()
    (found,) = issues.findings(issue)
    assert (found.code, found.level, found.place) == ("link-broken", "warn", f"{site.url}/twee/")
    assert "Twee" in str(found.sentence)
    issues.leave_out(issue.items.get(entry__title="Twee"))
    assert codes(issue) == []


def test_a_site_that_has_trouble_is_not_called_broken(issue: Issue, site: Website):
    site.down = True
    follow()
    assert len(asked(site)) == 2
    assert codes(issue) == []


@pytest.mark.parametrize(("sure", "told"), [(True, ["link-broken"]), (False, [])])
def test_a_website_that_does_not_exist_is_told_but_not_when_we_are_offline_ourselves(
    issue: Issue, monkeypatch: pytest.MonkeyPatch, sure: bool, told: list[str]
):
    def refuse(link: str, **_: Any) -> None:
        raise http.FetchError(say("There is no website with that name."), no_such_name=sure)

    issues.leave_out(issue.items.get(entry__title="Twee"))
    monkeypatch.setattr(http, "fetch", refuse)
    follow()
    assert codes(issue) == told


def test_a_link_that_staff_add_is_followed_soon(issue: Issue, site: Website):
    follow()
    site.heads["/drie/"] = None
    later = NOW + 60 * SECOND
    with clock.frozen(later):
        issues.change(issue, subject="Dag", intro=f"Lees [ons verslag]({site.url}/drie/#deel).")
        follow(later)
        assert asked(site)[-1] == "/drie/"
        assert codes(issue) == ["link-broken"]


def test_two_workers_follow_a_link_once(issue: Issue, site: Website):
    LinkLook.objects.create(issue=issue, look_at=NOW)
    taken = LinkLook.objects.filter(look_at=NOW).update(look_at=NOW + timedelta(minutes=1))
    assert taken == 1
    assert not links.look_one(NOW)
    assert asked(site) == []
    assert links.look_one(NOW + timedelta(minutes=1)), "a worker that died holds it for a minute only"


def test_no_link_of_ours_nor_the_one_to_leave_is_followed(issue: Issue, site: Website):
    assert {link.partition("/een")[0].partition("/twee")[0] for link in links.gathered(issue)} == {site.url}


def test_what_was_sent_is_not_followed(issue: Issue, site: Website):
    issues.approve(issue)
    assert not links.look_one(NOW)
    assert asked(site) == []


def test_what_goes_out_by_itself_stays_a_draft_when_it_must_be_mended_and_staff_are_told(
    newsletter: Newsletter, write: Write
):
    write("Een", link="nieuws/een")
    assert issues.open_one(NOW)
    (issue,) = Issue.objects.all()
    assert issue.state == "draft"
    (notice,) = Notice.objects.filter(about=subject_of(issue))
    assert "nieuws/een" in str(notice.text)
    assert "nieuws/een" in str(issue.reason)
