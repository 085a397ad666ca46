"""Keeping the rules of a source: in their order, and with what changed written down."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds import rule_words, rules
from outreach.feeds.models import Rule, Source

_LONGEST_WAIT = 7 * 24 * 60


def made(
    source: Source, conditions: list[dict[str, str]], action: str, cooling_minutes: int | None = None
) -> Rule:
    """A rule of `source` that is not stored yet. Raises BadInput naming the field."""
    if action not in rules.Action.values:
        raise BadInput(say(N_("Say what becomes of these articles.")), "action")
    if cooling_minutes is not None and not 0 <= cooling_minutes <= _LONGEST_WAIT:
        raise BadInput(say(N_("The cooling time must be 0 to 10080 minutes.")), "cooling_minutes")
    return Rule(
        source=source,
        conditions=rules.check(conditions),
        action=action,
        cooling_minutes=cooling_minutes,
    )


def keep(rule: Rule, old: Rule | None = None, by: Any = None) -> Rule:
    """Store `rule`: in the place of `old`, else behind the others."""
    with transaction.atomic():
        if old is not None:
            rule.pk, rule.position = old.pk, old.position
        else:
            last = rule.source.rules.aggregate(last=Max("position"))["last"]
            rule.position = 0 if last is None else last + 1
        rule.save()
        record(rule.source, say(N_("A rule was kept: %(rule)s"), rule=rule_words.whole(rule)), actor=by)
    return rule


def delete(rule: Rule, by: Any = None) -> None:
    """Do without it from now on."""
    with transaction.atomic():
        record(rule.source, say(N_("A rule was deleted: %(rule)s"), rule=rule_words.whole(rule)), actor=by)
        rule.delete()


def move(rule: Rule, step: int, by: Any = None) -> None:
    """Let `rule` change places with the one before (-1) or behind (1) it."""
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=rule.source_id)
        order = list(rule.source.rules.all())
        here = next((place for place, one in enumerate(order) if one.pk == rule.pk), None)
        if here is None or not 0 <= here + step < len(order):
            return
        order[here], order[here + step] = order[here + step], order[here]
        for place, one in enumerate(order):
            Rule.objects.filter(pk=one.pk).update(position=place)
        record(rule.source, say(N_("The order of the rules was changed.")), actor=by)
