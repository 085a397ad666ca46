"""The places in a frozen issue that are filled for each recipient, at the moment of sending.

What was approved is what is sent: only these differ from mailbox to mailbox. Their marks cannot be guessed,
else an article could hold one and have a recipient's own link sent to a stranger's server.

A design prints a slot as `{{ recipient.address }}`, `{{ recipient.unsubscribe_url }}`,
`{{ recipient.preferences_url }}` or `{{ recipient.name }}`; it may stand within a translated sentence. A name
is often empty, so a design that greets by name says both:

    {{ recipient.if_name }}{{ _("Dear %(name)s,", name=recipient.name) }}
    {{- recipient.else_name }}{{ _("Dear reader,") }}{{ recipient.end_name }}

The three belong together, in this order, as often as wanted, in the HTML and in the text, and never within
one another; an issue whose design forgets one does not go out (`unpaired`). `{% if recipient.name %}` does
not work: the design is filled once, with marks, for all readers.
Marks are not for filters (`|upper`, `|truncate`) and stand in text or in an attribute, not in a style.

Another slot is another field of `Slots`, with its mark in `marks`; another condition is a line of
`CONDITIONS`, with its three fields in `Marks`.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils.crypto import salted_hmac

from outreach.newsletters.models import Issue


class Slots(NamedTuple):
    """The values of one recipient; a name may be empty."""

    address: str
    unsubscribe_url: str
    name: str = ""
    preferences_url: str = ""


class Marks(NamedTuple):
    """What a design is filled with: a mark for each of `Slots`, and three for each condition."""

    address: str
    unsubscribe_url: str
    name: str
    preferences_url: str
    if_name: str
    else_name: str
    end_name: str


_leave_mark = re.compile(r"https://[0-9a-f]{24}\.invalid/unsubscribe")
_PARTS = ("if", "else", "end")
Choice = tuple[bool, ...]  # what holds for a recipient, in the order of CONDITIONS

CONDITIONS: Mapping[str, Callable[[Slots], bool]] = {"name": lambda values: bool(values.name)}


def marks(issue: Issue) -> Marks:
    """The marks that `issue` is frozen with. They survive escaping: letters, digits, dots and slashes."""
    return _marks(
        salted_hmac("outreach.newsletters.slots", str(issue.pk), algorithm="sha256").hexdigest()[:24]
    )


def chosen(content: str, issue: Issue, holds: Choice) -> str:
    """`content` (HTML or text) with one side of each condition, and the marks of conditions gone."""
    found = marks(issue)
    for name, one in zip(CONDITIONS, holds, strict=True):
        start, middle, end = (re.escape(getattr(found, f"{word}_{name}")) for word in _PARTS)
        content = re.sub(f"(?s){start}(.*?){middle}(.*?){end}", r"\1" if one else r"\2", content)
    return content


def unpaired(issue: Issue, *contents: str) -> bool:
    """Whether a design left out one of the three marks of a condition: readers would see the rest."""
    both = [tuple(value for _ in CONDITIONS) for value in (True, False)]
    left = "".join(chosen(one, issue, holds) for one in contents for holds in both)
    return any(getattr(marks(issue), f"{part}_{name}") in left for part in _PARTS for name in CONDITIONS)


def of_another_key(issue: Issue, *contents: str) -> bool:
    """Whether a link to leave in `contents` is no mark of `issue`: the secret key has changed since."""
    ours = marks(issue).unsubscribe_url
    return any(found != ours for one in contents for found in _leave_mark.findall(one))


def used(issue: Issue, *contents: str) -> Choice:
    """Which conditions stand in `contents` at all: only those make readers differ."""
    found = marks(issue)
    return tuple(any(getattr(found, f"if_{name}") in one for one in contents) for name in CONDITIONS)


def choice(values: Slots) -> Choice:
    """What holds for a recipient."""
    return tuple([test(values) for test in CONDITIONS.values()])


def fill_html(html: str, issue: Issue, values: Slots) -> str:
    """`html` of `issue` for one recipient."""
    return _filled(html, issue, values, Slots(*map(escape, values)))


def fill_text(text: str, issue: Issue, values: Slots) -> str:
    """`text` of `issue` for one recipient."""
    return _filled(text, issue, values, values)


def _filled(content: str, issue: Issue, values: Slots, written: Slots) -> str:
    by_mark = dict(zip(marks(issue), written, strict=False))
    found = re.compile("|".join(map(re.escape, by_mark)))
    return found.sub(lambda match: by_mark[match[0]], chosen(content, issue, choice(values)))


@lru_cache(maxsize=64)
def _marks(secret: str) -> Marks:
    host = f"{secret}.invalid"  # RFC 2606: never a real host, should one ever be left unfilled
    return Marks(
        address=f"recipient@{host}",
        unsubscribe_url=f"https://{host}/unsubscribe",
        name=f"reader.{host}",
        preferences_url=f"https://{host}/preferences",
        if_name=f"if-name.{host}",
        else_name=f"else-name.{host}",
        end_name=f"end-name.{host}",
    )
