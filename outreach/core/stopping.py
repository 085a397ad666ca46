"""Whether this process is asked to end: a step that may take long looks here, and ends what it has begun."""

import threading

_asked = threading.Event()


def stop() -> None:
    """Every step of this process ends as soon as what it has begun is done."""
    _asked.set()


def stopping() -> bool:
    """Whether `stop` was called."""
    return _asked.is_set()


def go_on() -> None:
    """Take `stop` back. For tests."""
    _asked.clear()
