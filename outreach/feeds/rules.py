"""Which entries go where: the first rule of a source that fits decides, else the source's mode does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events, matching, rule_words
from outreach.feeds.models import Entry, Rule, Source

Action = Rule.Action
FIELDS = ("category", "title", "text", "author", "link", "language", "type")
OPS = ("has", "has-not", "matches")
MOST_CONDITIONS = 8
_EVENT, _ARTICLE = ("event", "evenement", "événement"), ("article", "artikel")
_LONGEST_VALUE = 300

NOWHERE = N_("The rule “%(rule)s” keeps it off the networks and out of the newsletters.")
_ONLY_MAILED = N_("The rule “%(rule)s” keeps it off the networks; it can be in a newsletter.")
_LOOKED_AT = N_("The rule “%(rule)s” says that a person looks at it first.")
_BY_ITSELF = N_("The rule “%(rule)s” lets it be posted without review.")
_TOO_SLOW = N_(
    "The pattern of the rule “%(rule)s” takes too long on this article: a person looks at it first."
)
_REASONS = {
    Action.IGNORE: NOWHERE,
    Action.NEWSLETTER: _ONLY_MAILED,
    Action.REVIEW: _LOOKED_AT,
    Action.AUTOMATIC: _BY_ITSELF,
}


@dataclass(frozen=True)
class Decision:
    """What becomes of an entry, and the rule that says so; without a rule, `reason` says nothing."""

    action: str
    cooling: timedelta
    rule: Rule | None = None
    reason: Sentence = NOTHING

    @property
    def posts(self) -> bool:
        """Whether it goes to the networks at all."""
        return self.action in (Action.AUTOMATIC, Action.REVIEW)

    @property
    def is_automatic(self) -> bool:
        """Whether no person need look at it first."""
        return self.action == Action.AUTOMATIC

    @property
    def mails(self) -> bool:
        """Whether it may be in a newsletter."""
        return self.action != Action.IGNORE


def of(entry: Entry) -> Decision:
    """What the rules of its source, as they are now, say of `entry`."""
    return decide(entry, entry.source.rules.all(), entry.source)


def decide(entry: Entry, rules: Iterable[Rule], source: Source) -> Decision:
    """What `rules` say of `entry`: they need not be stored."""
    cooling = timedelta(minutes=source.cooling_minutes)
    for rule in rules:
        own = cooling if rule.cooling_minutes is None else timedelta(minutes=rule.cooling_minutes)
        try:
            if not _fits(rule, entry):
                continue
        except matching.TooSlow:
            return Decision(Action.REVIEW, own, rule, _said(_TOO_SLOW, rule))
        return Decision(rule.action, own, rule, _said(_REASONS[Action(rule.action)], rule))
    return Decision(source.mode, cooling)


def check(conditions: list[dict[str, str]]) -> list[dict[str, str]]:
    """`conditions` as they may be stored. Raises BadInput for `conditions`, saying which is wrong and why."""
    if not conditions:
        raise BadInput(
            say(N_("Say for which articles the rule is: fill in at least one line.")), "conditions"
        )
    if len(conditions) > MOST_CONDITIONS:
        words = N_("A rule has at most %(most)s conditions; make two rules of it.")
        raise BadInput(say(words, most=MOST_CONDITIONS), "conditions")
    return [_checked(condition) for condition in conditions]


def _said(words: str, rule: Rule) -> Sentence:
    return say(words, rule=rule_words.conditions(rule.conditions))


def _checked(condition: Mapping[str, Any]) -> dict[str, str]:
    field, op, value = (str(condition.get(name, "")).strip() for name in ("field", "op", "value"))
    if field not in FIELDS:
        words = N_("“%(field)s” is nothing that a rule can look at; use one of: %(fields)s.")
        raise BadInput(say(words, field=field, fields=", ".join(FIELDS)), "conditions")
    if op not in OPS:
        raise BadInput(say(N_("“%(op)s” is no comparison; use has or matches."), op=op), "conditions")
    if not value or '"' in value:
        words = N_("Say what the %(field)s must hold, without quotation marks in it.")
        raise BadInput(say(words, field=field), "conditions")
    if len(value) > _LONGEST_VALUE:
        raise BadInput(
            say(N_("This is too long: at most %(most)s characters."), most=_LONGEST_VALUE), "conditions"
        )
    if op == "matches":
        matching.check(value, "conditions")
    elif not _phrases(value):
        raise BadInput(
            say(N_("Give a word for the rule to look for; “%(value)s” is none."), value=value), "conditions"
        )
    return {"field": field, "op": op, "value": value}


def _fits(rule: Rule, entry: Entry) -> bool:
    return all(_holds(condition, entry) for condition in rule.conditions)


def _holds(condition: Mapping[str, str], entry: Entry) -> bool:
    op, value = condition["op"], condition["value"]
    if op == "matches":
        return any(matching.fits(text, value) for text in _texts(condition["field"], entry))
    phrases = _phrases(value)
    # Without a word it says nothing, and fits nothing: "is not" nothing would be everything.
    return bool(phrases) and _has(condition["field"], entry, phrases) == (op == "has")


def _phrases(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if matching.folded(part)]


def _has(field: str, entry: Entry, phrases: list[str]) -> bool:
    texts = _texts(field, entry)
    if field in {"title", "text"}:
        return any(matching.holds_words(text, phrases) for text in texts)
    if field == "link":
        return any(matching.holds(text, phrases) for text in texts)
    return any(matching.is_one_of(text, phrases) for text in texts)


def _texts(field: str, entry: Entry) -> list[str]:
    """What the field is of this entry."""
    if field == "category":
        return [str(category) for category in entry.categories]
    if field == "text":
        return [f"{entry.title}\n{entry.summary}"]
    if field == "type":
        # In the words of whoever writes the rule.
        return list(_EVENT if events.event_of(entry) else _ARTICLE)
    return [str(getattr(entry, field))]
