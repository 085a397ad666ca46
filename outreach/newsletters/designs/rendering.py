"""An issue as a mail: a design of templates/newsletters/ filled with its content.

The result differs from what a reader gets only in the marks of `slots`. It depends on nothing but the rows,
and on which events have begun: two renderings of the same issue are the same bytes, so that what was looked
at is what is approved.

What a design (both its MJML and its text part) is filled with:

| name | what it is |
|---|---|
| `sections` | all between introduction and foot, in the order of the issue: `Section`s, see below |
| `lead` | the entry of the lead story, or None |
| `articles`, `agenda`, `again` | the entries of those sections; `articles` without the lead |
| `intro_html`, `intro_text` | the introduction by staff, as clean HTML and as plain lines; "" without one |
| `subject`, `preheader`, `date`, `language` | of the issue; `date` is its moment, `language` a code |
| `newsletter`, `organisation` | rows: `.name`, `.description`; `.name`, `.postal_address`, `.contact` |
| `colours` | the organisation's colour, made readable on a light and on a dark mail (`looks.palette`) |
| `leaf(event)`, `published(entry)` | the day of it: `.weekday`, `.number`, `.month` |
| `picture(entry)` | the address of its picture; "" where it has none, or the newsletter shows none |
| `logo` | `.url`, `.width`, `.height` of the organisation's logo, or None |
| `recipient` | `.address`, `.name`, `.unsubscribe_url`, `.preferences_url`: for each reader (see `slots`) |
| `browser_url` | the issue in the browser |
| `agenda_url` | all events of the issue as one calendar file; "" without events |
| `title(entry)` | its title, "Cancelled: …" where it is off, "… (PDF)" for a document |
| `summary(entry)`, `summary(entry, 200)` | its summary on one line, cut at a word; may be "" |
| `spoken(event)`, `where(event)` | when and where `entry.event` is, in the language of the newsletter |
| `calendar_url(entry)` | its event as a calendar file (.ics) |

Of an entry a design uses `link`, `image_alt`, `author`, `event`; each may be empty.
A section has a `kind`, which says what else it has:

| kind | holds | how often |
|---|---|---|
| `lead` | `entries`: one article, to be shown larger | at most once |
| `articles` | `entries`: `heading` in the first after a lead story | any: a text may part them |
| `text` | words of staff: `heading` (may be ""), `html` (clean), `text` (plain lines) | any |
| `agenda` | `heading`; `entries`: events, in full; `again`: told of before, in short | at most once |

Headings are in the newsletter's language. Either list of an agenda may be empty, not both. An event in
`again` may be off: `title` says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from outreach.core.measure import shorten
from outreach.core.models import Organisation
from outreach.feeds import downloads, events
from outreach.feeds.models import Entry
from outreach.newsletters import archiving
from outreach.newsletters.content import composing, intro
from outreach.newsletters.content.composing import Agenda, Section, has_begun, is_off, shown
from outreach.newsletters.designs import looks, mjml, slots
from outreach.newsletters.models import Issue

__all__ = ["Rendered", "browser_url", "has_begun", "is_off", "of_entries", "of_issue", "shown", "subject_for"]

_SUMMARY = 320  # characters; the rest is a click away
_SUBJECT = 90


@dataclass(frozen=True)
class Rendered:
    """What a mail is made of."""

    subject: str
    html: str
    text: str


def of_issue(issue: Issue) -> Rendered:
    """`issue` with what stands in it now, in its order."""
    with translation.override(issue.newsletter.language):
        return _filled(issue, composing.sections(issue), Organisation.get())


def of_entries(issue: Issue, entries: Sequence[Entry], organisation: Organisation | None = None) -> Rendered:
    """The same of `entries`; nothing of it need be stored."""
    articles = [entry for entry in entries if not events.event_of(entry)]
    organisation = organisation or Organisation.get()
    lead = composing.lead_of(issue, articles, organisation)
    if lead is not None:
        articles = [lead, *(entry for entry in articles if entry is not lead)]
    agenda = Agenda([entry for entry in entries if events.event_of(entry)])
    with translation.override(issue.newsletter.language):
        sections = composing.arranged([*articles, agenda], lead)
        return _filled(issue, sections, organisation)


def _filled(issue: Issue, sections: list[Section], organisation: Organisation) -> Rendered:
    context = _context(issue, sections, organisation)
    html, text = mjml.filled(issue.newsletter.design, context, issue.newsletter.language)
    return Rendered(issue.subject, html, _tidy(text))


def subject_for(name: str, entries: Sequence[Entry]) -> str:
    """ "Kleurrijk nieuws: Voorlezen in twee talen": the newsletter, and what it begins with."""
    first = " ".join((entries[0].title if entries else "").split())
    return shorten(f"{name}: {first}" if first else name, _SUBJECT, len)


def _context(issue: Issue, sections: list[Section], organisation: Organisation) -> dict[str, Any]:
    lead, articles, agenda = (_entries(sections, kind) for kind in ("lead", "articles", "agenda"))
    again = [entry for section in sections for entry in section.again]
    return {
        "newsletter": issue.newsletter,
        "language": issue.newsletter.language,
        "subject": issue.subject,
        "date": issue.slot,
        "preheader": _preheader([*lead, *articles, *agenda]),
        "intro_html": intro.html(issue.intro),
        "intro_text": intro.text(issue.intro),
        "sections": sections,
        "lead": lead[0] if lead else None,
        "articles": articles,
        "agenda": agenda,
        "again": again,
        "summary": summary,
        "title": title,
        "spoken": events.spoken,
        "where": events.where,
        "calendar_url": calendar_url,
        "agenda_url": agenda_url(issue) if agenda or again else "",
        "recipient": slots.marks(issue),
        "browser_url": browser_url(issue),
        "organisation": organisation,
        **looks.context(issue.newsletter, organisation),
    }


def _entries(sections: list[Section], kind: str) -> list[Entry]:
    return [entry for section in sections if section.kind == kind for entry in section.entries]


def title(entry: Entry) -> str:
    """What stands above the entry: its title or link, with the word for a document or for what is off."""
    said = downloads.titled(entry) or entry.link
    return f"{events.word(entry.event)}: {said}" if is_off(entry) else said


def summary(entry: Entry, most: int = _SUMMARY) -> str:
    """The entry's summary on one line, cut at a word when it is longer than `most` characters."""
    return shorten(" ".join(entry.summary.split()), most, len)


def browser_url(issue: Issue) -> str:
    """Where who has the mail of `issue` can read it without a mail program."""
    return archiving.own_url(issue) if issue.pk else ""


def calendar_url(entry: Entry) -> str:
    """The event of `entry` as a calendar file; "" for one that is not stored."""
    return settings.BASE_URL + reverse("event-in-calendar", args=[entry.pk]) if entry.pk else ""


def agenda_url(issue: Issue) -> str:
    """All events of `issue` as one calendar file; "" for one that is not stored."""
    return settings.BASE_URL + reverse("issue-in-calendar", args=[issue.pk]) if issue.pk else ""


def _preheader(entries: Sequence[Entry]) -> str:
    """What a mailbox shows behind the subject: the titles that the subject does not hold."""
    return shorten(" · ".join(entry.title for entry in entries[1:] if entry.title), 110, len)


def _tidy(text: str) -> str:
    """At most one empty line in a row, whatever parts of the template were empty."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    kept = [line for before, line in zip(["x", *lines], lines, strict=False) if line or before]
    return "\n".join(kept) + "\n"
