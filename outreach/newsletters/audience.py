"""To whom a letter goes: all readers of its newsletter, or those of them who are in a segment.

While it is a draft the segment is asked anew each time. Its approval freezes the rules, their words and the
number of readers that was shown: what becomes of the segment after that changes nothing. Who is in is decided
when the ledger is written. An issue that is no letter goes to all: it holds the news of the website.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import ngettext

from outreach.core import amounts
from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import record
from outreach.core.sentences import N_, NOTHING, Sentence, say, say_many
from outreach.newsletters import arranging, audience_words, editing
from outreach.newsletters.models import Issue
from outreach.subscribers import lists
from outreach.subscribers.models import Segment, Subscriber
from outreach.subscribers.searching import Filter, Numbers

_GONE = N_("The segment “%(name)s” is not there any more. Choose again to whom this letter goes.")
_NOBODY = N_("None of the readers is in the segment “%(name)s” now. Choose again to whom this letter goes.")
_NO_LETTER = N_("This issue holds the news of the website: it goes to all readers. Write a letter instead.")
ALL = N_("It goes to all readers.")


@dataclass(frozen=True)
class Audience:
    """All readers, or those who are in the segment `name`. With a `trouble` it is nobody until staff choose.

    `readers` of `total` is what was shown at the approval; 0 before it, and for all readers.
    """

    name: str = ""
    rules: Filter = field(default_factory=Filter)
    words: tuple[Sentence, ...] = ()
    trouble: Sentence = NOTHING
    readers: int = 0
    total: int = 0


@dataclass(frozen=True)
class Count:
    """How many it would go to now, of all readers of the newsletter."""

    readers: int
    total: int

    def __str__(self) -> str:
        """ "214 of 3,020 readers" in the active language."""
        numbers = {"number": amounts.whole(self.readers), "total": amounts.whole(self.total)}
        words = ngettext("%(number)s of %(total)s reader", "%(number)s of %(total)s readers", self.total)
        return words % numbers


def of(issue: Issue) -> Audience:
    """To whom `issue` goes: frozen at its approval, the segment as it is now before that."""
    if not issue.audience:
        return Audience()
    return _frozen(issue.audience) if "wanted" in issue.audience else _now(issue.audience)


def readers(
    issue: Issue, chosen: Audience | None = None, numbers: Numbers | None = None
) -> QuerySet[Subscriber]:
    """Who they are now: nobody who left, pauses or is never mailed. With `numbers` only of those.

    Raises OutreachError: its trouble.
    """
    chosen = chosen or of(issue)
    if chosen.trouble:
        raise OutreachError(chosen.trouble)
    everybody = lists.recipients(issue.newsletter.topic)
    return chosen.rules.within(everybody, numbers)


def count(issue: Issue, chosen: Audience | None = None) -> Count:
    """How many they are now; 0 where it has a trouble."""
    chosen = chosen or of(issue)
    total = lists.recipients(issue.newsletter.topic).count()
    if chosen.trouble:
        return Count(0, total)
    return Count(readers(issue, chosen).count() if chosen.name else total, total)


def choose(issue: Issue, segment: Segment | None, *, seen: str = "", by: Any = None) -> None:
    """Let the letter `issue` go to those in `segment`, or with None to all readers of its newsletter.

    `seen` is the `version` that was shown. Raises OutreachError for an issue that is no letter or no draft,
    BadInput when somebody else chose meanwhile.
    """
    with transaction.atomic():
        held = arranging.hold(issue)
        if not held.letter:
            raise OutreachError(say(_NO_LETTER))
        if seen and seen != version(held):
            raise BadInput(say(editing.CHANGED), "audience")
        kept = {"segment": segment.pk, "name": segment.name} if segment else {}
        if kept != held.audience:
            Issue.objects.filter(pk=issue.pk).update(audience=kept)
            said = N_("It goes to the readers in the segment “%(name)s”.")
            record(issue, say(said, name=segment.name) if segment else say(ALL), actor=by)
    issue.refresh_from_db()


def publish(issue: Issue, public: bool, by: Any = None) -> None:
    """Show the letter `issue` in the archive, or no more. Raises OutreachError for other issues."""
    if not issue.letter:
        raise OutreachError(say(N_("Only a letter can be kept out of the archive.")))
    with transaction.atomic():
        if Issue.objects.filter(pk=issue.pk).exclude(public=public).update(public=public):
            words = N_("Everybody may read it in the archive.") if public else N_("It is not in the archive.")
            record(issue, say(words), actor=by)
    issue.refresh_from_db()


def version(issue: Issue) -> str:
    """Stands for what was chosen, as somebody was shown it; see `choose`."""
    return editing.version(str(issue.audience.get("segment", "")))


def mark(chosen: Audience) -> str:
    """Stands for the rules in what is approved: who sees others than were shown approves nothing."""
    if not chosen.name:
        return ""
    return json.dumps([chosen.name, chosen.rules.wanted()], sort_keys=True)


def freeze(issue: Issue, chosen: Audience) -> Sentence:
    """Keep `chosen`, its words and how many they are with `issue`; says so. In the transaction that approves.

    Raises OutreachError for a segment that is gone, that cannot be read, or that none of the readers is in.
    """
    if chosen.trouble:
        raise OutreachError(chosen.trouble)
    found = count(issue, chosen)
    if not found.readers:
        raise OutreachError(say(_NOBODY, name=chosen.name))
    issue.audience = {
        **issue.audience,
        "name": chosen.name,
        "wanted": chosen.rules.wanted(),
        "words": [one.to_json() for one in chosen.words],
        "readers": found.readers,
        "of": found.total,
    }
    return say_many(
        "It goes to %(count)s of %(total)s readers: to who is in the segment “%(name)s”.",
        "It goes to %(count)s of %(total)s readers: to those in the segment “%(name)s”.",
        found.readers,
        total=found.total,
        name=chosen.name,
    )


def thawed(issue: Issue) -> dict[str, Any]:
    """What a draft keeps of an approved one's."""
    return {name: issue.audience[name] for name in ("segment", "name") if name in issue.audience}


def _now(kept: dict[str, Any]) -> Audience:
    segment = Segment.objects.filter(pk=kept["segment"]).first()
    if segment is None:
        return Audience(kept["name"], trouble=say(_GONE, name=kept["name"]))
    try:
        rules = Filter.kept(segment.wanted)
    except BadInput as error:
        return Audience(segment.name, trouble=error.sentence)
    return Audience(segment.name, rules, tuple(audience_words.of(rules)))


def _frozen(kept: dict[str, Any]) -> Audience:
    words = tuple(map(Sentence.from_json, kept["words"]))
    numbers = {"readers": kept["readers"], "total": kept["of"]}
    try:
        return Audience(kept["name"], Filter.kept(kept["wanted"]), words, **numbers)
    except BadInput as error:  # frozen by another release
        return Audience(kept["name"], words=words, trouble=error.sentence, **numbers)
