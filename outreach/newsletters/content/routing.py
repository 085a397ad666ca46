"""Which entries the rules of the sources let into a newsletter."""

from collections import defaultdict

from outreach.feeds import rules
from outreach.feeds.models import Entry, Rule
from outreach.newsletters.models import Inclusion, Newsletter


def wanted(newsletter: Newsletter, entries: list[Entry]) -> list[Entry]:
    """Those of `entries` that no rule keeps out of `newsletter`."""
    by_source: dict[int, list[Rule]] = defaultdict(list)
    for rule in Rule.objects.filter(source__newsletters=newsletter):
        by_source[rule.source_id].append(rule)
    if not by_source:
        return entries
    allowed = _allowed()
    return [entry for entry in entries if _is_in(newsletter, entry, by_source[entry.source_id], allowed)]


def _allowed() -> dict[int, set[int]]:
    """The newsletters that a rule names, by the number of the rule."""
    pairs = Inclusion.objects.values_list("rule_id", "newsletters")
    found: dict[int, set[int]] = defaultdict(set)
    for rule, newsletter in pairs:
        if newsletter is not None:
            found[rule].add(newsletter)
    return found


def _is_in(newsletter: Newsletter, entry: Entry, own: list[Rule], allowed: dict[int, set[int]]) -> bool:
    decision = rules.decide(entry, own, entry.source)
    named = allowed.get(decision.rule.pk) if decision.rule else None
    return decision.mails and (not named or newsletter.pk in named)
