"""Rules as people read them, in the language of whoever reads: “the category is Vacatures”.

What one types is in `rule_text`.
"""

from collections.abc import Iterable, Mapping
from functools import reduce

from outreach.core.sentences import N_, Sentence, say
from outreach.feeds.models import Rule

_FIELDS = {
    "category": N_("the category"),
    "title": N_("the title"),
    "text": N_("the title or summary"),
    "author": N_("the author"),
    "link": N_("the web address"),
    "language": N_("the language"),
    "type": N_("the type"),
}
# Words stand somewhere in these; the others are compared as a whole.
_HOLD = {"title", "text", "link"}
_IS = {"has": N_("%(field)s is %(value)s"), "has-not": N_("%(field)s is not %(value)s")}
_HOLDS = {"has": N_("%(field)s holds %(value)s"), "has-not": N_("%(field)s does not hold %(value)s")}
_MATCHES = {"matches": N_("%(field)s fits the pattern %(value)s")}
_ACTIONS = {
    Rule.Action.AUTOMATIC: N_("it is posted without review"),
    Rule.Action.REVIEW: N_("somebody looks at it first"),
    Rule.Action.NEWSLETTER: N_("it goes into the newsletter only"),
    Rule.Action.IGNORE: N_("it goes nowhere"),
}


def condition(one: Mapping[str, str]) -> Sentence:
    """“the title holds Leraar, Docent”."""
    field = one["field"]
    words = (_HOLDS if field in _HOLD else _IS) | _MATCHES
    return say(words[one["op"]], field=say(_FIELDS[field]), value=one["value"])


def conditions(all_of_them: Iterable[Mapping[str, str]]) -> Sentence:
    """“the category is Vacatures and the title holds Leraar”."""
    return reduce(
        lambda before, last: say(N_("%(before)s and %(last)s"), before=before, last=last),
        map(condition, all_of_them),
    )


def whole(rule: Rule) -> Sentence:
    """“the category is Vacatures → it goes nowhere”."""
    action = say(_ACTIONS[Rule.Action(rule.action)])
    return say("%(conditions)s → %(action)s", conditions=conditions(rule.conditions), action=action)
