"""What needs somebody: the part of Home that should be empty."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.core import dates
from outreach.core.errors import OutreachError
from outreach.core.models import Heartbeat
from outreach.feeds import asking
from outreach.feeds.models import Source
from outreach.networks.base import Problem
from outreach.newsletters.models import Issue, Newsletter
from outreach.posts import holding
from outreach.posts.accounts import health
from outreach.posts.models import Account, Post, Publication
from outreach.relays.using import relay
from outreach.web.staff.subjects import address

SILENCE = timedelta(seconds=90)
"""Ticks leave a sign of life every ten seconds; after this long the workers are taken to be down."""
_EACH = 5
_DOUBT = timedelta(hours=2)  # by then a network that answers at all has been asked often enough


@dataclass(frozen=True)
class Need:
    """One thing to do: what, why, and where."""

    what: str
    why: str = ""
    address: str = ""
    kind: str = "waiting"  # the kind of status it is shown as


def needs(now: datetime) -> list[Need]:
    """All of them, the gravest first."""
    parts = (
        _workers(now),
        _mail(),
        _doubts(now),
        _refused(),
        _pages(),
        _late(),
        _accounts(),
        _stopped_issues(),
        _held(),
        _sources(),
        _silent(),
        _questions(),
        _posts(),
        _issues(now),
    )
    return [need for part in parts for need in part]


def workers_are_silent(now: datetime) -> bool:
    """No tick has run lately: nothing is read, posted or mailed."""
    return not Heartbeat.objects.filter(at__gt=now - SILENCE).exists()


def _workers(now: datetime) -> Iterator[Need]:
    if workers_are_silent(now):
        yield Need(
            _("The workers are not running"),
            _("Nothing is read, posted or mailed until somebody starts them. Nothing is lost meanwhile."),
            kind="bad",
        )


def _mail() -> Iterator[Need]:
    if not Newsletter.objects.filter(active=True).exists():
        return
    if not settings.MAIL_URL:
        why = _("Newsletters cannot go out. Ask whoever runs the server to set OUTREACH_MAIL_URL.")
        yield Need(_("No mail server is set"), why, kind="bad")
        return
    try:
        relay()
    except OutreachError as error:
        yield Need(_("The mail server is set wrongly, so newsletters cannot go out"), str(error), kind="bad")


def _doubts(now: datetime) -> Iterator[Need]:
    """The machine asks the network by itself; without a time for that, or after hours, somebody looks."""
    rows = _publications().filter(state=Publication.State.UNKNOWN)
    stuck = Q(look_at__isnull=True) | Q(sent_at__lt=now - _DOUBT, account__state=Account.State.ACTIVE)
    for one in rows.filter(stuck)[:_EACH]:
        what = _("Is “%(post)s” on %(account)s?") % {"post": one.post, "account": one.account}
        yield Need(what, _why(one), address("post", one.post_id), "warn")


def _refused() -> Iterator[Need]:
    rows = _publications().filter(state=Publication.State.REFUSED, post__state=Post.State.APPROVED)
    for one in rows.order_by("-due_at")[:_EACH]:
        what = _("“%(post)s” is not posted on %(account)s") % {"post": one.post, "account": one.account}
        yield Need(what, _why(one), address("post", one.post_id), "warn")
    more = rows[:100].count() - _EACH
    if more > 0:
        words = ngettext("%(number)s more post was refused", "%(number)s more posts were refused", more)
        yield Need(words % {"number": more}, address=address("posts") + "?tab=trouble")


def _publications() -> QuerySet[Publication]:
    return Publication.objects.select_related("post__entry", "account").defer("account__credentials")


def _why(row: Publication | Account) -> str:
    """What happened, and what to do now."""
    return " ".join(filter(None, (str(row.reason), str(row.advice))))


def _late() -> Iterator[Need]:
    rows = holding.questions().select_related("post__entry", "account").defer("account__credentials")
    for one in rows[:_EACH]:
        yield Need(
            _("Does “%(post)s” still go out on %(account)s?") % {"post": one.post, "account": one.account},
            str(one.reason),
            address("post", one.post_id),
            "warn",
        )
    more = rows.count() - _EACH
    if more > 0:
        words = ngettext("%(number)s more post comes too late", "%(number)s more posts come too late", more)
        yield Need(words % {"number": more}, address=address("posts"))


def _pages() -> Iterator[Need]:
    """What is held because the page that it points to is gone."""
    rows = Publication.objects.filter(state=Publication.State.QUEUED, page_state=Publication.Page.GONE)
    for one in rows.select_related("post__entry", "account")[:_EACH]:
        what = _("“%(post)s” is held on %(account)s: its page is gone")
        why = _("Look whether the link is right; then cancel the post, or post it anyway.")
        said = what % {"post": one.post, "account": one.account}
        yield Need(said, why, address("post", one.post_id), "warn")


def _accounts() -> Iterator[Need]:
    # Without their keys: those that cannot be read must not break the page that says so.
    accounts = Account.objects.defer("credentials")
    for one in accounts.filter(state=Account.State.PAUSED)[:_EACH]:
        yield Need(
            _("%(account)s is paused: nothing is posted there") % {"account": one},
            _why(one),
            address("account", one.pk),
            "warn",
        )
    for one in accounts.filter(state=Account.State.ACTIVE).exclude(reason={}, problems=[])[:_EACH]:
        what = _("%(account)s needs a look") % {"account": one}
        for why in _troubles(one):
            yield Need(what, why, address("account", one.pk), "warn")


def _troubles(account: Account) -> list[str]:
    """What is the matter with an account that goes on: what posting met, what the last look found."""
    found = [one for one in health.problems_of(account) if not (account.reason and one.kind == "credits")]
    return [why for why in (_why(account), *map(_whole, found)) if why]


def _whole(problem: Problem) -> str:
    """What is wrong, and what to do now."""
    return f"{problem} {problem.advice}".strip()


def _stopped_issues() -> Iterator[Need]:
    for one in Issue.objects.filter(state=Issue.State.PAUSED).select_related("newsletter")[:_EACH]:
        what = _("%(issue)s is paused: the rest is not sent") % {"issue": one}
        yield Need(what, str(one.reason), address("issue", one.pk), "warn")


def _held() -> Iterator[Need]:
    for one in Source.objects.filter(held_at__isnull=False)[:_EACH]:
        yield Need(
            _("%(source)s: many articles look new at once") % {"source": one},
            _("Say whether they are old or are to be posted. Until then nothing of it is posted."),
            address("source", one.pk),
            "warn",
        )


def _sources() -> Iterator[Need]:
    for one in Source.objects.filter(active=True).exclude(problem={})[:_EACH]:
        what = _("%(source)s cannot be read") % {"source": one}
        yield Need(what, str(one.problem), address("source", one.pk), "warn")


def _silent() -> Iterator[Need]:
    for one in Source.objects.filter(active=True, silent_at__isnull=False)[:_EACH]:
        what = _("%(source)s has shown nothing new for unusually long") % {"source": one}
        why = _("Look whether its website has news. If the feed moved, add the new one.")
        yield Need(what, why, address("source", one.pk), "warn")


def _questions() -> Iterator[Need]:
    rows = asking.open_questions().order_by("first_seen_at")
    for one in rows[:_EACH]:
        yield Need(str(one), str(one.reason), address("entry", one.pk), "warn")
    more = rows.count() - _EACH
    if more > 0:
        words = ngettext(
            "%(number)s more article needs an answer", "%(number)s more articles need an answer", more
        )
        yield Need(words % {"number": more}, address=address("entries"))


def _posts() -> Iterator[Need]:
    # That something moved or is off cannot wait behind the news of the day.
    urgent = Case(When(kind__in=[Post.Kind.OFF, Post.Kind.MOVED], then=0), default=1)
    rows = Post.objects.filter(state=Post.State.WAITING).order_by(urgent, "-created_at", "-pk")
    rows = rows.select_related("entry")
    yield from _some(rows, "post", _("This post waits for approval."))
    more = rows.count() - _EACH
    if more > 0:
        words = ngettext("%(number)s more post waits", "%(number)s more posts wait", more)
        yield Need(words % {"number": more}, address=address("posts"))


def _issues(now: datetime) -> Iterator[Need]:
    rows = Issue.objects.filter(state=Issue.State.DRAFT).select_related("newsletter")
    for one in rows[:_EACH]:
        yield Need(str(one), _waits(one, now), address("issue", one.pk))


def _waits(issue: Issue, now: datetime) -> str:
    """What somebody has to do about a draft, and until when."""
    if issue.by_itself:
        words = _("It goes out by itself %(when)s. Until then you can change it or hold it.")
    elif issue.slot > now:
        words = _("This newsletter waits for approval. It goes out %(when)s.")
    else:
        return str(issue.reason) or _("This newsletter waits for approval.")
    return words % {"when": dates.when(issue.slot)}


def _some(rows: Any, page: str, why: str) -> Iterator[Need]:
    for one in rows[:_EACH]:
        yield Need(str(one), why, address(page, one.pk))
