"""Rows that a command names: by number, or by name."""

from datetime import datetime
from textwrap import shorten
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, Q, QuerySet

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say

Row = TypeVar("Row", bound=Model)


def one(found: QuerySet[Row], text: str, field: str, *names: str) -> Row:
    """The row of `found` with the number `text`, or with `text` in a column of `names`. Raises BadInput."""
    wanted = Q(pk=int(text)) if text.isdecimal() and len(text) < 18 else Q()
    for name in names:
        wanted |= Q(**{f"{name}__iexact": text})
    matching = list(found.filter(wanted)[:2]) if wanted else []
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise BadInput(say(N_("More than one is called “%(name)s”: give its number."), name=text), field)
    known = ", ".join(f"{row.pk} ({shorten(str(row), 50, placeholder='…')})" for row in found[:10])
    if not known:
        raise BadInput(say(N_("“%(name)s” is not there; there are none yet."), name=text), field)
    raise BadInput(say(N_("“%(name)s” is not there. There are: %(known)s."), name=text, known=known), field)


def instant(text: str, field: str) -> datetime:
    """A date and time like `2026-12-01 09:00`, on the organisation's clock. Raises BadInput."""
    from django.conf import settings

    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            say(N_("“%(value)s” is not a date and time; write it like 2026-12-01 09:00."), value=text), field
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(settings.LOCAL_TIME_ZONE))


def columns(row: Any, *names: str) -> dict[str, Any]:
    """Some attributes of `row`, sentences as text."""
    return {name: getattr(row, name) for name in names}
