"""What was sent, for everybody: the page, the feed, and each issue in the browser."""

import html
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from django.test import Client

from outreach.feeds.models import Entry, Source
from outreach.newsletters.designs import slots
from outreach.newsletters.models import Issue, IssueEntry, Newsletter
from outreach.newsletters.sending.letters import Letters, Reader

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
ARCHIVE, FEED = "/newsletter/nieuws/archive/", "/newsletter/nieuws/archive/feed.xml"
HOSTILE = 'A & B <script>alert("1")</script> ]]> \x0b ✓'


@pytest.fixture
def newsletter() -> Newsletter:
    return Newsletter.objects.create(name="Nieuws & meer", slug="nieuws", topic="news-1", language="en")


@pytest.fixture
def issued(newsletter: Newsletter) -> Callable[..., Issue]:
    def make(number: int = 0, state: str = "sent", **values: Any) -> Issue:
        at = NINE + timedelta(days=7 * number)
        known = {
            "subject": f"Issue {number}",
            "html": "<html><head></head><body>Dag</body></html>",
            "text": "Dag",
        }
        known |= {"started_at": at, "state": state}
        return Issue.objects.create(newsletter=newsletter, slot=at, **{**known, **values})

    return make


def shown(client: Client, address: str) -> str:
    return html.unescape(client.get(address).content.decode())


def test_only_what_was_sent_stands_there_newest_first(client: Client, issued: Callable[..., Issue]):
    for number, state in enumerate(Issue.State.values):
        issued(number, state)
    issued(20, subject="Newest")
    issued(21, "sent", html="", subject="Empty")
    page = shown(client, ARCHIVE)
    sent = [one.subject for one in Issue.objects.order_by("-slot") if one.subject in page]
    assert sent == ["Newest", f"Issue {Issue.State.values.index('sent')}"]
    assert page.index(sent[0]) < page.index(sent[1])
    titles = [entry.title for entry in feedparser.parse(client.get(FEED).content).entries]
    assert titles == sent


def test_it_comes_in_pages_and_any_number_is_answered(client: Client, issued: Callable[..., Issue]):
    for number in range(25):
        issued(number)
    first, second = shown(client, ARCHIVE), shown(client, f"{ARCHIVE}?page=2")
    assert "Issue 24<" in first
    assert "Issue 4<" not in first
    assert "Issue 4<" in second
    assert "Issue 24<" not in second
    for wild in ("0", "-1", "99999999999999999999", "x", ""):
        assert client.get(ARCHIVE, {"page": wild}).status_code == 200


def test_the_feed_is_rss_that_readers_and_validators_take(client: Client, issued: Callable[..., Issue]):
    issued(1, subject=HOSTILE, intro=f"**Dag** {HOSTILE}")
    answer = client.get(FEED)
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ET.fromstring(answer.content).find("channel")
    assert channel is not None
    own = channel.find("{http://www.w3.org/2005/Atom}link")
    assert own is not None
    assert own.attrib["href"] == f"http://127.0.0.1:8000{FEED}"
    assert (own.attrib["rel"], own.attrib["type"]) == ("self", "application/rss+xml")
    read = feedparser.parse(answer.content)
    assert not read.bozo
    assert read.feed.title == "Nieuws & meer"
    assert read.feed.language == "en"
    (entry,) = read.entries
    assert ET.fromstring(answer.content).findtext("channel/item/title") == HOSTILE.replace("\x0b", "")
    assert entry.published_parsed[:4] == (2026, 3, 17, 8)
    assert "<script" not in entry.summary
    assert "Dag A & B" in html.unescape(entry.summary)


def test_a_guid_stays_when_the_address_of_the_pages_changes(
    client: Client, issued: Callable[..., Issue], settings: Any
):
    issued()
    before = feedparser.parse(client.get(FEED).content).entries[0]
    settings.BASE_URL = "https://elders.example"
    after = feedparser.parse(client.get(FEED).content).entries[0]
    assert before.id == after.id
    assert after.link.startswith("https://elders.example/read/")


def test_an_issue_tells_what_it_holds_by_its_articles(client: Client, issued: Callable[..., Issue]):
    issue = issued()
    source = Source.objects.create(name="Site", url="https://a.example/feed", site="a.example")
    for number, (title, left_out) in enumerate(
        [("Voorlezen", False), ("Weggelaten", True), ("Rekenen", False)]
    ):
        entry = Entry.objects.create(
            source=source, title=title, link=f"https://a.example/{number}", content_hash=title
        )
        IssueEntry.objects.create(
            newsletter=issue.newsletter, issue=issue, entry=entry, position=number, left_out=left_out
        )
    assert "Voorlezen · Rekenen" in shown(client, ARCHIVE)
    assert feedparser.parse(client.get(FEED).content).entries[0].summary == "Voorlezen · Rekenen"


