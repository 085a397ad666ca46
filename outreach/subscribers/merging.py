"""Two subscribers who are one person, as staff know: one row stays, with everything of both.

The stronger refusal wins: who left, complained or cannot be reached under one of the addresses has done so
under both. Links in old mails to the other address work on.
"""

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction

from outreach.core.errors import BadInput
from outreach.core.models import Activity, record, subject_of
from outreach.core.sentences import N_, say
from outreach.subscribers import lists
from outreach.subscribers.models import Alias, Confirmation, Subscriber, Subscription, Suppression, Tag

_State = Subscriber.State
_WORDS = {"reply", "words"}  # of a mail server, which often name the address, or of the person
_BY_ITSELF = {Subscription, Tag.people.through}  # moved with rules of their own


def merge(kept: Subscriber, other: Subscriber, actor: Any = None) -> Subscriber:
    """`other` becomes `kept`. Cannot be undone. Raises BadInput (other) when they are one already."""
    if kept.pk == other.pk:
        raise BadInput(say(N_("These two are the same subscriber already.")), "other")
    with transaction.atomic():
        kept, other = _locked(kept.pk, other.pk)
        _suppress_both(kept, other)
        for wish in other.subscriptions.all():
            _merge_wish(kept, wish)
        _move(kept, other)
        gone = {"address": other.address, "address_key": other.address_key, "was": other.pk}
        _describe(kept, other)
        other.delete()
        Alias.objects.create(subscriber=kept, **gone)
        sentence = say(N_("Is the same person as %(address)s; both are one now."), address=gone["address"])
        record(kept, sentence, actor=actor)
    return kept


def _locked(kept: int, other: int) -> tuple[Subscriber, Subscriber]:
    """Both rows, ours until the transaction ends; in one order, so that no two merges block each other."""
    rows = Subscriber.objects.select_for_update().filter(pk__in=[kept, other]).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < 2:
        raise BadInput(say(N_("This subscriber is no longer there.")), "other")
    return found[kept], found[other]


def _suppress_both(kept: Subscriber, other: Subscriber) -> None:
    known = lists.barring([kept.address_key, other.address_key])
    whys = set(known.values_list("why", flat=True))
    for why in (Suppression.Why.COMPLAINT, Suppression.Why.BOUNCE):
        if why in whys:
            lists.suppress_key(kept.address_key, why)
            lists.suppress_key(other.address_key, why)
            return


def _merge_wish(kept: Subscriber, wish: Subscription) -> None:
    mine = kept.subscriptions.filter(topic=wish.topic).first()
    if mine is None:
        Subscription.objects.filter(pk=wish.pk).update(subscriber=kept)
        return
    confirmed = [one.confirmed_at for one in (mine, wish) if one.confirmed_at]
    left = [one for one in (mine, wish) if one.left_at]
    if left:
        last = max(left, key=lambda one: one.left_at or one.asked_at)
        mine.left_at, mine.asked_at = last.left_at, last.asked_at
    mine.confirmed_at = min(confirmed, default=None)
    mine.save()
    Confirmation.objects.filter(subscription=wish).update(subscription=mine)


def _move(kept: Subscriber, other: Subscriber) -> None:
    """Every row that names `other` names `kept`, but where `kept` has its like (one delivery per issue)."""
    for model, field in _relations():
        rows = model._default_manager.filter(**{field: other})
        for beside in _unique_beside(model, field):
            taken = model._default_manager.filter(**{field: kept}).values(beside)
            rows = rows.exclude(**{f"{beside}__in": taken})
        rows.update(**{field: kept})
        # What stays behind loses its person: so it must not name one.
        words = {one.name: "" for one in model._meta.concrete_fields if one.name in _WORDS}
        if words:
            model._default_manager.filter(**{field: other}).update(**words)
    kept.tags.add(*other.tags.all())
    Activity.objects.filter(subject=subject_of(other)).update(subject=subject_of(kept))


def _relations() -> Iterator[tuple[type[models.Model], str]]:
    for found in Subscriber._meta.get_fields(include_hidden=True):
        if isinstance(found, models.ManyToOneRel) and found.related_model not in _BY_ITSELF:
            yield found.related_model, found.field.name


def _unique_beside(model: type[models.Model], field: str) -> Iterator[str]:
    for one in model._meta.constraints:
        if isinstance(one, models.UniqueConstraint) and field in one.fields:
            yield from (name for name in one.fields if name != field)


def _describe(kept: Subscriber, other: Subscriber) -> None:
    """What the row itself says of both."""
    suppressed = Subscriber.objects.get(pk=kept.pk).state  # perhaps just now
    kept.state = _state(kept, {suppressed, kept.state, other.state})
    kept.name = kept.name or other.name
    kept.created_at = min(kept.created_at, other.created_at)
    kept.confirmed_at = min((one.confirmed_at for one in (kept, other) if one.confirmed_at), default=None)
    pauses = [one.paused_until for one in (kept, other) if one.paused_until]
    kept.paused_until, kept.tracking = max(pauses, default=None), kept.tracking and other.tracking
    kept.save()


def _state(kept: Subscriber, states: set[str]) -> str:
    for worst in (_State.COMPLAINED, _State.BOUNCED):
        if worst in states:
            return worst
    if kept.subscriptions.filter(lists.ACTIVE).exists():
        return _State.CONFIRMED
    if states & {_State.UNSUBSCRIBED, _State.CONFIRMED}:
        return _State.UNSUBSCRIBED
    return _State.PENDING
