"""`outreach status`: is it alive, and what is there to do."""

from datetime import timedelta
from typing import Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.cli import output
from outreach.cli.running import TROUBLE, setup

SILENT_AFTER = timedelta(minutes=2)
"""Ticks leave a sign of life every ten seconds or so; a long step may hold one up."""
_TICKS = ("poll", "plan", "publish", "settle", "issues", "deliver")


def status() -> None:
    """Signs of life of the workers, and how much is where. Exit code 1 when something is wrong."""
    setup()
    ticks, counts, trouble = _ticks(), _counts(), _trouble()
    silent = [tick["name"] for tick in ticks if tick["silent"]]
    if silent:
        trouble.insert(0, _("The workers are silent. Is “outreach serve” running?"))
    waiting = _waiting()
    if output.wants_json():
        output.machine({"ticks": ticks, "counts": counts, "trouble": trouble, "waiting": waiting})
    else:
        _tell(ticks, counts, [*trouble, *_spoken(waiting)])
    if trouble:
        raise typer.Exit(TROUBLE)


def _ticks() -> list[dict[str, Any]]:
    from outreach.core import clock
    from outreach.core.models import Heartbeat

    beats = dict(Heartbeat.objects.values_list("name", "at"))
    alive = clock.now() - SILENT_AFTER
    return [
        {"name": name, "at": beats.get(name), "silent": name not in beats or beats[name] < alive}
        for name in _TICKS
    ]


def _counts() -> dict[str, dict[str, int]]:
    from django.db.models import Count

    from outreach.feeds.models import Entry
    from outreach.newsletters.models import Delivery, Issue
    from outreach.posts.models import Post, Publication
    from outreach.subscribers.models import Subscriber

    return {
        model._meta.model_name or "": dict(
            model._default_manager.order_by().values_list("state").annotate(Count("pk"))
        )
        for model in (Entry, Post, Publication, Issue, Delivery, Subscriber)
    }


def _trouble() -> list[str]:
    from outreach.feeds.models import Source
    from outreach.posts.models import Account, Publication

    stopped = Account.objects.defer("credentials").filter(state=Account.State.PAUSED)
    found = [f"{account}: {account.reason}" for account in stopped]
    found += [
        f"{source}: {source.problem}" for source in Source.objects.filter(active=True) if source.problem
    ]
    refused = Publication.objects.filter(state=Publication.State.REFUSED).select_related("account")
    return found + [f"{row.account}: {row.reason}" for row in refused.order_by("-due_at")[:5]]


def _waiting() -> dict[str, int]:
    """What waits for a decision of staff, which is no trouble."""
    from outreach.feeds import asking
    from outreach.feeds.models import Source
    from outreach.newsletters.models import Issue
    from outreach.posts.models import Post

    return {
        "posts": Post.objects.filter(state=Post.State.WAITING).count(),
        "questions": asking.open_questions().count(),
        "sources": Source.objects.filter(held_at__isnull=False).count(),
        "issues": Issue.objects.filter(state=Issue.State.DRAFT).count(),
    }


def _spoken(waiting: dict[str, int]) -> list[str]:
    posts, questions, sources, issues = waiting.values()
    words = (
        (
            posts,
            ngettext("%(number)s post waits for approval.", "%(number)s posts wait for approval.", posts),
        ),
        (
            questions,
            ngettext("%(number)s article needs an answer.", "%(number)s articles need an answer.", questions),
        ),
        (sources, ngettext("%(number)s source is held back.", "%(number)s sources are held back.", sources)),
        (
            issues,
            ngettext(
                "%(number)s newsletter waits for approval.",
                "%(number)s newsletters wait for approval.",
                issues,
            ),
        ),
    )
    return [sentence % {"number": number} for number, sentence in words if number]


def _tell(ticks: list[dict[str, Any]], counts: dict[str, dict[str, int]], trouble: list[str]) -> None:
    from outreach.core import states

    names = {
        "entry": _("Entries"),
        "post": _("Posts"),
        "publication": _("Posts on the accounts"),
        "issue": _("Issues"),
        "delivery": _("Mails"),
        "subscriber": _("Subscribers"),
    }
    output.rows(ticks, {"name": _("Tick"), "at": _("Last sign of life")}, "")
    told = (
        {"what": names[name], "how": ", ".join(f"{states.word(state)} {n}" for state, n in by_state.items())}
        for name, by_state in counts.items()
    )
    output.rows(told, {"what": _("Rows"), "how": _("By state")}, "")
    print("\n".join(trouble) or _("Nothing needs you."))
