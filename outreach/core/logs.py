"""Logs: one line per event on stderr, from every process in the same way."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from outreach.core import environment as env
from outreach.core.veils import veiled

_LINE = "timestamp='%(asctime)s' level='%(levelname)s' event=%(message)r logger='%(name)s'"
LEVELS = ("debug", "info", "warning", "error")


def configure(otherwise: int | str = "warning") -> None:
    """Send what structlog and the libraries say to stderr, from OUTREACH_LOG_LEVEL up.

    Where that is not set, from the level `otherwise` up. Raises ImproperlyConfigured.
    """
    chosen = _number(env.text("OUTREACH_LOG_LEVEL") or otherwise)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _veil,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(chosen),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # The libraries' own loggers: only what is wrong. Their everyday lines drown ours.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Veiled(_LINE))
    logging.basicConfig(level=max(chosen, logging.WARNING), handlers=[handler], force=True)
    # A page that is not there is the visitor's affair, not trouble of ours.
    logging.getLogger("django.request").setLevel(logging.ERROR)


class _Veiled(logging.Formatter):
    """Django names the page that failed, whose link may open a reader's choices; PostgreSQL the address."""

    def format(self, record: logging.LogRecord) -> str:
        return veiled(super().format(record))


def _veil(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of all that is said, also of what an exception says."""
    return {name: veiled(value) if isinstance(value, str) else value for name, value in event.items()}


def _number(level: int | str) -> int:
    if isinstance(level, int):
        return level
    name = level.lower()
    if name not in LEVELS:
        from django.core.exceptions import ImproperlyConfigured

        raise ImproperlyConfigured(f"OUTREACH_LOG_LEVEL is {level!r}; use one of {', '.join(LEVELS)}.")
    return int(getattr(logging, name.upper()))
