"""Rows for the pages: one of everything that Home can speak of."""

from datetime import datetime, timedelta

from outreach.core.models import Heartbeat, record
from outreach.core.sentences import say
from outreach.feeds.models import Entry, Event, Source
from outreach.newsletters.models import Issue, Newsletter
from outreach.posts.models import Account, Post, Publication


def source(**more: object) -> Source:
    values: dict[str, object] = {"name": "Nieuws", "url": "https://site.example/feed", "site": "site.example"}
    return Source.objects.create(**{**values, **more})


def entry(of: Source, title: str = "Studiedag co-teaching", **more: object) -> Entry:
    values: dict[str, object] = {"title": title, "link": "https://site.example/1", "language": "nl"}
    made = Entry.objects.create(source=of, content_hash="x", **{**values, **more})
    record(made, say("It was first seen."))
    return made


def account(**more: object) -> Account:
    return Account.objects.create(**{"network": "sandbox-facebook", "name": "Onze pagina", **more})


def publication(of: Entry, on: Account, at: datetime, **more: object) -> Publication:
    post, _ = Post.objects.get_or_create(entry=of, kind="entry", state="approved", language="nl")
    return Publication.objects.create(post=post, account=on, payload={"text": "x"}, due_at=at, **more)


def everything(now: datetime) -> None:
    """A busy day."""
    news, held = source(), source(name="Agenda", url="https://site.example/agenda", held_at=now)
    source(name="Blog", url="https://blog.example/", problem=say("The website did not answer."))
    page, other = account(), account(name="Andere", state="paused", reason=say("The token is gone."))
    out, waits, event = entry(news), entry(news, "Nog te keuren"), entry(held, "Infodag")
    Event.objects.create(entry=event, starts_at=now + timedelta(days=3), place="Gent")
    Post.objects.create(entry=waits, kind="entry", state="waiting", language="nl")
    publication(out, page, now - timedelta(hours=1), state="published", published_at=now)
    publication(out, other, now, state="unknown", reason=say("Nobody knows whether it is there."))
    later = entry(news, "Straks")
    publication(later, page, now + timedelta(hours=1), state="queued")
    paper = Newsletter.objects.create(name="Lerarennieuws", slug="l", topic="l", next_slot=now)
    Issue.objects.create(newsletter=paper, slot=now, state="draft", subject="Lerarennieuws november")
    Heartbeat.beat("poll")
