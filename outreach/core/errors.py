"""Errors that a person is meant to read."""

from outreach.core.sentences import Sentence


class OutreachError(Exception):
    """Something that cannot be done, said in a sentence that names what and where.

    The sentence goes to a page, to the terminal or into a row; it never holds a secret.
    """

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class BadInput(OutreachError):
    """What a person or a file gave cannot be used; `field` names the place (a form's field, an option)."""

    def __init__(self, sentence: Sentence, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field
