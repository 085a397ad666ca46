"""The one register of what is kept about readers: which rows, which of their fields, why, and how long.

The page with the record of processing, the copy that a reader downloads and the tests are made from it. A
model that points to a subscriber, or has a column for words, and does not stand here fails a test (but for
those of `nobodys`), and so does a new field. Beside the database a reader's address may stand in the journals
of a sending (`sending/journal.py`), for as long as it lasts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Model

from outreach.core.models import Activity, subject_of
from outreach.core.sentences import N_, Sentence
from outreach.newsletters.models import Delivery, Returned, Welcome
from outreach.newsletters.personal import finding, keeping
from outreach.subscribers.models import (
    Alias,
    Bounce,
    Confirmation,
    Consent,
    ImportFault,
    ImportLine,
    ImportPiece,
    Knock,
    LeaveReason,
    SignUp,
    Subscriber,
    Subscription,
    Suppression,
    Tag,
)


@dataclass(frozen=True)
class Kept:
    """One kind of row. `fields`: those that say something of a person, each with its name for people.

    `without` are the others: numbers of rows, and what machines need to take turns. `of` finds the rows of
    one person; None where nothing leads from a person to them.
    """

    model: type[Model]
    what: str
    why: str
    until: Callable[[], Sentence]
    fields: Mapping[str, str]
    without: frozenset[str]
    of: finding.Rows | None


_ROW = frozenset({"id", "subscriber"})
_TURNS = frozenset({"claim", "lease_until", "due_at", "attempts"})
_WHEN, _TOPIC, _REPLY = N_("when"), N_("about which newsletter"), N_("what the mail server answered")
_LANGUAGE = N_("language")

REGISTER: tuple[Kept, ...] = (
    Kept(
        model=Subscriber,
        what=N_("Who you are to us"),
        why=N_("To mail you what you asked for. You agreed to it."),
        until=keeping.until_wish_ends,
        fields={
            "address": N_("mail address"),
            "name": N_("name, where you gave one"),
            "language": _LANGUAGE,
            "state": N_("whether you receive mail from us"),
            "created_at": N_("since when we know the address"),
            "confirmed_at": N_("when you first confirmed"),
            "paused_until": N_("until when you pause"),
            "tracking": N_("whether you agreed to being counted"),
        },
        without=frozenset({"id", "address_key", "sought"}),  # made of the address
        of=lambda person: Subscriber.objects.filter(pk=person.pk),
    ),
    Kept(
        model=Subscription,
        what=N_("Your newsletters"),
        why=N_("To know what you asked for, and never to send again what you left. You agreed to it."),
        until=keeping.until_wish_ends,
        fields={
            "topic": _TOPIC,
            "asked_at": N_("when you asked for it"),
            "confirmed_at": N_("when you confirmed"),
            "left_at": N_("when you left"),
        },
        without=_ROW,
        of=finding.belonging(Subscription),
    ),
    Kept(
        model=Consent,
        what=N_("What you agreed to"),
        why=N_("The law asks us to be able to prove it."),
        until=keeping.until_wish_ends,
        fields={
            "topic": _TOPIC,
            "at": _WHEN,
            "how": N_("how: on which page, or how else"),
            "wording": N_("the words that you agreed to"),
            "language": _LANGUAGE,
            "page": N_("address of that page"),
            "basis": N_("what a list was, in which you stood"),
            "given_on": N_("on which day you said so"),
        },
        without=_ROW,
        of=finding.belonging(Consent),
    ),
    Kept(
        model=Tag.people.through,
        what=N_("Words by which we group readers"),
        why=N_("To find back who belongs together, such as the colleagues of one school."),
        until=keeping.until_wish_ends,
        fields={"tag": N_("word")},
        without=_ROW,
        of=finding.belonging(Tag.people.through),
    ),
    Kept(
        model=Alias,
        what=N_("Your earlier addresses"),
        why=N_("So that a link in an old mail still works for you."),
        until=keeping.until_wish_ends,
        fields={"address": N_("mail address"), "at": _WHEN},
        without=_ROW | {"address_key", "was"},
        of=finding.belonging(Alias),
    ),
    Kept(
        model=ImportLine,
        what=N_("Your line in a list that we bring in"),
        why=N_("To bring in a list of people who agreed to it."),
        until=keeping.imported,
        fields={
            "address": N_("mail address"),
            "name": N_("name, where you gave one"),
            "language": _LANGUAGE,
            "tags": N_("words by which we group readers"),
        },
        without=frozenset({"id", "job", "line", "address_key", "known", "sought"}),
        of=finding.import_lines,
    ),
    Kept(
        model=ImportFault,
        what=N_("A line of a list that could not be used"),
        why=N_("So that staff can mend the list."),
        until=keeping.imported,
        fields={"given": N_("what stood there"), "sentence": N_("why, where it did not go well")},
        without=frozenset({"id", "job", "line"}),
        of=finding.import_faults,
    ),
    Kept(
        model=ImportPiece,
        what=N_("The file of a list that we bring in"),
        why=N_("To bring in a list of people who agreed to it. It goes as soon as the list is in."),
        until=keeping.imported,
        fields={"content": N_("what stood there")},
        without=frozenset({"id", "job", "number"}),
        of=None,
    ),
    Kept(
        model=SignUp,
        what=N_("A sign-up that was just typed in"),
        why=N_("To ask by mail whether it was you."),
        until=keeping.minutes,
        fields={
            "address": N_("mail address"),
            "name": N_("name, where you gave one"),
            "topic": _TOPIC,
            "title": N_("name of the newsletter"),
            "language": _LANGUAGE,
            "how": N_("how: on which page, or how else"),
            "wording": N_("the words that you agreed to"),
            "page": N_("address of that page"),
            "at": _WHEN,
        },
        without=frozenset({"id", "claim", "lease_until"}),
        of=finding.sign_ups,
    ),
    Kept(
        model=Confirmation,
        what=N_("Mails that asked whether it was you"),
        why=N_("So that nobody else signs you up, and nobody is asked too often."),
        until=keeping.until_confirmed,
        fields={
            "title": N_("name of the newsletter"),
            "language": _LANGUAGE,
            "name": N_("name, where you gave one"),
            "state": N_("how it went"),
            "reason": N_("why, where it did not go well"),
            "created_at": _WHEN,
            "handed_at": N_("when it was handed to the mail server"),
            "sent_at": N_("when the mail server took it"),
            "repeated": N_("whether it may have come twice"),
            "reply": _REPLY,
        },
        without=frozenset({"id", "subscription", "consent", "mailbox"}) | _TURNS,
        of=finding.belonging(Confirmation, "subscription__subscriber"),
    ),
    Kept(
        model=Welcome,
        what=N_("Mails that welcomed you"),
        why=N_("So that nobody is welcomed twice."),
        until=keeping.until_wish_ends,
        fields={
            "newsletter": _TOPIC,
            "state": N_("how it went"),
            "reason": N_("why, where it did not go well"),
            "created_at": _WHEN,
            "handed_at": N_("when it was handed to the mail server"),
            "sent_at": N_("when the mail server took it"),
            "repeated": N_("whether it may have come twice"),
            "reply": _REPLY,
        },
        without=_ROW | _TURNS,
        of=finding.belonging(Welcome),
    ),
    Kept(
        model=Delivery,
        what=N_("Issues that were mailed to you"),
        why=N_("So that each issue comes once, and we can see why one did not come."),
        until=lambda: keeping.after("deliveries"),
        fields={
            "issue": N_("which issue"),
            "state": N_("how it went"),
            "handed_at": N_("when it was handed to the mail server"),
            "sent_at": N_("when the mail server took it"),
            "repeated": N_("whether it may have come twice"),
            "reply": _REPLY,
        },
        without=_ROW | _TURNS,
        of=finding.belonging(Delivery),
    ),
    Kept(
        model=Bounce,
        what=N_("Mails to you that did not arrive"),
        why=N_("To stop mailing an address that does not exist any more."),
        until=lambda: keeping.after("bounces"),
        fields={"at": _WHEN, "kind": N_("of which kind"), "reason": N_("which reason"), "reply": _REPLY},
        without=_ROW,
        of=finding.belonging(Bounce),
    ),
    Kept(
        model=Returned,
        what=N_("Mails that came back to us, or that you sent to leave"),
        why=N_("So that none is read twice."),
        until=lambda: keeping.after("returned"),
        fields={
            "at": _WHEN,
            "kind": N_("of which kind"),
            "reason": N_("why, where it did not go well"),
            "origin": N_("of which mail it is"),
            "words": N_("what it said"),
        },
        without=frozenset({"id", "digest"}),
        of=finding.returned,
    ),
    Kept(
        model=LeaveReason,
        what=N_("Why you left, if you told us"),
        why=N_("To do better. Without your name and words once you are forgotten."),
        until=lambda: keeping.after("deliveries"),
        fields={
            "topic": _TOPIC,
            "at": _WHEN,
            "why": N_("which reason"),
            "words": N_("in your own words"),
        },
        without=_ROW,
        of=finding.belonging(LeaveReason),
    ),
    Kept(
        model=Activity,
        what=N_("What happened around your subscription"),
        why=N_("So that we can answer when you ask what we did."),
        until=keeping.until_wish_ends,
        fields={
            "at": _WHEN,
            "sentence": N_("what happened"),
            "raw": N_("what a mail server said about it"),
            "last_at": N_("the last time"),
            "times": N_("how often"),
        },
        without=frozenset({"id", "subject", "level", "actor", "echo"}),
        of=lambda person: Activity.objects.filter(subject=subject_of(person)).order_by("pk"),
    ),
    Kept(
        model=Suppression,
        what=N_("Addresses that we must not mail"),
        why=N_("So that no list brings back who left or complained. Only a code is kept, no address."),
        until=keeping.for_good,
        fields={"address_hash": N_("code"), "at": _WHEN, "why": N_("which reason")},
        without=frozenset({"id"}),
        of=finding.suppressions,
    ),
    Kept(
        model=Knock,
        what=N_("That somebody used a sign-up form"),
        why=N_("To stop programs that fill in forms. Only a code of the network address is kept."),
        until=lambda: keeping.after("knocks"),
        fields={"visitor": N_("code"), "at": _WHEN, "proven": N_("whether the browser did a sum first")},
        without=frozenset({"id"}),
        of=None,
    ),
)
