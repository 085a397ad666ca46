"""Making a newsletter, and changing one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from outreach.core import clock
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.feeds.models import Source
from outreach.newsletters import schedule
from outreach.newsletters.checking import checked
from outreach.newsletters.content import digest
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.schedule import Schedule

_SCHEDULE = {
    "frequency",
    "weekdays",
    "weekday",
    "nth",
    "month_day",
    "every",
    "anchor",
    "at",
    "zone",
    "active",
}
_GOES_OUT = (Issue.State.APPROVED, Issue.State.PAUSED)


def create(name: str, *, sources: Iterable[Source] = (), by: Any = None, **values: Any) -> Newsletter:
    """A new newsletter, with the articles of `sources` that are new from now on.

    `values` are columns of Newsletter. Raises BadInput that names the one that cannot be used.
    """
    newsletter = Newsletter(**checked({"name": name, **values}))
    with transaction.atomic():
        newsletter.slug = newsletter.slug or _free("slug", slugify(newsletter.name)[:50] or "newsletter")
        newsletter.topic = _free("topic", newsletter.slug)
        _place(newsletter)
        newsletter.save()
        newsletter.sources.set(sources)
        words = say(N_("The newsletter “%(name)s” was made."), name=newsletter.name)
        record(newsletter, words, actor=by)
    return newsletter


def change(
    newsletter: Newsletter, *, sources: Iterable[Source] | None = None, by: Any = None, **values: Any
) -> Newsletter:
    """Change `newsletter`; when its schedule changes, the next issue comes by the new one.

    A newsletter that is switched on again makes up for nothing, and of a source that it takes from now on
    what was there before stays out. Raises BadInput.
    """
    with transaction.atomic():
        row = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
        new = {name: value for name, value in checked(values, row).items() if getattr(row, name) != value}
        for name, value in new.items():
            setattr(row, name, value)
        if new.keys() & _SCHEDULE:
            _place(row)
            new |= {"next_slot": row.next_slot, "anchor": row.anchor}
        row.save(update_fields=list(new))
        if not row.active or new.get("mode") == Newsletter.Mode.APPROVAL:
            row.issues.filter(state=Issue.State.DRAFT).update(by_itself=False)
        if sources is not None:
            sources = list(sources)
            added = set(sources) - set(row.sources.all())
            row.sources.set(sources)
            digest.start_with_what_comes(row, added, clock.now())
        record(row, say(N_("The newsletter “%(name)s” was changed."), name=row.name), actor=by)
    newsletter.refresh_from_db()
    return newsletter


def _place(newsletter: Newsletter) -> None:
    """Which weeks or months count, where not all do, and the next slot."""
    now = clock.now()
    found = schedule.anchored(schedule.of(newsletter), now)
    newsletter.anchor = found.anchor
    newsletter.next_slot = _after_what_waits(newsletter, found, now) if newsletter.active else None


def _after_what_waits(newsletter: Newsletter, found: Schedule, now: datetime) -> datetime:
    """The first slot without an issue: a draft made ahead takes the first, what is approved keeps its own."""
    slot = schedule.next_slot(found, now)
    ahead = newsletter.issues.filter(slot__gt=now) if newsletter.pk else Issue.objects.none()
    if approved := ahead.filter(state__in=_GOES_OUT).order_by("slot").last():
        slot = schedule.next_slot(found, max(now, approved.slot))
    draft = ahead.filter(state=Issue.State.DRAFT).order_by("slot").first()
    if draft is None:
        return slot
    if not newsletter.issues.filter(slot=slot).exclude(pk=draft.pk).exists():
        ahead.filter(pk=draft.pk, state=Issue.State.DRAFT).update(slot=slot)
    return schedule.next_slot(found, slot)


def _free(column: str, wanted: str) -> str:
    """`wanted`, with a number behind it when another newsletter has it."""
    number, found = 1, wanted
    while Newsletter.objects.filter(**{column: found}).exists():
        number += 1
        found = f"{wanted}-{number}"
    return found
