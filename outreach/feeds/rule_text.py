"""Rules as one types them: `ignore if category = Vacatures and not title has intern, extern`.

    RULE       ACTION if CONDITION { and CONDITION } { or CONDITION { and CONDITION } }
    ACTION     automatic | review | newsletter | ignore
    CONDITION  [not] FIELD (= | has) VALUE { , VALUE }   |   FIELD matches /PATTERN/
    FIELD      category | title | text | author | link | language | type

What stands on either side of an `or` becomes a rule of its own: the first that fits decides anyway.
"""

import re

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.feeds import rules
from outreach.feeds.models import Rule, Source

_RULE = re.compile(r"\s*(\w+)\s+if\s+(.+)", re.S | re.I)
_CONDITION = re.compile(
    r"""\s*(?P<not>not\s+)?(?P<field>\w+)\s*
        (?: (?:=|has\b)\s*(?P<values>(?:"[^"]*"|(?!\s+(?:and|or)(?:\s|$))[^"])+)
          | matches\s+/(?P<pattern>(?:\\/|[^/])+)/ )
        \s*(?P<next>and\b|or\b|$)""",
    re.X | re.I,
)


def parse(text: str, source: Source) -> list[Rule]:
    """The rules of `source` that `text` says, not stored. Raises BadInput saying where it cannot be read."""
    found = _RULE.fullmatch(text)
    if found is None:
        words = N_("“%(rule)s” is no rule; write for example: ignore if category = Vacatures")
        raise BadInput(say(words, rule=text), "rule")
    action = found[1].lower()
    if action not in rules.Action.values:
        words = N_("A rule begins with automatic, review, newsletter or ignore, not with “%(word)s”.")
        raise BadInput(say(words, word=found[1]), "rule")
    groups = _groups(found[2].strip())
    return [Rule(source=source, action=action, conditions=rules.check(group)) for group in groups]


def _groups(text: str) -> list[list[dict[str, str]]]:
    """The conditions: the inner lists are joined by "and", the outer by "or"."""
    groups: list[list[dict[str, str]]] = [[]]
    place, more = 0, True
    while more:
        found = _CONDITION.match(text, place)
        if found is None:
            words = N_("The rule cannot be read from here: “%(rest)s”. A condition is: category = Vacatures")
            raise BadInput(say(words, rest=text[place:].strip()), "rule")
        groups[-1].append(_condition(found))
        word, place = found["next"].lower(), found.end()
        more = bool(word)
        if word == "or":
            groups.append([])
    return groups


def _condition(found: re.Match[str]) -> dict[str, str]:
    field = found["field"].lower()
    if found["pattern"]:
        if found["not"]:
            words = N_("A pattern cannot be turned around with “not”; say it in the pattern itself.")
            raise BadInput(say(words), "rule")
        return {"field": field, "op": "matches", "value": found["pattern"].replace("\\/", "/")}
    value = found["values"].replace('"', "").strip()
    return {"field": field, "op": "has-not" if found["not"] else "has", "value": value}
