"""What a design of staff is given: words, numbers and moments, written out. No row, no function, no secret.

A row is reduced to the columns that stand here. What a function of the context says of each row is worked out
beforehand: the process that fills the design knows the answers, and nothing behind them.
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from markupsafe import Markup

from outreach.core import dates
from outreach.core.models import Organisation
from outreach.feeds import events
from outreach.feeds.models import Entry, Event
from outreach.newsletters.models import Newsletter

# Without the address of a picture: `picture(entry)` knows which ones the newsletter shows.
COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Entry: ("title", "link", "summary", "image_alt", "author", "language", "published_at"),
    Event: ("starts_at", "ends_at", "all_day", "place", "online_url", "status"),
    Newsletter: ("name", "description", "language", "slug", "from_name"),
    Organisation: ("name", "postal_address", "site_url", "accent", "contact"),
}


def packed(context: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The context without its functions, and what these say of each row."""
    plain = {name: value for name, value in context.items() if not callable(value)}
    rows = {_key(row): row for row in _rows(plain)}
    asked = {name: value for name, value in context.items() if callable(value)}
    return (
        {name: _packed(value) for name, value in plain.items()},
        {name: {key: _packed(said) for key, said in _said(call, rows)} for name, call in asked.items()},
    )


def _said(call: Any, rows: Mapping[str, Model]) -> Iterator[tuple[str, Any]]:
    takes = list(inspect.signature(call, eval_str=True).parameters.values())
    for key, row in rows.items():
        if takes and isinstance(row, takes[0].annotation):
            yield key, call(row)


def _rows(value: Any) -> Iterator[Model]:
    if isinstance(value, Entry):
        yield value
        if event := events.event_of(value):
            yield event
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _rows(one)
    elif isinstance(value, dict):
        yield from _rows(list(value.values()))
    elif is_dataclass(value):
        for field in fields(value):
            yield from _rows(getattr(value, field.name))


def _key(row: Model) -> str:
    """The same row may be in memory twice; one that is not stored has only its place there."""
    return f"{type(row).__name__}:{row.pk or id(row)}"


def _packed(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str | Promise | Markup):
        return str(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, Model):
        return _row(value)
    if isinstance(value, Mapping):
        return {"_words": {str(name): _packed(one) for name, one in value.items()}}
    if hasattr(value, "_asdict"):
        return {name: _packed(one) for name, one in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [_packed(one) for one in value]
    if is_dataclass(value):
        return {field.name: _packed(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"a design is not given a {type(value).__name__}")


def _row(row: Model) -> dict[str, Any]:
    found = {name: _packed(getattr(row, name)) for name in COLUMNS[type(row)]}
    if isinstance(row, Entry):
        event = events.event_of(row)
        found["event"] = _row(event) if event else None
    return {"_key": _key(row), **found}


def _moment(instant: datetime) -> dict[str, str]:
    said = {"day": dates.day, "when": dates.when, "clock_time": dates.clock_time, "exact": dates.exact}
    words = {name: call(instant) for name, call in said.items()}
    return {"_moment": dates.local(instant).isoformat(), **words}
