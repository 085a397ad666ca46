"""What staff change in a draft: its words, and what they leave out."""

import hashlib
from typing import Any

from django.db import transaction

from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.newsletters import arranging
from outreach.newsletters.checking import one_line
from outreach.newsletters.content import composing, placing
from outreach.newsletters.models import Issue, IssueEntry, IssueText

_LONGEST_INTRO = _LONGEST_TEXT = 5_000
_MOST_TEXTS = 20
CHANGED = N_("Somebody else has changed this meanwhile. Copy your text, then load the page again.")
_TEXT_OUT = N_("A text was taken away.")
_TEXT_BACK = N_("A text was put back.")


def version(*words: str) -> str:
    """Stands for `words` as somebody was shown them; see `change` and `change_text`."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]


def change(issue: Issue, *, subject: str, intro: str, seen: str = "", by: Any = None) -> None:
    """Give `issue` a subject and an introduction (Markdown).

    `seen` is the `version` of those that were shown. Raises BadInput that names the field, also when somebody
    else has changed them since.
    """
    line = one_line(subject, "subject", 200)
    if not line:
        raise BadInput(say(N_("Give the issue a subject: it is what readers see first.")), "subject")
    text = intro.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > _LONGEST_INTRO:
        words = N_("The introduction is too long: at most %(most)s characters.")
        raise BadInput(say(words, most=_LONGEST_INTRO), "intro")
    with transaction.atomic():
        held = arranging.hold(issue)
        _refuse_what_is_old(seen, held.subject, held.intro)
        Issue.objects.filter(pk=issue.pk).update(subject=line, intro=text)
        record(issue, say(N_("Subject and introduction were changed.")), actor=by)
    issue.refresh_from_db()


def add_text(issue: Issue, words: str, heading: str = "", *, at: str = "end", by: Any = None) -> IssueText:
    """Words of staff (Markdown) in `issue`: at its "top", before its "agenda", or at its "end".

    From there it can be moved. Raises BadInput that names the field.
    """
    kept = _text(words, "words"), one_line(heading, "heading", 120)
    with transaction.atomic():
        held = arranging.hold(issue)
        if held.texts.filter(left_out=False).count() >= _MOST_TEXTS:
            raise BadInput(say(N_("An issue has at most %(most)s texts."), most=_MOST_TEXTS), "words")
        text = IssueText.objects.create(issue=held, words=kept[0], heading=kept[1], position=0)
        rows = [row for row in composing.order_of(held).rows if row != text]
        place = {"top": 0, "agenda": rows.index(held)}.get(at, len(rows))
        placing.number([*rows[:place], text, *rows[place:]])
        record(issue, say(N_("A text was added.")), actor=by)
    text.refresh_from_db()
    return text


def change_text(text: IssueText, words: str, heading: str = "", by: Any = None, *, seen: str = "") -> None:
    """Give `text` other words; `seen` is the `version` of its heading and words that were shown.

    Raises BadInput that names the field, also when somebody else has changed it since.
    """
    kept = _text(words, "words"), one_line(heading, "heading", 120)
    with transaction.atomic():
        issue = arranging.hold(text.issue)
        now = IssueText.objects.get(pk=text.pk)
        _refuse_what_is_old(seen, now.heading, now.words)
        IssueText.objects.filter(pk=text.pk).update(words=kept[0], heading=kept[1])
        record(issue, say(N_("A text was changed.")), actor=by)
    text.refresh_from_db()


def leave_out(row: IssueEntry | IssueText, by: Any = None) -> None:
    """Not in this issue; what is news in it will not be in a later one either."""
    _set_left_out(row, True, N_("Left out of the newsletter “%(name)s” by staff."), by)


def put_back(row: IssueEntry | IssueText, by: Any = None) -> None:
    """In this issue after all."""
    _set_left_out(row, False, N_("Put back into the newsletter “%(name)s” by staff."), by)


def _set_left_out(row: IssueEntry | IssueText, value: bool, words: str, by: Any) -> None:
    with transaction.atomic():
        issue = arranging.hold(row.issue)
        if not type(row).objects.filter(pk=row.pk, left_out=not value).update(left_out=value):
            return
        if isinstance(row, IssueEntry):
            record(row.entry, say(words, name=issue.newsletter.name), actor=by)
        else:
            record(issue, say(_TEXT_OUT if value else _TEXT_BACK), actor=by)


def _refuse_what_is_old(seen: str, *words: str) -> None:
    if seen and seen != version(*words):
        raise BadInput(say(CHANGED), "form")


def _text(typed: str, field: str) -> str:
    text = typed.replace("\r\n", "\n").replace("\0", "").strip()
    if not text:
        raise BadInput(say(N_("Write the text, or go back without one.")), field)
    if len(text) > _LONGEST_TEXT:
        raise BadInput(
            say(N_("The text is too long: at most %(most)s characters."), most=_LONGEST_TEXT), field
        )
    return text
