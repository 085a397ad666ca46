"""From "entry:12" to a link with the row's name, for a list of Activity."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse

from outreach.core.models import Activity

# The rows that have a page of their own, and where a row without one is shown.
_MODELS = {
    "entry": "feeds.Entry",
    "source": "feeds.Source",
    "post": "posts.Post",
    "publication": "posts.Publication",
    "account": "posts.Account",
    "newsletter": "newsletters.Newsletter",
    "issue": "newsletters.Issue",
    "design": "newsletters.Design",
    "subscriber": "subscribers.Subscriber",
}
_LONGEST = 90


@dataclass(frozen=True)
class Told:
    """An activity with the row it is about; `address` is "" for a row that is gone or has no page."""

    line: Activity
    name: str
    address: str


def told(lines: Iterable[Activity]) -> list[Told]:
    """`lines` with names and links; one query for each kind of row."""
    lines = list(lines)
    rows = _rows(line.subject for line in lines)
    return [_one(line, rows.get(line.subject)) for line in lines]


def address(name: str, *args: Any) -> str:
    """The address of a page, or "" when there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _one(line: Activity, row: Any) -> Told:
    if row is None:
        return Told(line, "", "")
    kind = line.subject.partition(":")[0]
    if kind == "publication":
        return Told(line, _short(row), address("post", row.post_id))
    return Told(line, _short(row), address(kind, row.pk))


def _short(row: Any) -> str:
    name = str(row)
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def _rows(subjects: Iterable[str]) -> dict[str, Any]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for subject in subjects:
        kind, _, pk = subject.partition(":")
        if kind in _MODELS:
            wanted[kind].add(pk)
    found = {}
    for kind, keys in wanted.items():
        for row in _named(apps.get_model(_MODELS[kind])).filter(pk__in=keys):
            found[f"{kind}:{row.pk}"] = row
    return found


def _named(model: Any) -> Any:
    """With the rows that its name is made of."""
    ways = {"post": ["entry"], "publication": ["post__entry", "account"], "issue": ["newsletter"]}
    return model.objects.select_related(*ways.get(model._meta.model_name, []))
