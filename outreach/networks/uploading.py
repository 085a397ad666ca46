"""Pictures that go to a network before the post that shows them: nobody sees them until then."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from outreach.core.sentences import N_, Sentence, say
from outreach.networks.base import Picture
from outreach.networks.errors import Ambiguous, Duplicate, NotSent

# Seconds in which the last upload must have begun. With it and the post itself (45 s each at most) an attempt
# stays within the lease of its claim; a look-up that starts before its end would find nothing.
LONGEST = 60.0


def in_time(pictures: Iterable[Picture]) -> Iterator[Picture]:
    """The pictures one by one. Raises NotSent when the network took too long for those before."""
    ends = time.monotonic() + LONGEST
    for picture in pictures:
        if time.monotonic() > ends:
            raise NotSent(say(N_("The network took too long to take the pictures.")))
        yield picture


@contextmanager
def without_effect(sentence: Sentence) -> Iterator[None]:
    """Within the block nothing becomes public, so what is unclear is a NotSent with `sentence`; so is a
    network that says that it has the picture already, which says nothing of the post.
    """
    try:
        yield
    except (Ambiguous, Duplicate) as error:
        again = N_("You need not do anything: the picture and the post are tried again by themselves.")
        raise NotSent(sentence, error.raw, cause=error.sentence, advice=say(again)) from error
