"""What would be posted and mailed for a feed, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach import networks
from outreach.cli import newsletter_preview
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.feeds import discovering, merging, rule_text, rules
from outreach.feeds.entries import entry_from, known_language
from outreach.feeds.events import event_of
from outreach.feeds.looking import look as look_at
from outreach.feeds.models import Entry, Rule, Source
from outreach.feeds.parsing import Feed, FeedError
from outreach.posts.text.composing import Composed, compose

_NETWORKS = ("facebook", "x")


@dataclass(frozen=True)
class Said:
    """An entry, and its post on each network."""

    entry: Entry
    posts: dict[str, Composed]
    decision: rules.Decision | None = None  # only where rules were given


@dataclass(frozen=True)
class Seen:
    """What a feed would lead to."""

    title: str
    url: str
    entries: list[Said]
    newsletter: dict[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """The whole as plain data."""
        return {
            "title": self.title,
            "url": self.url,
            "entries": [_entry(said) for said in self.entries],
            "newsletter": self.newsletter,
        }


def look(where: str, language: str, given: Sequence[str] = ()) -> Seen:
    """Fetch, parse and compose; `given` are rules as text. Raises OutreachError; nothing is stored."""
    source = Source(mode=Source.Mode.REVIEW)
    own = [rule for text in given for rule in rule_text.parse(text, source)]
    if language and language not in dict(settings.LANGUAGES):
        words = N_("The language is “%(language)s”; use nl, fr or en.")
        raise BadInput(say(words, language=language), "language")
    feed = _feed_of(where)
    chosen = language or known_language(feed.language) or settings.LANGUAGE_CODE
    entries = [entry_from(item) for item in feed.items]
    for entry in entries:
        entry.language = language or entry.language or chosen
    with translation.override(chosen):
        said = [_said(entry, own, source) for entry in entries]
        mailed = [one.entry for one in said if one.decision is None or one.decision.mails]
        return Seen(feed.title, feed.url, said, newsletter_preview.of(feed.title, mailed, chosen))


def _feed_of(where: str) -> Feed:
    """The feed there; of a web page, the first feed of its website."""
    if where.lower().startswith(("www.", "webcal:")):
        where = discovering.with_scheme(where)
    try:
        return look_at(where)
    except FeedError as error:
        offers = discovering.offers(where, error.feeds) if error.is_page and "://" in where else []
        if not offers:
            raise
        return look_at(offers[0].url)


def _said(entry: Entry, own: list[Rule], source: Source) -> Said:
    decision = rules.decide(entry, own, source) if own else None
    posted = decision is None or decision.posts
    return Said(entry, {name: compose(name, entry) for name in _NETWORKS} if posted else {}, decision)


def show(seen: Seen) -> None:
    """For people: each post as it would stand on the network, in full."""
    count = len(seen.entries)
    words = ngettext("%(title)s: %(count)s article", "%(title)s: %(count)s articles", count)
    print(words % {"title": seen.title or seen.url, "count": count})
    for number, said in enumerate(seen.entries, 1):
        print(f"\n═══ {number}. {said.entry.title or said.entry.link}")
        if question := merging.question_of(said.entry):
            print(f"    {question}")
        if said.decision is not None:
            print(f"    {said.decision.reason or _('No rule fits: you approve it first.')}")
        for name, post in said.posts.items():
            _show_post(_(networks.get(name).label), post)
    if seen.newsletter:
        _show_newsletter(seen.newsletter)


def _show_post(label: str, post: Composed) -> None:
    count = _("%(length)s of %(limit)s") % {"length": post.length, "limit": post.limit}
    print(f"\n── {label} ({count})\n{post.text}")
    if post.link:
        print(_("[card: %(link)s]") % {"link": post.link})


def _show_newsletter(newsletter: dict[str, Any]) -> None:
    print(f"\n═══ {_('Newsletter')}\n{_('Subject')}: {newsletter['subject']}")
    for section in newsletter["sections"]:
        print(f"\n── {section['title']} ({len(section['entries'])})")
        for title in section["entries"]:
            print(f"   {title}")


def _entry(said: Said) -> dict[str, Any]:
    event, entry = event_of(said.entry), said.entry
    return {
        "title": entry.title,
        "link": entry.link,
        "published_at": entry.published_at,
        "image": entry.image_url,
        "event": {"starts_at": event.starts_at, "ends_at": event.ends_at, "place": event.place}
        if event
        else None,
        "question": str(merging.question_of(entry)),
        "rule": str(said.decision.reason) if said.decision else "",
        "posts": {
            name: {"text": post.text, "link": post.link, "length": post.length, "limit": post.limit}
            for name, post in said.posts.items()
        },
    }
