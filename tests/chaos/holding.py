"""Stopping a network in the middle of an answer, so that a process can be killed at a chosen moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fakes.service import Answer, Request, Service

BEFORE, DURING = "before the network acted", "before its answer left"


@dataclass
class Held:
    """The first POST to a service, kept waiting."""

    arrived: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)


@contextmanager
def held(service: Service, moment: str) -> Iterator[Held]:
    """Keep the first POST waiting at `moment`. One that is held before the network acted is then lost."""
    hold, take = Held(), service.take

    def slow_take(request: Request) -> tuple[Answer | None, bool]:
        if request.method != "POST" or hold.arrived.is_set():
            return take(request)
        answer: tuple[Answer | None, bool] = (None, False)
        if moment == DURING:
            answer = take(request)
        hold.arrived.set()
        hold.release.wait(60)
        return answer

    service.take = slow_take  # type: ignore[method-assign]
    try:
        yield hold
    finally:
        hold.release.set()
        del service.take  # the class's own again
