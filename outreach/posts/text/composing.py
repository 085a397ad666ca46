"""The text of a post, from an entry or from staff, as one network takes it."""

import re
from dataclasses import dataclass, replace
from functools import partial

from django.utils import translation
from django.utils.translation import gettext

from outreach import networks
from outreach.core.measure import beyond, shorten
from outreach.core.templating import render
from outreach.feeds import downloads, events, tags
from outreach.feeds.models import Entry, Event
from outreach.networks.base import Network
from outreach.posts.models import Post
from outreach.posts.text import links, remarks, words
from outreach.posts.text.fitting import Frame, Words, fit

# Nobody reads more of a summary on any network, however much it takes.
LONGEST_SUMMARY = 600


@dataclass(frozen=True)
class Composed:
    """A post for one network. `link` is filled only where the network shows it as a card."""

    text: str
    link: str
    length: int
    limit: int
    beyond: str = ""  # the end of staff's words that has no room

    @property
    def fits(self) -> bool:
        """Whether the network takes it."""
        return self.length <= self.limit


def compose(
    network_name: str,
    entry: Entry,
    event: Event | None = None,
    *,
    tag: str = "",
    language: str = "",
    kind: str = Post.Kind.ENTRY,
    remind_days: int = 0,
    with_link: bool = True,
) -> Composed:
    """The post of `entry`, fitted to the network; the link is whole and carries `tag`. Nothing is stored.

    `kind` is the post's: a reminder (`remind_days` before the event), a new date or a cancellation says so.
    """
    network = networks.get(network_name)
    link = links.tagged(links.usable(entry.link), tag) if with_link else ""
    language = language or entry.language
    layout = partial(_laid_out, network, "" if network.link_is_card else link, language)
    frame = Frame(layout, network.measure, network.limits.text)
    event = event or events.event_of(entry)
    said = _words_of(entry, event, language)
    with translation.override(language):
        heading = _heading(kind, remind_days, event)
    text = fit(replace(said, title=_headed(said.title, heading)), frame)
    return _composed(network, text, link if network.link_is_card else "")


def beside_a_picture(network_name: str, made: Composed) -> Composed:
    """The same with its link in the text: a post with a picture has no card."""
    if not made.link:
        return made
    network, text = networks.get(network_name), f"{made.text}\n\n{made.link}".strip()
    return _composed(network, text, "")


def compose_staff(
    network_name: str, text: str, link: str, tag: str = "", *, picture: bool = False
) -> Composed:
    """Staff's own words with their link, never shortened: look at `fits`.

    A post with a picture has no card, so there the link stands in the text of every network.
    """
    network = networks.get(network_name)
    text, link = words.tidy(text), links.usable(link)
    as_card = network.link_is_card and not picture
    if link and text.endswith(link):
        text = text.removesuffix(link).rstrip()
    link = links.tagged(link, tag)

    def whole(words: str) -> str:
        return words if as_card else "\n\n".join(part for part in (words, link) if part)

    made = _composed(network, whole(text), link if as_card else "")
    return replace(made, beyond=beyond(text, made.limit, lambda start: network.measure(whole(start))))


def _composed(network: Network, text: str, link: str) -> Composed:
    return Composed(text, link, network.measure(text), network.limits.text)


def _words_of(entry: Entry, event: Event | None, language: str) -> Words:
    title, summary = words.said(downloads.titled(entry)), words.said(entry.summary)
    if words.is_address(title):
        title = ""
    summary = "" if words.is_address(summary) else words.without(title, summary)
    with translation.override(language):
        date = events.spoken(event) if event else ""
        place = words.one_line(events.where(event)) if event else ""
    return Words(
        title=title,
        summary=shorten(summary, LONGEST_SUMMARY, len),
        event=date,
        place=place,
        hashtags=words.hashtags(tags.of(entry)),
    )


def _heading(kind: str, days: int, event: Event | None) -> str:
    """What stands before the title, true whenever it is read: "tomorrow" would be wrong the day after.

    The two reminders differ, because networks refuse a post that is there already.
    """
    if kind == Post.Kind.REMINDER:
        return gettext("Last reminder") if days == 1 else gettext("Reminder")
    if kind == Post.Kind.MOVED:
        return gettext("New date")
    if kind == Post.Kind.OFF:
        return events.word(event) if event else ""
    if kind == Post.Kind.RESHARE:
        return gettext("Worth reading again")
    return ""


def _headed(title: str, heading: str) -> str:
    """ "Cancelled: Study day"; a site that puts the word there itself is not repeated.

    It says so with a word that stands apart: "Reminder of the war" is what the evening is about.
    """
    said = re.search(rf"\b{re.escape(heading)}\b(?!\s+\w)", title, re.IGNORECASE)
    return title if not heading or said else f"{heading}: {title}"


def _laid_out(network: Network, link: str, language: str, said: Words) -> str:
    text = render(f"posts/{network.template}.txt", {**vars(said), "link": link}, language)
    return remarks.eased(network, words.tidy(text))
