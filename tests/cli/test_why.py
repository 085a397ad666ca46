"""`outreach why`: the whole story in the terminal, for people and for machines."""

import io
import json
from datetime import timedelta

import pytest
from django.utils import translation

from outreach import networks
from outreach.cli import output, why
from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.sentences import say
from outreach.feeds.models import Entry, Source
from outreach.networks.errors import Ambiguous, NotSent
from outreach.posts import approving, writing
from outreach.posts.models import Account, Post
from outreach.posts.sending import publishing
from tests.posts.fakes import FakeX, Fault

pytestmark = pytest.mark.django_db
LINK = "https://school.example/infodag"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    """Not posted in an outage of a day, and now in doubt."""
    fake = FakeX()
    monkeypatch.setattr(networks, "get", lambda name: fake)
    monkeypatch.setattr(why, "setup", lambda: None)
    account = Account.objects.create(network="x", name="Leraren", credentials={"token": "t", "handle": "l"})
    source = Source.objects.create(name="Nieuws", url="https://school.example/feed", site="school.example")
    entry = Entry.objects.create(
        source=source, title="Infodag", link=LINK, language="nl", content_hash="1", state="planned"
    )
    made = writing.write(text="Infodag", link=LINK, accounts=[account], language="nl")
    Post.objects.filter(pk=made.pk).update(entry=entry)
    made.refresh_from_db()
    approving.approve(made)
    for hour in range(0, 28, 2):
        error = NotSent(say("It said no."), "HTTP 418", cause=say("A teapot."), advice=say("Pour."))
        fake.faults.append(Fault(error, accepted=False))
        with clock.frozen(clock.now() + timedelta(hours=hour)):
            assert publishing.publish_one(clock.now())
    fake.faults.append(Fault(Ambiguous(say("No answer."), "half a page"), accepted=False))
    with clock.frozen(clock.now() + timedelta(hours=30)):
        assert publishing.publish_one(clock.now())
    return made


def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, **how: object) -> str:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(output, "_as_json", False)
    why.why(**{"url": "", "post": "", "publication": "", "raw": False, **how})
    return " ".join(capsys.readouterr().out.split())


def test_an_article_a_post_and_a_publication_tell_the_same_story(
    post: Post, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = post.publications.get()
    for how in ({"url": LINK}, {"post": str(post.pk)}, {"publication": str(row.pk)}):
        told = said(capsys, monkeypatch, **how)
        assert told.count("Not posted on Leraren yet: It said no.") == 1
        assert "14 times since" in told
        assert "No answer." in told
        assert "Leraren is asked" in told
        assert "half a page" not in told
        assert "half a page" in said(capsys, monkeypatch, **how, raw=True)


def test_nothing_is_wider_than_the_window(
    post: Post, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with translation.override("nl"):
        why.why(url=LINK)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_machine_reads_numbers_moments_and_raw_answers(
    post: Post, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_as_json", True)
    why.why(url=LINK)
    (one,) = json.load(io.StringIO(capsys.readouterr().out))["posts"]
    assert (one["state"], one["attempts"], one["raw"]) == ("unknown", 15, "half a page")
    counted = [line for line in one["log"] if line["times"] > 1]
    assert [(line["times"], line["raw"], bool(line["last_at"])) for line in counted] == [
        (14, "HTTP 418", True)
    ]


def test_what_is_not_there_is_said(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for how in ({"url": "https://school.example/nergens"}, {"post": "4711"}, {"publication": "4711"}, {}):
        with pytest.raises(BadInput):
            why.why(**{"url": "", "post": "", "publication": "", "raw": False, **how})
