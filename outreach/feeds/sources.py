"""Adding a source: a wrong address is refused at once, with what came back instead."""

import contextlib
import re
from dataclasses import replace

from django.conf import settings
from django.db import IntegrityError, transaction

from outreach.core import clock, http
from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import N_, Sentence, say, say_many
from outreach.feeds import discovering, polling, storing
from outreach.feeds.discovering import Offer
from outreach.feeds.entries import known_language
from outreach.feeds.identity import normal_url, site_of
from outreach.feeds.models import Source
from outreach.feeds.parsing import Feed, FeedError, parse

_LONGEST = 1000  # of the column
_MAIL_ADDRESS = re.compile(r"[^\s/@:]+@[^\s/@:]+\.[^\s/@:]+")


def add_source(
    url: str,
    *,
    name: str = "",
    mode: str = Source.Mode.REVIEW,
    language: str = "",
    cooling_minutes: int = 10,
) -> Source:
    """Watch the feed at `url` from now on. What it shows already is stored as seen and is not posted.

    Raises BadInput naming the field: an address that gives no feed, or one that is watched already.
    """
    _check(mode, language, cooling_minutes)
    url, answer, feed = _first_look(url.strip())
    source = Source(
        name=(name.strip() or feed.title or site_of(url))[:200],
        url=url,
        site=site_of(url),
        language=language or _language_of(feed),
        mode=mode,
        cooling_minutes=cooling_minutes,
    )
    try:
        with transaction.atomic():
            source.save()
            outcome = storing.store(source, feed, clock.now())
            polling.remember(source, answer, feed, clock.now())
            source.save()
            record(source, _welcome(len(outcome.seen), mode))
    except IntegrityError:
        raise _watched_already(url) from None
    return source


def _check(mode: str, language: str, cooling_minutes: int) -> None:
    if mode not in Source.Mode.values:
        raise BadInput(say(N_("The mode is “%(mode)s”; use automatic or review."), mode=mode), field="mode")
    if language and language not in dict(settings.LANGUAGES):
        raise BadInput(
            say(N_("The language is “%(language)s”; use nl, fr or en."), language=language), field="language"
        )
    if not 0 <= cooling_minutes <= 7 * 24 * 60:
        raise BadInput(say(N_("The cooling time must be 0 to 10080 minutes.")), field="cooling_minutes")


def _is_watched(url: str) -> bool:
    """Also under another spelling of the same address: with www, without https, with a slash."""
    http.check(url)
    return any(normal_url(known) == normal_url(url) for known in Source.objects.values_list("url", flat=True))


def _watched_already(url: str) -> BadInput:
    return BadInput(say(N_("%(url)s is watched already."), url=url), field="url")


def _first_look(typed: str) -> tuple[str, http.Fetched, Feed]:
    """What is at the address that somebody typed, and its full spelling."""
    if _MAIL_ADDRESS.fullmatch(typed):
        words = N_("This is a mail address. Give the address of the website, such as www.%(host)s.")
        raise BadInput(say(words, host=typed.rpartition("@")[2]), field="url")
    url = discovering.with_scheme(typed)
    try:
        return url, *_look(url)
    except Unreachable:
        if url == typed:
            raise
        # Old servers have no https, and what was typed did not ask for it.
        plain = url.replace("https://", "http://", 1)
        with contextlib.suppress(Unreachable):
            return plain, *_look(plain)
        raise


def _look(url: str) -> tuple[http.Fetched, Feed]:
    if not url:
        raise BadInput(say(N_("Give the address of the feed.")), field="url")
    if len(url) > _LONGEST:
        raise BadInput(say(N_("The address is too long.")), field="url")
    try:
        if _is_watched(url):
            raise _watched_already(url)
        answer = http.fetch(url)
        return answer, parse(answer.body, answer.headers, answer.url)
    except FeedError as error:
        raise _not_a_feed(answer.url, error) from None
    except http.FetchError as error:
        raise Unreachable(error.sentence, field="url") from None


class Unreachable(BadInput):
    """Nothing answers at the address, or it must not be asked."""


class NotAFeed(BadInput):
    """The address is a page. `offers` are the feeds and calendars of its website."""

    def __init__(self, sentence: Sentence, offers: list[Offer]) -> None:
        super().__init__(sentence, field="url")
        self.offers = offers


def _not_a_feed(page: str, error: FeedError) -> BadInput:
    if not error.is_page:
        return BadInput(error.sentence, field="url")
    offers = [replace(one, watched=_is_watched(one.url)) for one in discovering.offers(page, error.feeds)]
    if not offers:
        words = N_(
            "This address is a web page, and no feed or calendar of its website was found. "
            "Ask whoever makes the website for the address of its RSS feed."
        )
        return BadInput(say(words), field="url")
    words = N_("This address is a web page. Its website has these feeds: %(feeds)s")
    return NotAFeed(say(words, feeds=", ".join(offer.url for offer in offers)), offers)


def _language_of(feed: Feed) -> str:
    return known_language(feed.language) or settings.LANGUAGE_CODE


def _welcome(count: int, mode: str) -> Sentence:
    automatic = mode == Source.Mode.AUTOMATIC
    # On its own: a call within a call would hide the plural from who collects the sentences.
    new = say(N_("New ones are posted without review.") if automatic else N_("New ones wait for approval."))
    return say_many(
        "The source was added. It shows %(count)s article, which is not posted. %(new)s",
        "The source was added. It shows %(count)s articles, which are not posted. %(new)s",
        count,
        new=new,
    )
