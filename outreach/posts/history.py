"""Writing down what happens to a publication: on itself, on its post, and on the entry that it tells of."""

from typing import Any

from outreach.core.models import Activity, record
from outreach.core.sentences import Sentence
from outreach.posts.models import Post, Publication

INFO, WARNING, TROUBLE = Activity.Level.INFO, Activity.Level.WARNING, Activity.Level.TROUBLE


def tell(
    publication: Publication, sentence: Sentence, level: str = INFO, *, raw: str = "", actor: Any = None
) -> None:
    """What became of `publication`, for everyone who looks at it, its post or its entry."""
    record(publication, sentence, level, raw=raw, actor=actor)
    tell_post(publication.post, sentence, level, actor=actor, echo=True)


def tell_post(
    post: Post, sentence: Sentence, level: str = INFO, *, actor: Any = None, echo: bool = False
) -> None:
    """What became of `post`, on itself and on its entry: `outreach why` reads the entry's log."""
    record(post, sentence, level, actor=actor, echo=echo)
    if post.entry is not None:
        record(post.entry, sentence, level, actor=actor, echo=True)
