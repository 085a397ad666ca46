"""Rules of a source: which articles go where, with what each would do before it is kept."""

from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, Sentence, say
from outreach.feeds import rule_words, rules, ruling
from outreach.feeds.looking import entry_from, look
from outreach.feeds.models import Entry, Rule, Source
from outreach.feeds.parsing import Feed
from outreach.newsletters.models import Inclusion, Newsletter
from outreach.posts.models import Account, Route
from outreach.web.staff.doing import attempt, chosen

FIELDS = {
    "category": gettext_lazy("the category"),
    "title": gettext_lazy("the title"),
    "text": gettext_lazy("title or summary"),
    "author": gettext_lazy("the author"),
    "link": gettext_lazy("the web address"),
    "language": gettext_lazy("the language (nl, fr or en)"),
    "type": gettext_lazy("the type (article or event)"),
}
OPS = {
    "has": gettext_lazy("is or holds"),
    "has-not": gettext_lazy("is not and does not hold"),
    "matches": gettext_lazy("fits the pattern"),
}
ACTIONS = {
    "automatic": gettext_lazy("are posted without review"),
    "review": gettext_lazy("wait until somebody approves them"),
    "newsletter": gettext_lazy("go into the newsletter only"),
    "ignore": gettext_lazy("go nowhere"),
}
_LINES, _SHOWN, _SECONDS = 4, 25, 60
_PATIENCE = 8.0  # seconds: somebody is looking at the page
_BEING_FETCHED = N_("The feed is being fetched; ask again in a moment.")


@dataclass
class Typed:
    """The form as it was sent; nothing checked."""

    conditions: list[dict[str, str]] = field(default_factory=list)
    action: str = "review"
    cooling_minutes: str = ""
    accounts: list[int] = field(default_factory=list)
    newsletters: list[int] = field(default_factory=list)

    def lines(self) -> list[dict[str, str]]:
        """The lines of the form: those that are filled in, and empty ones."""
        empty = {"field": "category", "op": "has", "value": ""}
        return self.conditions + [empty] * max(1, _LINES - len(self.conditions))

    def rule(self, source: Source) -> Rule:
        """The rule that it makes. Raises BadInput naming the field."""
        minutes = self.cooling_minutes
        if minutes and not (minutes.isascii() and minutes.isdigit() and len(minutes) < 7):
            raise BadInput(say(N_("Give the minutes as a number.")), "cooling_minutes")
        return ruling.made(source, self.conditions, self.action, int(minutes) if minutes else None)


@dataclass(frozen=True)
class Effect:
    """What would become of one entry of the live feed."""

    entry: Entry
    decision: rules.Decision
    mine: bool  # by the rule that is being written


