"""An article that is shared again says it in other words: networks refuse the same text twice."""

from typing import Any

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.posts import stating
from outreach.posts.models import Post, Publication
from outreach.posts.payloads import Draft

_SAME = N_(
    "%(account)s has a post with exactly these words already, and networks refuse the same text twice. "
    "Change the post and write other words."
)


def refuse_same_words(post: Post, drafts: list[Draft]) -> None:
    """Raises BadInput when a network has these very words of this entry already, or is about to."""
    if post.kind != Post.Kind.RESHARE:
        return
    for found in drafts:
        there = Publication.objects.filter(
            post__entry=post.entry_id,
            account=found.account,
            state__in=(*stating.OUT, Publication.State.QUEUED),
        )
        if any(_bare(row.payload) == _bare(found.payload) for row in there.exclude(post=post)):
            raise BadInput(say(_SAME, account=found.account.name), "text")


def _bare(payload: Any) -> str:
    """The words without the tag that only we look at."""
    tag = payload.get("tag", "")
    text = str(payload["text"]).replace(tag, "") if tag else str(payload["text"])
    return " ".join(text.split())
