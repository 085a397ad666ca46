"""What became of an entry, or is about to: one word for a list, one sentence for who waits."""

from datetime import datetime

from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import rules
from outreach.feeds.models import Entry
from outreach.posts.models import Post, Publication

_P = Publication.State
# Of its accounts the one that tells most: where somebody must look, what is under way, what is done.
_TELLING = (_P.UNKNOWN, _P.SENDING, _P.QUEUED, _P.PUBLISHED, _P.REFUSED, _P.SKIPPED, _P.CANCELLED)


def state_of(entry: Entry) -> str:
    """The state of an entry as people mean it: once it has a post, the state of that.

    Reads `entry.posts` and their `publications`: prefetch them for a list.
    """
    post = next((one for one in entry.posts.all() if one.kind == Post.Kind.ENTRY), None)
    if entry.state != Entry.State.PLANNED or post is None:
        return entry.state
    if post.state != Post.State.APPROVED:
        return post.state
    states = {publication.state for publication in post.publications.all()}
    return next((state for state in _TELLING if state in states), entry.state)


def what_next(entry: Entry, now: datetime) -> Sentence:
    """When a new entry becomes a post, or what it waits for; nothing when its reason says that already."""
    if entry.state != Entry.State.NEW or entry.question or entry.reason:
        return NOTHING
    if not entry.source.active:
        return say(N_("Its source is paused: it waits until the source is resumed."))
    if entry.source.held_at:
        return say(N_("Its source is held back, until somebody says there whether its new articles are old."))
    decision = rules.of(entry)
    cooled = entry.first_seen_at + decision.cooling
    if not decision.posts or cooled <= now:
        return NOTHING
    words = N_("It becomes a post at %(time)s. What the website corrects until then is taken over.")
    return say(words, time=cooled)
