"""Which entries a newsletter takes: its own filters, and what the rules of the sources say."""

from collections import defaultdict

from django.db.models import Q

from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import matching, rule_words, rules
from outreach.feeds.models import Entry, Rule, Showing, Source
from outreach.newsletters.models import Inclusion, Newsletter

_LANGUAGES = {
    "nl": N_("Not in the newsletter “%(name)s”: its language is Dutch."),
    "fr": N_("Not in the newsletter “%(name)s”: its language is French."),
    "en": N_("Not in the newsletter “%(name)s”: its language is English."),
}
_NO_CATEGORY = N_("Not in the newsletter “%(name)s”: it has no category, and only some are taken.")
_OTHER_CATEGORY = N_(
    "Not in the newsletter “%(name)s”: its categories (%(categories)s) are not those that it takes."
)
_UNWANTED_CATEGORY = N_("Not in the newsletter “%(name)s”: it leaves out the category “%(category)s”.")
_SENT_ELSEWHERE = N_("Not in the newsletter “%(name)s”: the rule “%(rule)s” does not send it there.")


def shown_to(newsletter: Newsletter) -> Q:
    """Entries that one of its sources showed as new since it began: its own, or those of another feed."""
    showings = Showing.objects.filter(source__newsletters=newsletter, at__gte=newsletter.starts_at)
    own = Q(source__in=newsletter.sources.all(), first_seen_at__gte=newsletter.starts_at)
    return own | Q(pk__in=showings.values("entry"))


class Gate:
    """What `newsletter` takes, read once for any number of entries."""

    def __init__(self, newsletter: Newsletter) -> None:
        self.newsletter = newsletter
        self._rules: dict[int, list[Rule]] = defaultdict(list)
        for rule in Rule.objects.filter(source__newsletters=newsletter):
            self._rules[rule.source_id].append(rule)
        self._sources = set(newsletter.sources.values_list("pk", flat=True))
        self._named = _named() if self._rules else {}

    def objection(self, entry: Entry) -> Sentence:
        """Why it does not take `entry`; nothing when it does."""
        return self._by_language(entry) or self._by_category(entry) or self._by_rule(entry)

    def _by_language(self, entry: Entry) -> Sentence:
        taken = self.newsletter.languages
        if not taken or entry.language in taken:
            return NOTHING
        return say(_LANGUAGES[entry.language], name=self.newsletter.name)

    def _by_category(self, entry: Entry) -> Sentence:
        name, own = self.newsletter.name, [str(category) for category in entry.categories]
        if unwanted := _among(own, self.newsletter.without):
            return say(_UNWANTED_CATEGORY, name=name, category=unwanted[0])
        if not self.newsletter.categories or _among(own, self.newsletter.categories):
            return NOTHING
        words = _OTHER_CATEGORY if own else _NO_CATEGORY
        return say(words, name=name, categories=", ".join(own))

    def _by_rule(self, entry: Entry) -> Sentence:
        source = self._shown_by(entry)
        decision = rules.decide(entry, self._rules[source.pk], source)
        named = self._named.get(decision.rule.pk) if decision.rule else None
        if decision.rule is None or (decision.mails and (not named or self.newsletter.pk in named)):
            return NOTHING
        words = rule_words.conditions(decision.rule.conditions)
        return say(_SENT_ELSEWHERE, name=self.newsletter.name, rule=words)

    def _shown_by(self, entry: Entry) -> Source:
        """The source of the newsletter that shows it: its rules are asked."""
        if entry.source_id in self._sources or not self._rules:
            return entry.source
        showing = entry.showings.filter(source__in=self._sources).select_related("source").first()
        return showing.source if showing else entry.source


def _named() -> dict[int, set[int]]:
    """The newsletters that a rule names, by the number of the rule."""
    pairs = Inclusion.objects.values_list("rule_id", "newsletters")
    found: dict[int, set[int]] = defaultdict(set)
    for rule, newsletter in pairs:
        if newsletter is not None:
            found[rule].add(newsletter)
    return found


def _among(categories: list[str], words: list[str]) -> list[str]:
    """Those of `categories` that `words` name, capitals and accents aside; "stage*" is all that begin so."""
    return [category for category in categories if matching.is_one_of(category, words)]
