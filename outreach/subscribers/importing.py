"""Bring in a list of people who said yes elsewhere.

Running it again is harmless, and nobody who left comes back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TextIO

import structlog
from django.conf import settings
from django.db import transaction

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, Sentence, say
from outreach.subscribers import joining, lists, tables
from outreach.subscribers.addresses import clean_name, normalise
from outreach.subscribers.models import Consent, Subscriber, Subscription

log = structlog.get_logger(__name__)

_BATCH = 500  # people per transaction: small enough that sign-ups meanwhile need not wait
_SHOWN = 1000
_LANGUAGES = {"nederlands": "nl", "dutch": "nl", "neerlandais": "nl", "vlaams": "nl"}
_LANGUAGES |= {"frans": "fr", "french": "fr", "francais": "fr", "français": "fr"}
_LANGUAGES |= {"engels": "en", "english": "en", "anglais": "en"}


@dataclass
class Report:
    """What an import did, or would do. The first thousand refused lines are kept, the rest is counted."""

    lines: int = 0
    added: int = 0
    known: int = 0
    refused: list[tuple[int, Sentence]] = field(default_factory=list)
    refused_count: int = 0

    def refuse(self, line: int, sentence: Sentence) -> None:
        """Line `line` was not taken, because."""
        self.refused_count += 1
        if len(self.refused) < _SHOWN:
            self.refused.append((line, sentence))


@dataclass(frozen=True)
class _Person:
    line: int
    address: str
    key: str
    name: str
    language: str


def import_csv(
    stream: BinaryIO | TextIO,
    topic: str,
    *,
    wording: str,
    language: str = "",
    dry_run: bool = False,
    how: str = "import",
) -> Report:
    """Add the people of a CSV file to `topic`, in small transactions.

    `wording` is what they agreed to, kept as the proof; `language` is for those whose line names none.
    With `dry_run` nothing is written. Raises BadInput (wording, file) when nothing can be done at all.
    """
    if not wording.strip():
        raise BadInput(say(N_("Say what these people agreed to, in the words that were used.")), "wording")
    report, added = Report(), set[int]()
    people = _people(tables.rows(stream), report, language or settings.LANGUAGE_CODE)
    while batch := list(islice(people, _BATCH)):
        fresh = _fresh(batch, topic, report)
        if dry_run:
            # Nothing is written, so an address that comes twice has to be remembered here.
            fresh = [person for person in fresh if hash(person.key) not in added]
            added.update(hash(person.key) for person in fresh)
        else:
            _write(fresh, topic, wording, how)
        report.added += len(fresh)
    report.known = report.lines - report.added - report.refused_count
    log.info("imported", topic=topic, lines=report.lines, added=report.added, dry_run=dry_run)
    return report


def _people(rows: Iterable[tables.Row], report: Report, language: str) -> Iterator[_Person]:
    for row in rows:
        report.lines += 1
        try:
            yield _person(row, language)
        except BadInput as error:
            report.refuse(row.line, error.sentence)


def _person(row: tables.Row, language: str) -> _Person:
    if row.torn_until:
        raise BadInput(
            say(
                N_("Nothing up to line %(last)s can be read: a quotation mark is not closed."),
                last=row.torn_until,
            ),
            "file",
        )
    if not row.address:
        raise BadInput(say(N_("This line has no e-mail address.")), "address")
    normal = normalise(row.address)
    return _Person(
        row.line, normal.address, normal.key, clean_name(row.name), _language(row.language, language)
    )


def _language(given: str, default: str) -> str:
    word = given.strip().lower()
    code = _LANGUAGES.get(word, word[:2])
    return code if code in dict(settings.LANGUAGES) else default


def _fresh(batch: list[_Person], topic: str, report: Report) -> list[_Person]:
    """Those of `batch` who do not get `topic` yet and may: each address once."""
    by_key: dict[str, _Person] = {}
    for person in batch:
        by_key.setdefault(person.key, person)
    barred = lists.suppressed(by_key)
    gone = _gone(by_key, topic)
    receiving = _receiving(by_key, topic)
    for key in barred | gone:
        sentence = joining.NO_MAIL if key in barred else joining.WENT_AWAY
        report.refuse(by_key[key].line, say(sentence, address=key))
    report.refused.sort(key=lambda refused: refused[0])
    return [person for key, person in by_key.items() if key not in barred | gone | receiving]


def _gone(keys: Iterable[str], topic: str) -> set[str]:
    """Who left this topic, or everything, or cannot be reached."""
    people = Subscriber.objects.filter(address_key__in=list(keys))
    lost = people.exclude(state__in=[Subscriber.State.PENDING, Subscriber.State.CONFIRMED])
    left = people.filter(subscriptions__topic=topic, subscriptions__left_at__isnull=False)
    return set(lost.values_list("address_key", flat=True)) | set(left.values_list("address_key", flat=True))


def _receiving(keys: Iterable[str], topic: str) -> set[str]:
    rows = Subscription.objects.filter(lists.ACTIVE, topic=topic, subscriber__address_key__in=list(keys))
    return set(rows.values_list("subscriber__address_key", flat=True))


@transaction.atomic
def _write(people: list[_Person], topic: str, wording: str, how: str) -> None:
    now = clock.now()
    Subscriber.objects.bulk_create([_subscriber(person, now) for person in people], ignore_conflicts=True)
    rows = Subscriber.objects.filter(address_key__in=[person.key for person in people])
    rows.filter(state=Subscriber.State.PENDING).update(state=Subscriber.State.CONFIRMED, confirmed_at=now)
    ids = list(rows.filter(state=Subscriber.State.CONFIRMED).values_list("pk", flat=True))
    wishes = [Subscription(subscriber_id=pk, topic=topic, asked_at=now, confirmed_at=now) for pk in ids]
    Subscription.objects.bulk_create(wishes, ignore_conflicts=True)
    # Who asked on the sign-up page and never answered the mail.
    open_wishes = Subscription.objects.filter(subscriber_id__in=ids, topic=topic, left_at__isnull=True)
    open_wishes.filter(confirmed_at__isnull=True).update(confirmed_at=now)
    proofs = [Consent(subscriber_id=pk, topic=topic, at=now, how=how, wording=wording) for pk in ids]
    Consent.objects.bulk_create(proofs)


def _subscriber(person: _Person, now: datetime) -> Subscriber:
    return Subscriber(
        address=person.address,
        address_key=person.key,
        name=person.name,
        language=person.language,
        state=Subscriber.State.CONFIRMED,
        created_at=now,
        confirmed_at=now,
    )
