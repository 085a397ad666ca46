"""Writing down what happens to a publication: on itself, on its post, and on the entry that it tells of.

What happens again and again (an outage of a day) is one line that counts.
"""

from datetime import datetime
from typing import Any

from django.db.models import Model

from outreach.core.models import Activity, person, record, subject_of
from outreach.core.sentences import Sentence
from outreach.posts.models import Post, Publication

INFO, WARNING, TROUBLE = Activity.Level.INFO, Activity.Level.WARNING, Activity.Level.TROUBLE
# A post on several accounts: their lines alternate, so the line that is repeated is not always the last.
_LOOK_BACK = 20


def tell(
    publication: Publication, sentence: Sentence, level: str = INFO, *, raw: str = "", actor: Any = None
) -> None:
    """What became of `publication`, for everyone who looks at it, its post or its entry."""
    post, entry = publication.post, publication.post.entry
    others: list[Model] = [post, entry] if entry is not None else [post]
    last = _latest(publication, 1)
    again = person(actor) is None and any(_is_same(line, sentence, level) for line in last)
    _write(publication, sentence, level, raw, actor, again=again, echo=False)
    for row in others:
        _write(row, sentence, level, "", actor, again=again, echo=True)


def tell_post(post: Post, sentence: Sentence, level: str = INFO, *, actor: Any = None) -> None:
    """What became of `post`, on itself and on its entry: `outreach why` reads the entry's log."""
    record(post, sentence, level, actor=actor)
    if post.entry is not None:
        record(post.entry, sentence, level, actor=actor, echo=True)


def _write(
    row: Model, sentence: Sentence, level: str, raw: str, actor: Any, *, again: bool, echo: bool
) -> None:
    lines = _latest(row, _LOOK_BACK) if again else []
    same = next((line for line in lines if _is_same(line, sentence, level)), None)
    if same:
        same.happened_again(sentence, raw)
    else:
        record(row, sentence, level, raw=raw, actor=actor, echo=echo)


def _latest(row: Model, many: int) -> list[Activity]:
    return list(Activity.objects.filter(subject=subject_of(row)).order_by("-at", "-pk")[:many])


def _is_same(line: Activity, sentence: Sentence, level: str) -> bool:
    """The same but for the moments in it, and not a person's doing."""
    return (line.level, line.actor_id) == (level, None) and _timeless(line.sentence) == _timeless(sentence)


def _timeless(sentence: Sentence) -> tuple[str, list[tuple[str, Any]]]:
    values = sorted(sentence.values.items())
    return sentence.text, [
        (name, _timeless(value) if isinstance(value, Sentence) else value)
        for name, value in values
        if not isinstance(value, datetime)
    ]
