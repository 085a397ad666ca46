"""What every page shows: the organisation, the way around, the language. In templates it is `house`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from outreach.core.models import Organisation
from outreach.posts.models import Post

# Page name, words, and the other page names that belong to it. On a phone the first four are the bar.
_PLACES = [
    ("home", _("Home")),
    ("entries", _("Entries")),
    ("posts", _("Posts")),
    ("newsletters", _("Newsletters")),
    ("subscribers", _("Subscribers")),
    ("accounts", _("Accounts")),
    ("sources", _("Sources")),
    ("activity", _("Activity")),
    ("settings", _("Settings")),
]
_ON_THE_BAR = 4
_BELONGS = {
    "entry": "entries",
    "post": "posts",
    "publication": "posts",
    "newsletter": "newsletters",
    "issue": "newsletters",
    "design": "newsletters",
    "designs": "newsletters",
    "subscriber": "subscribers",
    "account": "accounts",
    "timeline": "accounts",
    "source": "sources",
    "inbox": "inbox",
}


@dataclass(frozen=True)
class Place:
    """One link of the navigation."""

    name: str
    words: Any
    address: str
    here: bool
    waiting: int = 0


class House:
    """Looked up only when a template asks: a public page pays for nothing it does not show."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def organisation(self) -> Organisation:
        """Whose pages these are."""
        return Organisation.get()

    @cached_property
    def look(self) -> str:
        """Changes when the accent does, so that browsers fetch the colours again."""
        return self.organisation.accent.lstrip("#")

    @property
    def language(self) -> str:
        """The language of the page, such as "nl"."""
        return (get_language() or settings.LANGUAGE_CODE).split("-")[0]

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Code and own name of each language."""
        return list(settings.LANGUAGES)

    @property
    def messages(self) -> Any:
        """What the page before had to say."""
        return get_messages(self.request)

    @property
    def back(self) -> str:
        """Where a change of language returns to."""
        return self.request.get_full_path() if self.request.method == "GET" else ""

    @cached_property
    def places(self) -> list[Place]:
        """The navigation."""
        known = [(name, words, _address(name)) for name, words in _places()]
        return [
            Place(name, words, address, name == self._here, self._waiting if name == "posts" else 0)
            for name, words, address in known
            if address
        ]

    @property
    def bar(self) -> list[Place]:
        """The places used every day."""
        return self.places[:_ON_THE_BAR]

    @property
    def more(self) -> list[Place]:
        """The other places."""
        return self.places[_ON_THE_BAR:]

    @cached_property
    def _here(self) -> str:
        match = self.request.resolver_match
        name = (match.url_name or "") if match else ""
        first = name.partition("-")[0]
        return _BELONGS.get(first, first)

    @cached_property
    def _waiting(self) -> int:
        return Post.objects.filter(state=Post.State.WAITING).count()


def house(request: HttpRequest) -> dict[str, House]:
    """The context processor."""
    return {"house": House(request)}


def _places() -> list[tuple[str, Any]]:
    inbox = [("inbox", _("Demo inbox"))] if settings.MAIL_URL.startswith("inbox:") else []
    return [*_PLACES, *inbox]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
