"""Sentences for people, kept in the database in English and shown in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop

N_ = gettext_noop
"""Marks an English sentence for translation where a `Sentence` is made from it."""


@dataclass(frozen=True)
class Sentence:
    """What happened, why, or what to do now.

    `text` is the English sentence with `%(name)s` places; `values` fills them. Values are data, never
    translated: names, addresses, numbers, a server's own words.
    """

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in the language that is active now."""
        translated = gettext(self.text) if self.text else ""
        return translated % self.values if self.values else translated

    def __bool__(self) -> bool:
        return bool(self.text)

    def to_json(self) -> dict[str, Any]:
        """What a row keeps."""
        return {"text": self.text, "values": dict(self.values)} if self.text else {}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Sentence":
        """The sentence that a row kept; an empty one for nothing."""
        return cls(data["text"], data.get("values", {})) if data else NOTHING


def say(text: str, **values: Any) -> Sentence:
    """`say(N_("The feed answered %(status)s."), status=404)`."""
    return Sentence(text, values)


NOTHING = Sentence("")
