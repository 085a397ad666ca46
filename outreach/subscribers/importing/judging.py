"""Who of a list may come in, and what keeps the others out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, Sentence, say
from outreach.subscribers import joining, lists, tables, tagging
from outreach.subscribers.addresses import clean_name, normalise
from outreach.subscribers.models import Alias, Import, ImportFault, ImportLine, Subscriber, Subscription
from outreach.subscribers.models.subscriber import folded

_LANGUAGES = {"nederlands": "nl", "dutch": "nl", "neerlandais": "nl"}
_LANGUAGES |= {"vlaams": "nl", "flemish": "nl", "flamand": "nl"}
_LANGUAGES |= {"frans": "fr", "french": "fr", "francais": "fr"}
_LANGUAGES |= {"engels": "en", "english": "en", "anglais": "en"}
_CODES = {"nl", "fr", "en"}
_REACHABLE = {Subscriber.State.PENDING, Subscriber.State.CONFIRMED}


@dataclass
class Known:
    """What is known of some addresses, asked at once."""

    subscribers: set[str] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)  # left this topic, or everything, or cannot be reached
    receiving: set[str] = field(default_factory=set)

    def objection(self, person: ImportLine) -> Sentence | None:
        """Why `person` must not come in."""
        if person.address_key in self.barred:
            return say(joining.NO_MAIL, address=person.address_key)
        if person.address_key in self.gone:
            return say(joining.WENT_AWAY, address=person.address_key)
        return None


def known(people: Iterable[ImportLine], topic: str) -> Known:
    """What is known of the addresses of `people` at this moment.

    Each question names rows by their own keys only. With the topic or a state beside them, PostgreSQL goes
    through all who have that, for each batch again: it counts them as they were before the list came.
    """
    keys = [person.address_key for person in people]
    found, numbers = Known(barred=lists.suppressed(keys)), {}
    some = Subscriber.objects.filter(address_key__in=keys).order_by()
    for pk, key, state in some.values_list("pk", "address_key", "state"):
        numbers[pk] = key
        found.subscribers.add(key)
        if state not in _REACHABLE:
            found.gone.add(key)
    wishes = Subscription.objects.filter(subscriber__in=list(numbers))
    for pk, about, confirmed, left in wishes.values_list("subscriber", "topic", "confirmed_at", "left_at"):
        if about == topic and left:
            found.gone.add(numbers[pk])
        elif about == topic and confirmed:
            found.receiving.add(numbers[pk])
    return found


def person(row: tables.Row, job: Import) -> ImportLine:
    """The person that `row` names. Raises BadInput."""
    if row.torn and row.line == row.last:
        raise BadInput(say(N_("This line is too long to be that of one person.")), "file")
    if row.torn:
        words = N_("Nothing up to line %(last)s can be read: a quotation mark is not closed.")
        raise BadInput(say(words, last=row.last), "file")
    if not row.address:
        raise BadInput(say(N_("This line has no e-mail address.")), "address")
    normal = normalise(row.address)
    return ImportLine(
        job=job,
        line=row.line,
        address=normal.address,
        address_key=normal.key,
        name=clean_name(row.name),
        language=_language(row.language, job.language),
        tags=list(dict.fromkeys([*job.tags, *tagging.words(row.tags)])),
    )


def fault(job: Import, line: int, given: str, sentence: Sentence) -> ImportFault:
    """Line `line` is not taken, because."""
    return ImportFault(job=job, line=line, given=given.replace("\0", "")[:300], sentence=sentence)


def rename(people: list[ImportLine]) -> None:
    """Whose address was merged into another person's comes in as that person."""
    if not Alias.objects.exists():  # as in most houses
        return
    aliases = Alias.objects.filter(address_key__in=[one.address_key for one in people])
    by_key = {one.address_key: one.subscriber for one in aliases.select_related("subscriber")}
    for one in people:
        if now := by_key.get(one.address_key):
            one.address, one.address_key = now.address, now.address_key


def _language(given: str, default: str) -> str:
    word = folded(given.strip())
    code = _LANGUAGES.get(word, word[:2])
    return code if code in _CODES else default
