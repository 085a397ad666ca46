"""The subject, the size, the parts, and what every newsletter must say."""

import re
from collections.abc import Iterator

from outreach.core.sentences import N_, say
from outreach.newsletters.designs.lint.findings import Finding, Mail, some
from outreach.newsletters.designs.lint.page import Page

CLIPPED, NEARLY = 100_000, 80_000
"""Bytes of decoded HTML. Gmail cuts a mail off at about 102 KB, and the link to unsubscribe with it."""
HEAVY = 500_000
"""Bytes of the whole message, roughly, as it travels."""
_SHEET = 16_384  # Gmail ignores a style element beyond this (hteumeuleu/email-bugs#90)
_LONG_SUBJECT = 90  # characters; telephones show about 40
_MARK = re.compile(r"[\w@.-]*\.invalid\b[\w/]*")
_BRACES = re.compile(r"\{\{(?:[^{}]{0,60}\}\}|.{0,60})|\{%(?:[^{}]{0,60}%\}|.{0,60})|\*\|\w+\|\*", re.S)
_LEAST_CAPITALS = 8


def check(mail: Mail, page: Page) -> Iterator[Finding]:
    """What can be said of the words."""
    yield from _subject(mail.subject)
    yield from _size(mail)
    yield from _leaving(mail, page)
    yield from _postal(mail, page)
    yield from _unfilled(mail)
    yield from _for_readers(mail, page)


def _subject(subject: str) -> Iterator[Finding]:
    text = subject.strip()
    if not text:
        yield Finding("subject-empty", say(N_("The mail has no subject: write one.")), stops=True)
    if any(sign in subject for sign in "\r\n\0"):
        words = N_("The subject holds a line break; write it on one line.")
        yield Finding("subject-lines", say(words), stops=True)
    if len(text) > _LONG_SUBJECT:
        words = N_("The subject is long (%(length)s characters): telephones show only the first 40 or so.")
        yield Finding("subject-long", say(words, length=len(text)))
    letters = [sign for sign in text if sign.isalpha()]
    if len(letters) >= _LEAST_CAPITALS and all(sign.isupper() for sign in letters):
        words = N_("The subject is written in capitals only; readers and spam filters mind that.")
        yield Finding("subject-capitals", say(words))
    if text.count("!") > 1:
        words = N_("The subject holds several exclamation marks; spam filters count them.")
        yield Finding("subject-exclamations", say(words))


def _size(mail: Mail) -> Iterator[Finding]:
    size = len(mail.html.encode())
    kilobytes = round(size / 1000)
    if size > CLIPPED:
        words = N_(
            "The mail is too long (%(size)s KB, at most 100): Gmail would cut it off before its end, and the "
            "link to unsubscribe with it. Leave articles out, or shorten the introduction."
        )
        yield Finding("size", say(words, size=kilobytes), stops=True)
    elif size > NEARLY:
        words = N_("The mail is long (%(size)s KB): above 100 KB Gmail cuts it off. Leave an article out?")
        yield Finding("size", say(words, size=kilobytes))
    travels = len(mail.html.encode()) * 1.07 + len(mail.text.encode()) * 1.07
    if travels > HEAVY:
        words = N_("The whole mail is %(size)s KB; heavy mails are refused by some mail servers.")
        yield Finding("message-size", say(words, size=round(travels / 1000)))


def _leaving(mail: Mail, page: Page) -> Iterator[Finding]:
    if not any(link.href == mail.leave and link.words.strip() for link in page.links):
        words = N_(
            "The link to unsubscribe is missing. Every newsletter must have one: choose another design, "
            "or mend this one."
        )
        yield Finding("no-unsubscribe", say(words), stops=True)
    if mail.text.strip() and mail.leave not in mail.text:
        words = N_("The link to unsubscribe is missing in the part without formatting (the plain text).")
        yield Finding("no-unsubscribe-text", say(words), stops=True)


def _postal(mail: Mail, page: Page) -> Iterator[Finding]:
    if not mail.postal.strip():
        words = N_("Your postal address is not in the mail. Fill it in under Settings.")
        yield Finding("no-postal-address", say(words))
    elif " ".join(mail.postal.split()).casefold() not in page.text.casefold():
        words = N_("This design does not show your postal address.")
        yield Finding("no-postal-address", say(words))


def _unfilled(mail: Mail) -> Iterator[Finding]:
    """Marks of another issue, or of a template, that would reach the reader as they are."""
    ours = mail.leave.partition("://")[2].partition("/")[0]
    whole = f"{mail.subject}\n{mail.html}\n{mail.text}"
    strange = [mark for mark in _MARK.findall(whole) if not ours or ours not in mark]
    if strange:
        words = N_("A place that should be filled for each reader is not: “%(mark)s”.")
        yield Finding("unfilled", say(words, mark=strange[0][:60]), stops=True, place=some(strange))
    braces = [" ".join(found.split()) for found in _BRACES.findall(f"{mail.subject}\n{mail.text}")]
    if braces:
        words = N_("Something like a template stands in the mail: “%(mark)s”. Is that meant?")
        yield Finding("braces", say(words, mark=braces[0][:60]), place=some(braces))


def _for_readers(mail: Mail, page: Page) -> Iterator[Finding]:
    if not mail.text.strip():
        words = N_("There is no part without formatting (plain text); spam filters and some readers miss it.")
        yield Finding("no-text", say(words))
    if not page.language:
        words = N_("The design does not say in which language it is (lang); screen readers need that.")
        yield Finding("no-lang", say(words))
    if not page.title.strip():
        yield Finding("no-title", say(N_("The mail has no title (title); screen readers say it first.")))
    if any(len(sheet.encode()) > _SHEET for sheet in page.sheets):
        words = N_("A style sheet of the design is larger than 16 KB; Gmail then ignores it.")
        yield Finding("style-size", say(words))
