"""How long what is kept, in words. The numbers are settings (`OUTREACH_KEEP_…_DAYS`)."""

from django.conf import settings

from outreach.core.sentences import N_, Sentence, say_many
from outreach.subscribers.importing import beginning


def until_wish_ends() -> Sentence:
    """The heart of it: who is mailed, and what they agreed to."""
    return say_many(
        "As long as you receive a newsletter, and %(count)s day after you left the last one.",
        "As long as you receive a newsletter, and %(count)s days after you left the last one.",
        settings.KEEP["left"].days,
    )


def until_confirmed() -> Sentence:
    """What somebody typed and nobody confirmed."""
    return say_many(
        "%(count)s day. Who does not confirm is forgotten after it too.",
        "%(count)s days. Who does not confirm is forgotten after them too.",
        settings.KEEP["unconfirmed"].days,
    )


def after(name: str) -> Sentence:
    """`name` is one of `settings.KEEP`."""
    return say_many("%(count)s day.", "%(count)s days.", settings.KEEP[name].days)


def imported() -> Sentence:
    """As long as the list that it came with."""
    return say_many("%(count)s day.", "%(count)s days.", beginning.KEPT.days)


def minutes() -> Sentence:
    """Until the next tick."""
    return Sentence(N_("A few minutes at most."))


def for_good() -> Sentence:
    """What must outlive the person's own row."""
    return Sentence(N_("For good: only so can we be sure not to mail this address again."))
