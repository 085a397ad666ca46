"""What the tests of mailing an issue share."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from django.db import connections

from outreach.core import clock
from outreach.newsletters import sending
from outreach.newsletters.models import Issue
from tests.newsletters.conftest import NOW


def run(now: datetime = NOW, most: int = 50) -> None:
    """What the ticks do at this moment."""
    with clock.frozen(now):
        while sending.start_one(now):
            pass
        for _ in range(most):
            if not sending.deliver_some(now):
                return


def states(issue: Issue) -> Counter[str]:
    """How many deliveries are in which state."""
    return Counter(issue.deliveries.values_list("state", flat=True))


def die() -> None:
    """As a kill −9 from outside."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_process(work: Callable[[], object]) -> int:
    """Do `work` in a process of its own; its exit code, or minus the signal that ended it."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
