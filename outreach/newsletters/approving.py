"""Approving an issue: from here on its words are frozen, and what was looked at is what is sent."""

import hashlib
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from outreach.core import clock
from outreach.core.errors import OutreachError
from outreach.core.models import person, record
from outreach.core.sentences import N_, NOTHING, Sentence, say
from outreach.feeds import events
from outreach.feeds.models import Entry
from outreach.newsletters import audience, linting
from outreach.newsletters.audience import Audience
from outreach.newsletters.content import composing, digest
from outreach.newsletters.designs import rendering
from outreach.newsletters.designs.lint import Finding
from outreach.newsletters.designs.rendering import Rendered
from outreach.newsletters.models import Delivery, Issue, IssueEntry, Newsletter
from outreach.notices import telling

_State = Issue.State
_CANCELLED = N_("The issue was cancelled.")


def content(issue: Issue) -> Rendered:
    """What `issue` is, with its marks: once approved, the frozen words and nothing else."""
    if issue.html:
        return Rendered(issue.subject, issue.html, issue.text)
    return rendering.of_issue(issue)


def findings(issue: Issue) -> list[Finding]:
    """What is amiss with `issue` as it would go out now; nothing once it is approved."""
    return linting.findings(issue, content(issue)) if issue.state == _State.DRAFT else []


def fingerprint(issue: Issue) -> str:
    """Stands for all that would be sent, and to whom; changes with any byte of it."""
    return _fingerprint(content(issue), audience.of(issue))


def approve(issue: Issue, by: Any = None, seen: str = "", *, by_itself: bool = False) -> None:
    """Let `issue` go out, as shown. Doing it twice, or two people at once, changes nothing more.

    `seen` is the `fingerprint` of what was on the screen. With `by_itself` only what still is to go out
    without a person, and now: staff may have held or moved it at this very moment. Raises OutreachError when
    the issue is now another one, when it holds nothing, when something in it must be mended first, when
    there is nobody to whom it goes, or when it was cancelled.
    """
    now = clock.now()
    with transaction.atomic():
        # The UPDATE comes first: it decides between two approvals, and locks out a change of the issue.
        alone = {"by_itself": True, "slot__lte": now} if by_itself else {}
        mine = Issue.objects.filter(pk=issue.pk, state=_State.DRAFT, **alone).update(
            state=_State.APPROVED,
            approved_at=now,
            approved_by=person(by),
            send_at=Greatest(F("slot"), now),
            reason=NOTHING,
        )
        issue.refresh_from_db()
        if not mine:
            return _not_mine(issue)
        rendered, chosen = rendering.of_issue(issue), audience.of(issue)
        _refuse_unless_sound(issue, _fingerprint(rendered, chosen), seen)
        found = linting.findings(issue, rendered)
        linting.refuse_what_stops(found)
        _take_out_what_is_hidden(issue, by)
        goes = audience.freeze(issue, chosen) if issue.audience else NOTHING
        issue.html, issue.text = rendered.html, rendered.text
        issue.save(update_fields=["html", "text", "audience"])
        record(issue, _approved_sentence(by), actor=by)
        if goes:
            record(issue, goes)
        telling.take_back(issue)  # that it waits
        if person(by) is None:
            linting.write_down(issue, found)
    return None


def reopen(issue: Issue, by: Any = None) -> None:
    """Make an approved issue a draft again, until its moment comes. Raises OutreachError after that."""
    early = Issue.objects.filter(pk=issue.pk, state=_State.APPROVED, send_at__gt=clock.now())
    back = {"state": _State.DRAFT, "approved_at": None, "approved_by": None, "send_at": None}
    with transaction.atomic():
        # By itself it does not go out any more: who takes it back wants to look at it.
        changed = early.update(**back, html="", text="", by_itself=False, audience=audience.thawed(issue))
        issue.refresh_from_db()
        if changed:
            record(issue, say(N_("The approval was taken back: it is a draft again.")), actor=by)
        elif issue.state != _State.DRAFT:
            raise OutreachError(say(N_("This is not possible any more: look at the state of the issue.")))


def pause(issue: Issue, by: Any = None) -> None:
    """Send nothing more for now. Raises OutreachError when it is not going out."""
    words = say(N_("Paused by %(person)s."), person=str(by)) if person(by) else say(N_("Paused."))
    _switch(issue, (_State.APPROVED, _State.SENDING), _State.PAUSED, words, by)


def resume(issue: Issue, by: Any = None) -> None:
    """Go on where it was paused. Raises OutreachError when it is not paused."""
    goal = _State.SENDING if issue.started_at else _State.APPROVED
    _switch(issue, (_State.PAUSED,), goal, say(N_("The sending goes on.")), by)


