"""Which rows are about a person: also those that know only an address, an earlier one, or its spelling."""

import re
from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet

from outreach.core.errors import BadInput
from outreach.newsletters.models import Returned
from outreach.subscribers import lists
from outreach.subscribers.addresses import normalise
from outreach.subscribers.models import Alias, ImportFault, ImportLine, SignUp, Subscriber, Suppression

Rows = Callable[[Subscriber], QuerySet[Any]]
# What stands beside an address and belongs to it: "an@example.org" is not in "jan@example.org", yet it is in
# "'an@example.org'." of a mail server.
_BEFORE, _BEHIND = r"(?<![\w.+-])(?<!\w')", r"(?![\w@-]|\.\w)"


def belonging(model: type[Model], path: str = "subscriber") -> Rows:
    """The rows of `model` that point to the person by `path`."""
    return lambda person: model._default_manager.filter(**{path: person}).order_by("pk")


def import_lines(person: Subscriber) -> QuerySet[ImportLine]:
    """Their lines of lists that are being brought in."""
    return ImportLine.objects.filter(address_key__in=_keys(person)).order_by("pk")


def import_faults(person: Subscriber) -> QuerySet[ImportFault]:
    """Lines that were not taken and name them; nobody whose address is only longer."""
    return ImportFault.objects.filter(pk__in=_naming(person, ImportFault.objects.all(), "given")).order_by(
        "pk"
    )


def sign_ups(person: Subscriber) -> QuerySet[SignUp]:
    """What was typed in a form with their address, in small letters or large ones."""
    keys = _keys(person)
    # The domain stands there in one spelling; large letters of all languages no database compares alike.
    domains = [f"@{key.rpartition('@')[2]}" for key in keys]
    typed = SignUp.objects.filter(_any("address__endswith", domains)).values_list("pk", "address")
    found = [pk for pk, address in typed if _key(address) in keys]
    return SignUp.objects.filter(pk__in=found).order_by("pk")


def returned(person: Subscriber) -> QuerySet[Returned]:
    """Mails that came back from them, also those of the row that was merged into theirs.

    Of some nothing tells whose they are but the server's own words.
    """
    numbers = [person.pk, *Alias.objects.filter(subscriber=person).values_list("was", flat=True)]
    theirs = _any("origin__endswith", [f".{number}" for number in numbers])
    named = _naming(person, Returned.objects.filter(origin=""), "words")
    return Returned.objects.filter(theirs | Q(pk__in=named)).order_by("pk")


def suppressions(person: Subscriber) -> QuerySet[Suppression]:
    """The codes of all their addresses."""
    return lists.barring(_keys(person)).order_by("pk")


def _naming(person: Subscriber, rows: QuerySet[Any], column: str) -> list[int]:
    """The numbers of those `rows` whose `column` holds an address of theirs, and not as a part of another."""
    keys = _keys(person)
    exact = [re.compile(f"{_BEFORE}{re.escape(key)}{_BEHIND}") for key in keys]
    some = rows.filter(_any(f"{column}__icontains", keys)).values_list("pk", column)
    return [pk for pk, words in some if any(one.search(words.lower()) for one in exact)]


def _keys(person: Subscriber) -> list[str]:
    earlier = Alias.objects.filter(subscriber=person).values_list("address_key", flat=True)
    return [person.address_key, *earlier]


def _key(address: str) -> str:
    try:
        return normalise(address).key
    except BadInput:  # what is an address was decided otherwise since: an upgrade
        return address.lower()


def _any(lookup: str, values: list[str]) -> Q:
    return reduce(or_, (Q(**{lookup: value}) for value in values))
