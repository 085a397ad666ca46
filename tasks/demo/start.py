"""Furnishing the demo, and letting the sample website publish."""

import threading
from datetime import datetime, timedelta

import structlog
from django.db import close_old_connections

from outreach.core import clock, dates
from outreach.core.models import Organisation
from outreach.feeds.models import Source
from outreach.feeds.sources import add_source
from outreach.newsletters import making
from outreach.newsletters.models import Newsletter
from outreach.posts import approving, writing
from outreach.posts.accounts import connecting
from outreach.posts.models import Account, Post
from outreach.subscribers import joining
from tasks.demo.website import TITLE, Website

FIRST, SECOND, PACE = 5.0, 7.0, 60.0
"""Seconds until the website publishes its first new article, then its second, and between the next ones."""
NEWSLETTER_AFTER = timedelta(seconds=28)
READERS = ("an@example.org", "bilal@example.org", "chloe@example.org", "dirk@example.org")

log = structlog.get_logger(__name__)


def start() -> None:
    """Fill the empty database and let the website live, in a thread of its own."""
    website = Website()
    organisation = Organisation.get()
    organisation.name, organisation.site_url = TITLE, f"{website.url}/"
    organisation.postal_address = "Lindelaan 1, 9999 Bosveld"
    organisation.save()
    source = add_source(f"{website.url}/feed.xml", name=TITLE, mode="automatic", cooling_minutes=0)
    both = [
        connecting.connect("sandbox-facebook", f"{TITLE} op Facebook", {}),
        connecting.connect("sandbox-x", f"{TITLE} op X", {}),
    ]
    _posts(website, both)
    _newsletter(source)
    threading.Thread(target=_live, args=(website, source.pk), name="sample editor", daemon=True).start()


def _posts(website: Website, both: list[Account]) -> None:
    """What a colleague wrote: one post waits for approval, one is planned."""
    _post(
        "Zin om mee te werken aan de verteltas? We zoeken nog drie scholen in de buurt van Rivierdam. "
        "Laat het ons weten vóór vrijdag.",
        f"{website.url}/artikel/de-verteltas-gaat-op-reis",
        both,
        _at(days=1, hour=8),
    )
    planned = _post(
        "Nog enkele plaatsen vrij op de studiedag over kleuters en taal. Tot dan?",
        f"{website.url}/artikel/studiedag-kleuters-en-taal",
        both,
        _at(days=3, hour=12),
    )
    approving.approve(planned)


def _post(text: str, link: str, where: list[Account], at: datetime) -> Post:
    post = writing.write(text=text, link=link, accounts=where, planned_at=at, language="nl")
    writing.submit(post)
    return post


def _at(*, days: int, hour: int) -> datetime:
    """A full hour on the organisation's clock, some days from now."""
    day = dates.local(clock.now()) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _newsletter(source: Source) -> None:
    newsletter = making.create("Kleurrijk nieuws", sources=[source], mode="automatic", language="nl")
    wording = "Ja, ik wil Kleurrijk nieuws ontvangen."
    for address in READERS:
        joining.add(newsletter.topic, address, name="", language="nl", how="demo", wording=wording)
    # Its day is next week; so that something is to be seen now, the first issue comes within a minute.
    Newsletter.objects.filter(pk=newsletter.pk).update(
        next_slot=clock.now() + NEWSLETTER_AFTER, starts_at=clock.now() - timedelta(days=1)
    )


def _live(website: Website, source: int) -> None:
    """Publish one article after the other, and have the source looked at each time."""
    never, waits = threading.Event(), iter((FIRST, SECOND))
    while not never.wait(next(waits, PACE)) and website.publish():
        try:
            Source.objects.filter(pk=source).update(next_poll_at=clock.now())
        except Exception:
            log.exception("the sample website could not announce its article")
        finally:
            close_old_connections()
