"""What a design is written in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sources:
    """The two templates of a design: MJML for the HTML, and the part without formatting."""

    mjml: str
    text: str
