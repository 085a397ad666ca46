"""The Celery side: `celery -A tasks worker`, `celery -A tasks beat`, and the embedded form of both."""

from typing import Any


def __getattr__(name: str) -> Any:
    """`celery -A tasks` looks for `celery` here. Late: the embedded form sets the settings first."""
    if name == "celery":
        from tasks.app import app

        return app
    raise AttributeError(name)
