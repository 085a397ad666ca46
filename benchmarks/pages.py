"""Each page about readers, public and of staff, as it is asked for with a hundred thousand of them around.

What only looks is asked for again and again; what changes somebody takes another one each time.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

from benchmarks.timing import seconds

TURNS = 15
_RETURNED = 20_000  # mails that came back and are still kept
_KNOCKS = 150  # uses of the form in the last hour
_OTHERS = ("Agenda", "Pers", "Ouders", "Onderzoek")

Answer = Callable[[], Any]


def costs(newsletter: Any) -> Iterator[tuple[str, float]]:
    """The name of each page, and the seconds that it takes."""
    furnish(newsletter)
    house = _House(newsletter)
    for name, ask in {**house.looks(), **house.changes()}.items():
        ask()  # a page that was never asked for reads its template first
        yield name, seconds(ask, TURNS)


def furnish(newsletter: Any) -> None:
    """What gathers around readers: more newsletters, issues that were mailed, mails that came back, tags."""
    from django.db import transaction

    from outreach.core import clock
    from outreach.core.copying import copy
    from outreach.newsletters import making
    from outreach.newsletters.models import Delivery, Issue, Returned
    from outreach.subscribers import searching, tagging
    from outreach.subscribers.models import Knock, Subscriber

    now, people = clock.now(), Subscriber.objects.filter(state="confirmed")
    for name in _OTHERS:
        making.create(name)
    for number in range(2):
        slot = now - timedelta(days=7 * number)
        issue = Issue.objects.create(newsletter=newsletter, slot=slot, state="sent", subject=f"Nr. {number}")
        copy(people, Delivery(issue=issue, due_at=now, state="sent"), subscriber_id="pk")
    Returned.objects.bulk_create(
        Returned(digest=str(n), kind="soft", origin=f"n1.{n}", words="Mailbox full") for n in range(_RETURNED)
    )
    Knock.objects.bulk_create(Knock(visitor=str(n), at=now) for n in range(_KNOCKS))
    with transaction.atomic():
        for number in range(100):
            tagging.tag(f"school {number}")
    for language in ("nl", "fr", "en"):
        searching.keep(f"Wie {language} leest", searching.Filter(language=language, topic=newsletter.topic))


class _House:
    """A visitor without a log-in, somebody of staff, and readers enough for what can be done but once."""

    def __init__(self, newsletter: Any) -> None:
        from django.conf import settings
        from django.contrib.auth import get_user_model
        from django.test import Client

        from outreach.subscribers.models import Subscriber

        settings.ALLOWED_HOSTS = ["testserver"]
        self.newsletter, self.visitor, self.staff = newsletter, Client(), Client()
        self.staff.force_login(get_user_model().objects.create(username="els"))
        self.readers = Subscriber.objects.filter(state="confirmed").order_by("-pk").iterator()
        self.turns = count()

    def looks(self) -> dict[str, Answer]:
        """What only looks."""
        return {**self._lists(), **self._staff(), **self._public()}

    def changes(self) -> dict[str, Answer]:
        """What writes."""
        post, page = self._post, self._page
        slug, topic = self.newsletter.slug, self.newsletter.topic
        choice = {"newsletter": [topic, "pers"], "shown": [topic, "pers", "agenda"], "language": "nl"}
        return {
            "signing up (POST)": lambda: post(
                self.visitor, page("sign-up", slug), 303, address=f"nieuw{next(self.turns)}@school.example"
            ),
            "confirming (POST)": lambda: post(self.visitor, self._asked(), 200),
            "choosing (POST)": lambda: post(self.visitor, self._preferences(), 303, **choice),
            "leaving in one click (POST)": lambda: post(
                self.visitor, self._leave(next(self.readers)), 200, **{"List-Unsubscribe": "One-Click"}
            ),
            "being forgotten (POST)": lambda: post(self.visitor, f"{self._preferences()}erase/", 200),
            "tags on one (POST)": lambda: post(self.staff, self._of("tags"), 302, word="leraren, school 7"),
            "a tag on all of a segment (POST)": lambda: post(
                self.staff, page("subscribers-tag"), 302, word=f"groep {next(self.turns)}", language="fr"
            ),
            "keeping a segment (POST)": lambda: post(
                self.staff, page("segment-keep"), 302, name="Frans", language="fr", topic=topic
            ),
            "making two one (POST)": lambda: post(
                self.staff, self._of("merge"), 302, other=next(self.readers).address
            ),
        }

    def _lists(self) -> dict[str, Answer]:
        listed = self._page("subscribers")
        asked = {
            "the subscribers": {},
            "a part in the middle": {"after": "voornaam5"},
            "a search that finds many": {"search": "peeters"},
            "a search that finds one": {"search": "voornaam77777"},
            "a search that finds nobody": {"search": "niemandhier"},
            "a tag": {"tag": "kleuter"},
            "a segment: newsletter, language and day": {
                "topic": self.newsletter.topic,
                "language": "fr",
                "since": "2020-01-01",
            },
            "who left it": {"topic": self.newsletter.topic, "state": "unsubscribed"},
            "who has not answered yet": {"topic": self.newsletter.topic, "state": "pending"},
        }
        return {name: self._look(self.staff, f"{listed}?{urlencode(it)}") for name, it in asked.items()}

    def _staff(self) -> dict[str, Answer]:
        from outreach.subscribers.models import Import

        job, one, other = Import.objects.latest("pk").pk, next(self.readers), next(self.readers)
        pages = {
            "one subscriber": self._page("subscriber", one.pk),
            "the proof of a consent": self._page("subscriber-proof", one.pk),
            "the same as a file": self._page("subscriber-proof-file", one.pk),
            "two who are one person": f"{self._page('subscriber-merge', one.pk)}?other={other.address}",
            "adding somebody": self._page("subscriber-add"),
            "importing": self._page("subscribers-import"),
            "the report of an import": self._page("subscribers-import-job", job),
            "its 5,100 lines as a file": self._page("subscribers-import-report", job),
            "the newsletters": self._page("newsletters"),
            "the newsletter": self._page("newsletter", self.newsletter.pk),
        }
        return {name: self._look(self.staff, address) for name, address in pages.items()}

    def _public(self) -> dict[str, Answer]:
        slug, preferences = self.newsletter.slug, self._preferences()
        pages = {
            "the sign-up form": self._page("sign-up", slug),
            "the form for another website": self._page("sign-up-form", slug),
            "look in your mailbox": self._page("sign-up-sent", slug),
            "confirming": self._asked(),
            "leaving": self._leave(next(self.readers)),
            "choosing among five newsletters": preferences,
            "one's own data": f"{preferences}my-data.json",
            "being forgotten": f"{preferences}erase/",
            "what is kept, and why": self._page("privacy"),
            "the archive": self._page("archive", slug),
        }
        return {name: self._look(self.visitor, address) for name, address in pages.items()}

    def _look(self, client: Any, address: str) -> Answer:
        def ask() -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            assert b"".join(answer) if answer.streaming else answer.content

        return ask

    def _post(self, client: Any, address: str, status: int, /, **fields: Any) -> None:
        turn = next(self.turns)
        visitor = f"10.1.{turn // 250}.{turn % 250}"  # each from an address of their own
        answer = client.post(address, fields, REMOTE_ADDR=visitor)
        assert answer.status_code == status, (address, answer.status_code, answer.content[:2000])

    @staticmethod
    def _page(name: str, *args: Any) -> str:
        from django.urls import reverse

        return reverse(name, args=args)

    def _of(self, name: str) -> str:
        return self._page(f"subscriber-{name}", next(self.readers).pk)

    def _preferences(self) -> str:
        from outreach.subscribers import tokens

        return self._page("preferences", tokens.preferences_token(next(self.readers)))

    def _leave(self, reader: Any) -> str:
        from outreach.subscribers import tokens

        return self._page("unsubscribe", tokens.unsubscribe_token(reader, self.newsletter.topic))

    def _asked(self) -> str:
        """The address in a mail that asks somebody to confirm."""
        from outreach.subscribers import joining, tokens
        from outreach.subscribers.models import Subscription

        address = f"vraagt{next(self.turns)}@school.example"
        joining.ask(self.newsletter.topic, address, wording="Ja.")
        return self._page("confirm", tokens.confirm_token(Subscription.objects.latest("pk")))
