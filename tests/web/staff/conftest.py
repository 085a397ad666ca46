"""A newsletter that staff made, and the draft of an issue with three articles."""

import pytest
from django.test import Client
from django.urls import reverse

from outreach.core import clock
from outreach.feeds.models import Entry, Source
from outreach.newsletters.models import Issue, IssueEntry, Newsletter

FORM = {
    "name": "Nieuwsbrief",
    "frequency": "monthly-weekday",
    "weekdays": ["1", "3"],
    "weekday": "1",
    "nth": "1",
    "month_day": "1",
    "at": "09:00",
    "mode": "approval",
    "language": "nl",
    "active": "yes",
}


@pytest.fixture
def source() -> Source:
    return Source.objects.create(name="Website", url="https://www.example.org/feed", site="example.org")


@pytest.fixture
def newsletter(staff: Client, source: Source) -> Newsletter:
    staff.post(reverse("newsletter-new"), {**FORM, "sources": [source.pk]})
    return Newsletter.objects.get()


@pytest.fixture
def issue(newsletter: Newsletter, source: Source) -> Issue:
    made = Issue.objects.create(newsletter=newsletter, slot=clock.now(), subject="Nieuws van december")
    for position, title in enumerate(["Infodag", "Stagegids", "Nieuwe richting"]):
        entry = Entry.objects.create(source=source, title=title, language="nl", content_hash=title)
        IssueEntry.objects.create(newsletter=newsletter, issue=made, entry=entry, position=position)
    return made
