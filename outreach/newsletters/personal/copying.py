"""A copy of everything that is kept about one person (GDPR, articles 15 and 20), made from the register."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from outreach.core import clock
from outreach.core.models import Organisation
from outreach.newsletters.personal.register import REGISTER, Kept
from outreach.subscribers.models import Subscriber


def copy(person: Subscriber) -> dict[str, Any]:
    """All of it, for people and for machines: each kind of row with why and how long, and the rows."""
    return {
        "made_at": clock.now().isoformat(timespec="seconds"),
        "by": Organisation.get().name,
        "about": person.address,
        "kept": [_told(kept) | _rows(kept, kept.of(person)) for kept in REGISTER if kept.of],
        # Nothing in these rows tells whose they are.
        "not_here": [_told(kept) for kept in REGISTER if not kept.of],
    }


def as_json(person: Subscriber) -> str:
    """The same as the text of a file."""
    return json.dumps(copy(person), ensure_ascii=False, indent=2) + "\n"


def _told(kept: Kept) -> dict[str, Any]:
    return {
        "kind": kept.model._meta.model_name,
        "what": _(kept.what),
        "why": _(kept.why),
        "how_long": str(kept.until()),
    }


def _rows(kept: Kept, rows: Iterable[Any]) -> dict[str, Any]:
    return {
        "meaning": {name: _(words) for name, words in kept.fields.items()},
        "rows": [{name: _plain(getattr(row, name)) for name in kept.fields} for row in rows],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    # The rest is for people: a sentence, or the name of another row.
    return value if value is None or isinstance(value, bool | int) else str(value)
