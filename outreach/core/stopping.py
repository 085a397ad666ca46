"""Whether this process is asked to end: a step that may take long looks here, and ends what it has begun.

A worker's pool is forked from the process that gets the signal; the children hear of it here too, because the
word stands in memory that they share. Without that they would go on for the rest of their time.
"""

import mmap

_word = mmap.mmap(-1, 1)


def stop() -> None:
    """Every step of this process, and of those forked from it, ends as soon as what it has begun is done."""
    _word[0] = 1


def stopping() -> bool:
    """Whether `stop` was called."""
    return _word[0] != 0


def go_on() -> None:
    """Nobody is asked any more; and from now on no process that this one was forked from is heard."""
    global _word
    _word = mmap.mmap(-1, 1)
