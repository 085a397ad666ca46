"""How the check of a feed is told."""

from textwrap import fill
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.core.sentences import N_
from outreach.feeds.checking import ADVICE, BAD, GOOD, Finding, Looked

_HEADINGS = {BAD: N_("To be mended"), ADVICE: N_("Could be better"), GOOD: N_("Good")}
_SIGNS = {BAD: "✗", ADVICE: "△", GOOD: "✓"}


def show(looked: Looked, findings: list[Finding]) -> None:
    """For people: what is bad first."""
    feed = looked.feed
    count = len(feed.items)
    words = ngettext("%(title)s: %(count)s entry", "%(title)s: %(count)s entries", count)
    print(words % {"title": feed.title or feed.url, "count": count})
    for level in (BAD, ADVICE, GOOD):
        told = [finding for finding in findings if finding.level == level]
        if told:
            print(f"\n{_(_HEADINGS[level])}")
        for finding in told:
            first, rest = f"  {_SIGNS[level]} ", "    "
            print(fill(str(finding.sentence), 78, initial_indent=first, subsequent_indent=rest))


def data(looked: Looked, findings: list[Finding]) -> dict[str, Any]:
    """For programs."""
    return {
        "url": looked.url,
        "title": looked.feed.title,
        "items": len(looked.feed.items),
        "findings": [{"level": one.level, "sentence": str(one.sentence)} for one in findings],
    }
