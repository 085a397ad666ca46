"""Sentences for people, kept in the database in English and shown in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, gettext_noop, ngettext

from outreach.core import amounts, dates

N_ = gettext_noop
"""Marks an English sentence for translation where a `Sentence` is made from it."""


@dataclass(frozen=True)
class Sentence:
    """What happened, why, or what to do now.

    `text` is the English sentence with `%(name)s` places; `values` fills them. Values are data, never
    translated: names, addresses, numbers, a server's own words. Only what is a sentence itself, a moment, a
    day or a Decimal (an amount) is shown in the reader's language, like the whole. With `plural`, the value
    `count` decides which is said.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    plural: str = ""

    def __str__(self) -> str:
        """The sentence in the language that is active now."""
        if not self.text:
            return ""
        words = ngettext(self.text, self.plural, self.values["count"]) if self.plural else gettext(self.text)
        return words % {name: _shown(value) for name, value in self.values.items()} if self.values else words

    def __bool__(self) -> bool:
        return bool(self.text)

    def to_json(self) -> dict[str, Any]:
        """What a row keeps."""
        if not self.text:
            return {}
        kept = {name: _kept(value) for name, value in self.values.items()}
        return {"text": self.text, "values": kept} | ({"plural": self.plural} if self.plural else {})

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Sentence":
        """The sentence that a row kept; an empty one for nothing."""
        if not data:
            return NOTHING
        values = {name: _read(value) for name, value in data.get("values", {}).items()}
        return cls(data["text"], values, data.get("plural", ""))


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return dates.when(value)
    if isinstance(value, date):
        return dates.of_calendar(value)
    return amounts.written(value) if isinstance(value, Decimal) else value


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")  # PostgreSQL takes none, and a server's own words may hold one
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"amount": str(value)}
    return {"sentence": value.to_json()} if isinstance(value, Sentence) else value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    if "day" in value:
        return date.fromisoformat(value["day"])
    if "amount" in value:
        return Decimal(value["amount"])
    return Sentence.from_json(value["sentence"]) if "sentence" in value else value


def say(text: str, **values: Any) -> Sentence:
    """`say(N_("The feed answered %(status)s."), status=404)`."""
    return Sentence(text, values)


def say_many(one: str, more: str, count: int, **values: Any) -> Sentence:
    """`say_many("%(count)s article waits.", "%(count)s articles wait.", 3)`: marked by the call itself."""
    return Sentence(one, {"count": count, **values}, more)


NOTHING = Sentence("")
