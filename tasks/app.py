"""The Celery app. It carries hints only; the rows say what is due."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")

import django
from celery import Celery
from celery.signals import setup_logging, worker_shutting_down

from outreach.core import logs

django.setup()
app = Celery("outreach")
app.config_from_object("celeryconfig")


@setup_logging.connect
def _log_as_the_rest_does(loglevel: int | str | None = None, **_: Any) -> None:
    """With a receiver here Celery leaves the root logger alone."""
    logs.configure(loglevel)


@worker_shutting_down.connect
def _stop_between_two_steps(**_: Any) -> None:
    """A tick ends after the unit it is at, instead of using up its time."""
    from tasks import ticking

    ticking.stop()
