"""An issue as a mail: a design of templates/newsletters/ filled with its entries.

The result differs from what a reader gets only in the marks of `slots`. It depends on nothing but the rows,
and on which events have begun: two renderings of the same issue are the same bytes, so that what was looked
at is what is approved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from outreach.core import clock, colours
from outreach.core.measure import shorten
from outreach.core.models import Organisation
from outreach.feeds import downloads, events
from outreach.feeds.models import Entry
from outreach.newsletters.content import intro
from outreach.newsletters.designs import mjml, slots
from outreach.newsletters.models import Issue, IssueEntry

_SUMMARY = 320  # characters; the rest is a click away
_SUBJECT = 90


@dataclass(frozen=True)
class Rendered:
    """What a mail is made of."""

    subject: str
    html: str
    text: str


def of_issue(issue: Issue) -> Rendered:
    """`issue` with the entries that stand in it now, in their order."""
    items = shown(issue)
    news = [item.entry for item in items if not item.repeated]
    return of_entries(issue, news, again=[item.entry for item in items if item.repeated])


def shown(issue: Issue) -> list[IssueEntry]:
    """What readers would see if `issue` went out now, in its order."""
    items = issue.items.filter(left_out=False).select_related("entry__event", "entry__source")
    return [item for item in items if not has_begun(item.entry) and (item.repeated or not is_off(item.entry))]


def of_entries(
    issue: Issue,
    entries: Sequence[Entry],
    organisation: Organisation | None = None,
    again: Sequence[Entry] = (),
) -> Rendered:
    """The same with everything given; nothing of it need be stored. `again` was in an earlier issue."""
    context = _context(issue, entries, organisation or Organisation.get()) | {"again": again}
    design, language = issue.newsletter.design, issue.newsletter.language
    html, text = mjml.filled(design, context, language)
    return Rendered(issue.subject, html, _tidy(text))


def subject_for(name: str, entries: Sequence[Entry]) -> str:
    """ "Kleurrijk nieuws: Voorlezen in twee talen": the newsletter, and what it begins with."""
    first = " ".join((entries[0].title if entries else "").split())
    return shorten(f"{name}: {first}" if first else name, _SUBJECT, len)


def _context(issue: Issue, entries: Sequence[Entry], organisation: Organisation) -> dict[str, Any]:
    agenda = [entry for entry in entries if events.event_of(entry)]
    articles = [entry for entry in entries if not events.event_of(entry)]
    return {
        "newsletter": issue.newsletter,
        "language": issue.newsletter.language,
        "subject": issue.subject,
        "date": issue.slot,
        "preheader": _preheader(entries),
        "intro_html": intro.html(issue.intro),
        "intro_text": issue.intro.strip(),
        "articles": articles,
        "agenda": agenda,
        "summary": summary,
        "title": title,
        "spoken": events.spoken,
        "where": events.where,
        "recipient": slots.marks(issue),
        "browser_url": browser_url(issue),
        "organisation": organisation,
        "colours": _colours(organisation.accent),
    }


def has_begun(entry: Entry) -> bool:
    """Whether it is an event that it is too late for: nobody is invited to it."""
    return events.too_late(events.event_of(entry), clock.now())


def is_off(entry: Entry) -> bool:
    """Whether it is an event that does not take place: only who was invited to it hears of it."""
    event = events.event_of(entry)
    return event is not None and not events.takes_place(event)


def title(entry: Entry) -> str:
    """What stands above the entry: its title or link, with the word for a document or for what is off."""
    said = downloads.titled(entry) or entry.link
    return f"{events.word(entry.event)}: {said}" if is_off(entry) else said


def summary(entry: Entry) -> str:
    """The entry's summary on one line, cut at a word."""
    return shorten(" ".join(entry.summary.split()), _SUMMARY, len)


def browser_url(issue: Issue) -> str:
    """Where anybody can read `issue` without a mail program."""
    return settings.BASE_URL + reverse("issue-in-browser", args=[issue.pk]) if issue.pk else ""


def _preheader(entries: Sequence[Entry]) -> str:
    """What a mailbox shows behind the subject: the titles that the subject does not hold."""
    return shorten(" · ".join(entry.title for entry in entries[1:] if entry.title), 110, len)


def _colours(accent: str) -> dict[str, str]:
    """Text in `day` can be read on a light mail, in `night` on a dark one."""
    colour = colours.parse(accent)
    return {
        "day": colours.css(colours.readable(colour, colours.DAY)),
        "night": colours.css(colours.readable(colour, colours.NIGHT)),
    }


def _tidy(text: str) -> str:
    """At most one empty line in a row, whatever parts of the template were empty."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for before, line in zip(["x", *lines], lines, strict=False) if line or before]
    return "\n".join(kept) + "\n"
