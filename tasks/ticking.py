"""How a tick runs: its step again and again, until there is nothing to do or its time is over."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import close_old_connections

from outreach.core import clock, stopping
from outreach.core.errors import OutreachError
from outreach.core.models import Heartbeat
from tasks import seats

Step = Callable[[datetime], bool]

TIME_BOX = 20.0
"""Seconds after which a tick makes room: the next one goes on where it stopped."""
MOST_FAILURES = 10
"""A tick whose steps keep failing ends early; else a broken step would spin until the time is over."""
BEAT_EVERY = timedelta(seconds=10)
"""A sign of life costs a write; nobody looks more often than this."""

log = structlog.get_logger(__name__)


def stop() -> None:
    """Every tick of this process ends after the step it is at; a long step ends what it has begun."""
    stopping.stop()


def tick(name: str, *steps: Step, box: float = TIME_BOX) -> int:
    """Drive `steps` and return how many units were done. Each has its share of the time, so that one that
    always finds something slow to do leaves some to those behind it.

    Ticks may come twice or at once: the rows' leases make that harmless, and the seats keep one kind of work
    from taking every thread.
    """
    # Before the seat: while a slow mail server holds all of them, the workers are alive.
    _beat(name)
    with seats.take(name) as mine:
        if not mine:
            return 0
        began, share = time.monotonic(), box / len(steps)
        return sum(_drive(name, step, began + share * number) for number, step in enumerate(steps, 1))


def _drive(name: str, step: Step, ends: float) -> int:
    done = failures = 0
    while time.monotonic() < ends and failures < MOST_FAILURES and not stopping.stopping():
        try:
            if not step(clock.now()):
                break
            done += 1
        except OutreachError as error:
            failures += 1
            log.warning("step refused", tick=name, sentence=str(error))
        except Exception:  # the next unit must not wait for this one to be mended
            failures += 1
            log.exception("step failed", tick=name)
            close_old_connections()
    return done


def _beat(name: str) -> None:
    try:
        if not Heartbeat.objects.filter(name=name, at__gt=clock.now() - BEAT_EVERY).exists():
            Heartbeat.beat(name)
    except Exception:  # without the database there is no work either: the next tick tries again
        log.exception("no sign of life", tick=name)
        close_old_connections()