def cancel(issue: Issue, by: Any = None) -> None:
    """Send nothing more, ever; what was not begun gives its entries back, for the next issue.

    Raises OutreachError when it was sent already.
    """
    open_states = (_State.DRAFT, _State.APPROVED, _State.SENDING, _State.PAUSED)
    with transaction.atomic():
        # Whoever puts an entry into a draft asks which other issue has it: not at the same moment.
        Newsletter.objects.select_for_update().get(pk=issue.newsletter_id)
        telling.take_back(issue)
        # `reason` speaks to the officer; deliveries that are on their way at this moment arrive.
        _switch(issue, open_states, _State.CANCELLED, say(_CANCELLED), by)
        waiting = (Delivery.State.QUEUED, Delivery.State.DEFERRED)
        stopped = issue.deliveries.filter(state__in=waiting)
        stopped.update(state=Delivery.State.SUPPRESSED, lease_until=None, claim="")
        if issue.started_at is None:
            _give_back(issue, by)


def _switch(issue: Issue, old: tuple[str, ...], new: str, words: Sentence, by: Any) -> None:
    reason = NOTHING if new in (_State.SENDING, _State.APPROVED) else words
    rows = Issue.objects.filter(pk=issue.pk, state__in=old)
    with transaction.atomic():
        changed = rows.update(state=new, reason=reason, lease_until=None, claim="")
        issue.refresh_from_db()
        if changed:
            record(issue, words, actor=by)
        elif issue.state != new:
            raise OutreachError(say(N_("This is not possible any more: look at the state of the issue.")))


def _give_back(issue: Issue, by: Any) -> None:
    for item in issue.items.filter(repeated=False).select_related("entry"):
        words = N_("Its issue of “%(name)s” was cancelled; it can be in the next one.")
        record(item.entry, say(words, name=issue.newsletter.name), actor=by)
    given = list(issue.items.filter(repeated=False).values_list("entry", flat=True))
    issue.items.all().delete()
    for entry in given:
        _make_news_of_a_later_issue(issue.newsletter_id, entry)


def _make_news_of_a_later_issue(newsletter: int, entry: int) -> None:
    """Another issue may repeat it: now that is where readers have it first, and no later one is."""
    rows = IssueEntry.objects.filter(newsletter=newsletter, entry=entry, repeated=True, issue__letter=False)
    if first := rows.order_by("issue__slot", "pk").first():
        IssueEntry.objects.filter(pk=first.pk).update(repeated=False)


def _fingerprint(rendered: Rendered, chosen: Audience) -> str:
    whole = "\0".join((rendered.subject, rendered.html, rendered.text, audience.mark(chosen)))
    return hashlib.sha256(whole.encode()).hexdigest()


def _not_mine(issue: Issue) -> None:
    """Somebody was first. On its way already is what was wanted; cancelled or skipped is not."""
    if issue.state in (_State.CANCELLED, _State.SKIPPED):
        raise OutreachError(say(N_("This issue was cancelled or skipped; it cannot go out any more.")))


def _refuse_unless_sound(issue: Issue, is_now: str, seen: str) -> None:
    if seen and seen != is_now:
        words = N_("The issue has changed since it was shown to you. Look at it again, then approve it.")
        raise OutreachError(say(words))
    has_words = issue.intro or issue.texts.filter(left_out=False).exists()
    shown = rendering.shown(issue)
    is_news = [issue.letter or not item.repeated or not events.event_of(item.entry) for item in shown]
    if not has_words and not any(is_news):
        raise OutreachError(
            say(N_("This issue is empty, or holds nothing new: put an article in, or write a text."))
        )
    for item in _hidden(issue):
        if issue.subject == rendering.subject_for(issue.newsletter.name, [item.entry]):
            raise OutreachError(say(_named(item.entry), title=item.entry.title))


def _named(entry: Entry) -> str:
    if composing.is_away(entry):
        return N_(
            "The subject names “%(title)s”, which is not on the website any more. Write another subject."
        )
    return N_("The subject names “%(title)s”, which has begun or was called off. Write another subject.")


def _hidden(issue: Issue) -> list[IssueEntry]:
    """What was taken off the website since the draft was made; events that began or were called off."""
    shown = [item.pk for item in rendering.shown(issue)]
    return list(issue.items.filter(left_out=False).exclude(pk__in=shown).select_related("entry__event"))


def _take_out_what_is_hidden(issue: Issue, by: Any) -> None:
    """They may be in a later issue."""
    for item in _hidden(issue):
        words = digest.HAD_BEGUN if rendering.has_begun(item.entry, issue.slot) else digest.IS_OFF
        words = digest.IS_AWAY if composing.is_away(item.entry) else words
        record(item.entry, say(words, name=issue.newsletter.name), actor=by)
        item.delete()


def _approved_sentence(by: Any) -> Sentence:
    if person(by) is None:
        return say(N_("Approved."))
    return say(N_("Approved by %(person)s."), person=str(by))