def test_nothing_of_a_reader_is_in_any_of_it(client: Client, issued: Callable[..., Issue]):
    issue = issued()
    found = slots.marks(issue)
    greeting = f"{found.if_name}Dag {found.name}{found.else_name}Dag lezer{found.end_name}"
    body = f"{greeting} {found.address} {found.unsubscribe_url}"
    Issue.objects.update(html=f"<html><head></head><body>{body}</body></html>")
    secret = found.address.partition("@")[2]
    for address in (ARCHIVE, FEED, f"/read/{issue.pk}/"):
        assert secret not in shown(client, address)
    page = shown(client, f"/read/{issue.pk}/")
    assert "Dag lezer" in page
    assert "(your address)" in page


def test_staff_switch_it_off_and_then_it_is_not_there(client: Client, issued: Callable[..., Issue]):
    issue = issued()
    Newsletter.objects.update(archive=False)
    for address in (ARCHIVE, FEED, "/newsletter/unknown/archive/", "/newsletter/unknown/archive/feed.xml"):
        assert client.get(address).status_code == 404
    assert ARCHIVE not in shown(client, "/newsletter/nieuws/")
    answer = client.get(f"/read/{issue.pk}/")  # the link that is in the mail goes on working
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert ARCHIVE not in answer.content.decode()


def test_the_sign_up_page_and_each_issue_lead_there(client: Client, issued: Callable[..., Issue]):
    assert client.get("/newsletter/nieuws/").status_code == 200
    assert ARCHIVE not in shown(client, "/newsletter/nieuws/")  # nothing to read yet
    issue = issued()
    for address in ("/newsletter/nieuws/", f"/read/{issue.pk}/"):
        assert f'href="{ARCHIVE}' in shown(client, address)
        assert "<main" in shown(client, address)
        assert "</main>" in shown(client, address)
        assert f'type="application/rss+xml" title="Nieuws & meer" href="{FEED}"' in shown(client, address)


def test_mails_name_it_in_their_head(issued: Callable[..., Issue], newsletter: Newsletter):
    issue = issued()
    archive = f"List-Archive: <http://127.0.0.1:8000{ARCHIVE}>\r\n".encode()
    assert archive in Letters(issue).parcel(1, Reader(1, "an@example.org")).message
    newsletter.archive = False
    issue.newsletter = newsletter
    assert b"List-Archive" not in Letters(issue).parcel(1, Reader(1, "an@example.org")).message


@pytest.mark.parametrize(
    ("state", "begun", "status"),
    [
        ("draft", False, 404),
        ("approved", False, 404),
        ("skipped", False, 404),
        ("cancelled", False, 404),
        ("cancelled", True, 410),
        ("sending", True, 200),
        ("paused", True, 200),
        ("sent", True, 200),
    ],
)
def test_an_issue_can_be_read_once_it_went_out(
    client: Client, issued: Callable[..., Issue], state: str, begun: bool, status: int
):
    issue = issued(0, state, **({} if begun else {"started_at": None}))
    answer = client.get(f"/read/{issue.pk}/")
    assert answer.status_code == status
    if status == 200:
        assert ("X-Robots-Tag" in answer) == (state != "sent")
        assert "max-age=300" in answer["Cache-Control"]
    else:
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"
    assert client.get("/read/999999/").status_code == 404


@pytest.mark.parametrize("address", [ARCHIVE, FEED, "/read/{pk}/"])
def test_who_has_it_already_hears_that_it_is_unchanged(
    client: Client, issued: Callable[..., Issue], address: str
):
    address = address.format(pk=issued().pk)
    first = client.get(address)
    again = client.get(address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert "Set-Cookie" not in first
    Issue.objects.update(subject="Another", html="<html><head></head><body>Other</body></html>")
    assert client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


@pytest.mark.parametrize("state", ["sending", "paused", "cancelled"])
def test_what_is_out_stays_out_while_some_readers_are_tried_again_and_when_that_is_stopped(
    client: Client, issued: Callable[..., Issue], state: str
):
    issue = issued(0, state, finished_at=NINE)
    assert issue.subject in shown(client, ARCHIVE)
    assert [entry.title for entry in feedparser.parse(client.get(FEED).content).entries] == [issue.subject]
    answer = client.get(f"/read/{issue.pk}/")
    assert (answer.status_code, "X-Robots-Tag" in answer) == (200, False)
