"""Furnishing the demo, and letting the sample website publish."""

import threading
from datetime import timedelta

import structlog
from django.db import close_old_connections

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.feeds.models import Source
from outreach.feeds.sources import add_source
from outreach.newsletters import making
from outreach.newsletters.models import Newsletter
from outreach.posts import accounts
from outreach.subscribers import joining
from tasks.demo.website import TITLE, Website

FIRST, PACE = 5.0, 60.0
"""Seconds until the website publishes its first new article, and between the next ones."""
NEWSLETTER_AFTER = timedelta(seconds=25)
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
    accounts.connect("sandbox-facebook", f"{TITLE} op Facebook", {})
    accounts.connect("sandbox-x", f"{TITLE} op X", {})
    _newsletter(source)
    threading.Thread(target=_live, args=(website, source.pk), name="sample editor", daemon=True).start()


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
    never, wait = threading.Event(), FIRST
    while not never.wait(wait) and website.publish():
        wait = PACE
        try:
            Source.objects.filter(pk=source).update(next_poll_at=clock.now())
        except Exception:
            log.exception("the sample website could not announce its article")
        finally:
            close_old_connections()
