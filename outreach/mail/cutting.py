"""Finding the marks in a letter, and putting values in their place."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from outreach.mail.base import Letter

Values = Sequence[str]  # in the order of the marks
Filler = Callable[[Values], str]

_FILLED = ("from_name", "from_address", "to_name", "to_address", "subject", "message_id", "text")


class Cut:
    """Where the marks of a letter are: a name for each, and the text that stands in the letter for it."""

    def __init__(self, marks: Mapping[str, str]) -> None:
        self.names = tuple(marks)
        self._slots = {mark: slot for slot, mark in enumerate(marks.values())}
        longest_first = sorted(self._slots, key=len, reverse=True)
        self._mark = re.compile(f"({'|'.join(map(re.escape, longest_first))})") if marks else None

    def pieces(self, template: str) -> Iterator[str | int]:
        """Texts (the first and the last piece always are), and the numbers of the slots between them."""
        if self._mark is None:
            yield template
            return
        for number, piece in enumerate(self._mark.split(template)):
            yield self._slots[piece] if number % 2 else piece

    def slots(self, template: str) -> set[int]:
        """Which slots stand in `template`."""
        return {piece for piece in self.pieces(template) if isinstance(piece, int)}

    def filler(self, template: str) -> Filler:
        """A function from values to the text that is filled with them."""
        fixed = [piece if isinstance(piece, str) else "" for piece in self.pieces(template)]
        places = [(at, slot) for at, slot in enumerate(self.pieces(template)) if isinstance(slot, int)]
        if len(places) == 1:
            before, only, after = fixed[0], places[0][1], fixed[-1]
            return lambda values: before + values[only] + after

        def filled(values: Values) -> str:
            own = fixed.copy()
            for at, slot in places:
                own[at] = values[slot]
            return "".join(own)

        return filled

    def letter(self, letter: Letter, values: Values) -> Letter:
        """`letter` with everything in it, as if it had been written for this reader alone."""
        changed: dict[str, Any] = {name: self.filler(getattr(letter, name))(values) for name in _FILLED}
        changed["html"] = self.filler(letter.html)([escape(value) for value in values])
        changed["headers"] = {name: self.filler(value)(values) for name, value in letter.headers.items()}
        return replace(letter, **changed)