@require_GET
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules in their order."""
    source = get_object_or_404(Source, pk=pk)
    rows = source.rules.prefetch_related("route__accounts", "inclusion__newsletters")
    context = {"source": source, "rules": [_in_words(rule) for rule in rows], "mode": ACTIONS[source.mode]}
    return render(request, "staff/rules.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, rule: int = 0) -> HttpResponseBase:
    """A new rule, or another shape for one that is there."""
    source = get_object_or_404(Source, pk=pk)
    old = get_object_or_404(Rule, pk=rule, source=source) if rule else None
    if request.method != "POST":
        return _form(request, source, old, _filled(old) if old else Typed())
    typed = _sent(request)
    if request.POST.get("action_of_form") == "preview":
        return _form(request, source, old, typed)
    try:
        with transaction.atomic():
            kept = ruling.keep(typed.rule(source), old, request.user)
            _route(kept, typed)
    except BadInput as error:
        return _form(request, source, old, typed, error)
    return redirect("rules", pk=pk)


@require_POST
def preview(request: HttpRequest, pk: int, rule: int = 0) -> HttpResponse:
    """What the rules would do with the feed as it is now; nothing is stored."""
    source = get_object_or_404(Source, pk=pk)
    context = _effects(source, rule, _sent(request))
    return render(request, "staff/rule_effects.html", context)


@require_POST
def arrange(request: HttpRequest, pk: int, rule: int) -> HttpResponseBase:
    """Up, down, or away."""
    row = get_object_or_404(Rule, pk=rule, source=pk)
    to = request.POST.get("to")
    if to == "away":
        attempt(request, lambda: ruling.delete(row, request.user), _("The rule is gone."))
    elif to in {"up", "down"}:
        ruling.move(row, -1 if to == "up" else 1, request.user)
    return redirect("rules", pk=pk)


def _sent(request: HttpRequest) -> Typed:
    sent = request.POST
    columns = (sent.getlist(name)[: rules.MOST_CONDITIONS * 2] for name in ("field", "op", "value"))
    lines = [
        {"field": name, "op": op, "value": value.strip()}
        for name, op, value in zip(*columns, strict=False)
        if value.strip()
    ]
    return Typed(
        conditions=lines,
        action=sent.get("action", ""),
        cooling_minutes=sent.get("cooling_minutes", "").strip(),
        accounts=chosen(sent.getlist("accounts")),
        newsletters=chosen(sent.getlist("newsletters")),
    )


def _filled(rule: Rule) -> Typed:
    route, inclusion = getattr(rule, "route", None), getattr(rule, "inclusion", None)
    return Typed(
        conditions=list(rule.conditions),
        action=rule.action,
        cooling_minutes="" if rule.cooling_minutes is None else str(rule.cooling_minutes),
        accounts=list(route.accounts.values_list("pk", flat=True)) if route else [],
        newsletters=list(inclusion.newsletters.values_list("pk", flat=True)) if inclusion else [],
    )


def _route(rule: Rule, typed: Typed) -> None:
    """The accounts and newsletters that it names. None of them chosen means all."""
    Route.objects.get_or_create(rule=rule)[0].accounts.set(Account.objects.filter(pk__in=typed.accounts))
    only = Newsletter.objects.filter(pk__in=typed.newsletters)
    Inclusion.objects.get_or_create(rule=rule)[0].newsletters.set(only)


def _form(
    request: HttpRequest, source: Source, old: Rule | None, typed: Typed, error: BadInput | None = None
) -> HttpResponse:
    context = {
        "source": source,
        "rule": old,
        "typed": typed,
        "fields": FIELDS,
        "ops": OPS,
        "actions": ACTIONS,
        "accounts": list(Account.objects.order_by("network", "name")),
        "newsletters": list(source.newsletters.all()),
        "errors": {error.field or "form": str(error)} if error else {},
        **_effects(source, old.pk if old else 0, typed),
    }
    return render(request, "staff/rule_edit.html", context, status=422 if error else 200)


def _effects(source: Source, number: int, typed: Typed) -> dict[str, Any]:
    """What the rules do with the live feed, the one being written in its place among them."""
    own: list[Rule] = list(source.rules.all())
    draft: Rule | None = None
    problem: Sentence | None = None
    try:
        draft = typed.rule(source) if typed.conditions else None
    except BadInput as error:
        problem = error.sentence
    if draft is not None:
        place = next((at for at, one in enumerate(own) if one.pk == number), len(own))
        own[place : place + 1] = [draft]
    found, why = _live(source)
    shown = [_effect(entry, own, source, draft) for entry in found[:_SHOWN]]
    return {"effects": shown, "problem": problem or why}


def _effect(entry: Entry, own: list[Rule], source: Source, draft: Rule | None) -> Effect:
    decision = rules.decide(entry, own, source)
    return Effect(entry, decision, draft is not None and decision.rule is draft)


def _live(source: Source) -> tuple[list[Entry], Sentence | None]:
    """The entries of the feed as it is now, or why there are none; kept for a minute.

    A rule is typed letter by letter: a site that is down or slow is not asked at each of them.
    """
    key = f"live-feed-{source.pk}"
    kept = cache.get(key)
    if kept is None:
        cache.set(key, say(_BEING_FETCHED), 2 * _PATIENCE)
        kept = _looked(source)
        cache.set(key, kept, _SECONDS)
    if isinstance(kept, Sentence):
        return [], kept
    return [entry_from(item, source) for item in kept.items], None


def _looked(source: Source) -> Feed | Sentence:
    try:
        return look(source.url, source, seconds=_PATIENCE)
    except OutreachError as error:
        return error.sentence


def _in_words(rule: Rule) -> dict[str, Any]:
    """A rule as people read it."""
    route, inclusion = getattr(rule, "route", None), getattr(rule, "inclusion", None)
    return {
        "rule": rule,
        "conditions": [rule_words.condition(one) for one in rule.conditions],
        "action": ACTIONS[rule.action],
        "accounts": ", ".join(str(one) for one in route.accounts.all()) if route else "",
        "newsletters": ", ".join(str(one) for one in inclusion.newsletters.all()) if inclusion else "",
    }
