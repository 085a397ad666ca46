"""The Celery app. It carries hints only; the rows say what is due."""

import gc
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")

import django
from celery import Celery
from celery.signals import setup_logging, worker_init, worker_shutting_down

from outreach.core import logs, stopping
from tasks import seats

django.setup()
app = Celery("outreach")
app.config_from_object("celeryconfig")
# Not one for each processor: they wait for other machines, and no kind of work may wait for another kind.
app.conf.worker_concurrency = seats.total(app.conf.beat_schedule)


@setup_logging.connect
def _log_as_the_rest_does(loglevel: int | str = "warning", **_: Any) -> None:
    """With a receiver here Celery leaves the root logger alone."""
    logs.configure(loglevel)


@worker_init.connect
def _nobody_has_stopped_it(**_: Any) -> None:
    """What its pool hears is what this worker says, not the process that it may have been forked from."""
    stopping.go_on()


@worker_init.connect
def _share_memory_with_the_children(**_: Any) -> None:
    """What a pool's processes inherit stays shared: the collector of each would copy nearly all of it.

    Twelve processes at rest: 262 MB instead of 519 (PSS).
    """
    gc.collect()
    gc.freeze()


@worker_shutting_down.connect
def _stop_between_two_steps(**_: Any) -> None:
    """A tick ends after the unit it is at, in the pool's processes too, instead of using up its time."""
    stopping.stop()
