"""What is wrong with a design, in words and with the line."""

from collections.abc import Mapping
from typing import Any

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, Sentence, say

_LINES = {
    "syntax": N_("Line %(line)s cannot be read: %(what)s"),
    "outside": N_("Line %(line)s loads another file; a design stands on its own. Write it out here."),
    "unclosed": N_("Line %(line)s: the tag <%(what)s> is not closed, or closed in the wrong place."),
    "mjml": N_("Line %(line)s is not right MJML: %(what)s"),
}
_UNKNOWN = N_("Line %(line)s: there is nothing that is called “%(what)s”.")
_UNKNOWN_NEAR = N_("Line %(line)s: there is nothing that is called “%(what)s”. Did you mean “%(near)s”?")
_SOMEWHERE = {
    "mjml": N_("The MJML is not right: %(what)s. Perhaps a tag is not closed, or there is no <mjml>."),
    "unknown": N_("There is nothing that is called “%(what)s”."),
    "failed": N_("The design cannot be filled: %(what)s"),
    "too-long": N_("The design makes a mail of more than 500 KB: perhaps a loop goes on too long."),
    "too-much": N_("The design takes too much time or memory: perhaps a loop goes on too long."),
}


class DesignFault(BadInput):
    """A design cannot be filled. `field` is the part: "mjml" or "text"; `line` counts from 1; 0: unknown."""

    def __init__(self, sentence: Sentence, field: str, line: int = 0) -> None:
        super().__init__(sentence, field)
        self.line = line


def fault(answer: Mapping[str, Any]) -> DesignFault:
    """What the process answered, as an error to raise."""
    wrong, line, values = answer["wrong"], answer.get("line", 0), dict(answer)
    text = _LINES.get(wrong) if line else None
    if wrong == "unknown" and line:
        text = _UNKNOWN_NEAR if answer.get("near") else _UNKNOWN
    text = text or _SOMEWHERE.get(wrong, _SOMEWHERE["failed"])
    used = {name: values.get(name, "") for name in ("line", "what", "near") if f"%({name})s" in text}
    return DesignFault(say(text, **used), str(answer.get("part", "mjml")), line)
