"""The kinds of change that a feed may undergo between two looks, by name."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from outreach.core import clock
from outreach.core.http import FetchError
from outreach.core.sentences import say
from tests.fakes.changing_site import Site
from tests.fakes.cms.content import Story
from tests.fakes.cms.systems import SYSTEMS

_CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
_ERROR = b"<html><body><h1>Er ging iets mis</h1><p>Probeer later opnieuw.</p></body></html>"

Change = Callable[[Site], None]


def _each(change: Callable[[Site, Story], None]) -> Change:
    """The change to every article."""

    def all_of_them(site: Site) -> None:
        for one in site.stories:
            change(site, one)

    return all_of_them


def _one(change: Callable[[Site, Story], None]) -> Change:
    """The change to one article that is shown."""
    return lambda site: change(site, site.chance.choice(site.shown())) if site.shown() else None


def _swap(old: str, new: str, *, guids: bool = True) -> Change:
    """In every address of the site; the other way round when it was done before."""

    def swap(site: Site) -> None:
        before, after = (old, new) if old in site.home else (new, old)
        site.home = site.home.replace(before, after)
        for one in site.stories:
            one.link = (one.link or "").replace(before, after)
            one.guid = (one.guid or "").replace(before, after) if guids else one.guid

    return swap


def _other_guid(site: Site, one: Story) -> None:
    host = urlsplit(site.home).hostname
    one.guid = f"tag:{host},2026:{site.chance.randrange(10**9)}"


def _other_folder(site: Site, one: Story) -> None:
    last = (one.link or "").rstrip("/").rpartition("/")[2]
    one.link = f"{site.home}/actueel/{site.chance.randrange(1000)}/{last}"


def _other_slug(site: Site, one: Story) -> None:
    slug = f"{one.slug}-{site.chance.randrange(1000)}"
    _readdress(one, (one.link or "").replace(one.slug, slug))
    one.slug = slug


def _rename(site: Site, one: Story) -> None:
    """Another title, of which the address is made."""
    one.title = f"{one.title} (vernieuwd)"
    _other_slug(site, one)


def _in_a_folder(site: Site, one: Story) -> None:
    """The site speaks two languages from now on: every address begins with one."""
    _readdress(one, (one.link or "").replace(f"{site.home}/", f"{site.home}/nl/", 1))


def _other_spelling(site: Site, one: Story) -> None:
    """Another way to write the very same address."""
    _readdress(one, (one.link or "").replace("e", "%65"))


def _through_a_counter(site: Site, one: Story) -> None:
    one.link = f"https://klik.example/{site.chance.randrange(10**6)}"


def _readdress(one: Story, link: str) -> None:
    """At `link` from now on; so is its guid, if that was its address."""
    one.guid = link if one.guid == one.link else one.guid
    one.link = link


def _padded(site: Site, one: Story) -> None:
    one.guid = f"\n  {one.guid}\t"


def _guid_is_link(site: Site, one: Story) -> None:
    one.guid = one.link


def _garbled(site: Site, one: Story) -> None:
    """UTF-8 that was read as Latin 1, and written as UTF-8 again."""
    one.title = one.title.encode().decode("latin-1")


def _other_slug_and_number(site: Site, one: Story) -> None:
    one.number += 50_000
    one.slug = f"{one.slug}-{site.chance.randrange(1000)}"
    site.system.name(one, site.home)


def _other_system(name: str, *, guids: bool) -> Change:
    def change(site: Site) -> None:
        site.system = SYSTEMS[name]
        for one in site.stories:
            link = one.link
            if guids:
                site.system.name(one, site.home)
            one.link = link

    return change


def _later(**time: float) -> Callable[[Site, Story], None]:
    def redate(site: Site, one: Story) -> None:
        one.published = one.published + timedelta(**time) if one.published else None

    return redate


def _dated_now(site: Site, one: Story) -> None:
    one.published = clock.now()


def _bump(site: Site, one: Story) -> None:
    one.published = clock.now()
    site.stories.remove(one)
    site.stories.insert(0, one)


def _set(**values: object) -> Callable[[Site, Story], None]:
    def change(site: Site, one: Story) -> None:
        for name, value in values.items():
            setattr(one, name, value)

    return change


def _retitle(site: Site, one: Story) -> None:
    one.title = f"Vernieuwd: {one.title}"


def _typo(site: Site, one: Story) -> None:
    one.text = one.text.replace("onze", "ónze") if "onze" in one.text else one.text.replace("ónze", "onze")


def _track(site: Site, one: Story) -> None:
    link = (one.link or "").partition("?")[0]
    one.link = f"{link}?utm_source=feed&utm_campaign={site.chance.randrange(1000)}"


def _slash(site: Site, one: Story) -> None:
    link = one.link or ""
    one.link = link.rstrip("/") if link.endswith("/") else f"{link}/"


def _query(site: Site, one: Story) -> None:
    link, _, query = (one.link or "").partition("?")
    one.link = f"{link}?{'&'.join(reversed(query.split('&')))}" if query else link


def _image(site: Site, one: Story) -> None:
    one.image = f"https://cdn.example/{site.chance.randrange(1000)}/{one.number}.webp"


def _short(site: Site, one: Story) -> None:
    one.text = one.text.partition(".")[0] + "."


def _escape(site: Site, one: Story) -> None:
    one.title, one.text = one.title.replace("&", "&amp;"), one.text.replace("&", "&amp;")


def _shuffled(site: Site) -> None:
    site.arranged = lambda shown: random.Random(site.number).sample(shown, len(shown))


def _ascending(site: Site) -> None:
    site.arranged = lambda shown: shown[::-1]


def _pinned(site: Site) -> None:
    site.arranged = lambda shown: [*shown[-1:], *shown[:-1]]


def _twice(site: Site) -> None:
    site.arranged = lambda shown: [copy for one in shown for copy in (one, one)]


def _length(length: int) -> Change:
    return lambda site: setattr(site, "length", length)


def _delete(site: Site) -> None:
    if len(site.shown()) > 1:
        site.stories.remove(site.shown()[0])


def _republish(site: Site, one: Story) -> None:
    """Taken off and put back by hand: another number, the same address, the date of today."""
    one.number = 60_000 + site.chance.randrange(1000)
    link, old = one.link, one.guid
    site.system.name(one, site.home)
    one.guid, one.link = old if old == link else one.guid, link
    _bump(site, one)


def _damage(damage: Callable[[bytes], bytes]) -> Change:
    return lambda site: setattr(site, "damage", damage)


def _cut(body: bytes) -> bytes:
    return body[: int(len(body) * 0.6)]


def _trouble(body: bytes) -> bytes:
    raise FetchError(say("trouble"), status=503)


def _instead(site: Site, stories: Sequence[Story]) -> None:
    body = site.system.write(stories, site.home)
    site.damage = lambda _: body


def _stale(site: Site) -> None:
    """A cache gives what the feed was before its newest article."""
    _instead(site, site.arranged(site.stories[1 : site.length + 1]))


def _empty(site: Site) -> None:
    _instead(site, [])


def _archive(site: Site) -> None:
    """By mistake it shows what is older than all that it showed before."""
    _instead(site, site.stories[-3:])


@dataclass(frozen=True)
class _Encoded:
    """A way to write a feed, in another encoding."""

    write: Callable[[Sequence[Story], str], bytes]
    name: str

    def __call__(self, stories: Sequence[Story], home: str) -> bytes:
        text = self.write(stories, home).decode()
        if text.startswith("{"):  # JSON is UTF-8
            return text.encode()
        declared = text.replace("utf-8", self.name, 1).replace("UTF-8", self.name, 1)
        return declared.encode(self.name, errors="xmlcharrefreplace")


def _encoded(name: str) -> Change:
    def change(site: Site) -> None:
        write = site.system.write
        plain = write.write if isinstance(write, _Encoded) else write
        site.system = replace(site.system, write=_Encoded(plain, name))

    return change


def _feed_moves(site: Site) -> None:
    site.feed_url = f"{site.home}/rss/"


def _old_date(site: Site) -> None:
    site.publish().published = clock.now() - timedelta(days=700)


def _future_date(site: Site) -> None:
    site.publish().published = clock.now() + timedelta(days=20)


def _again_title(site: Site) -> None:
    site.publish(site.stories[2].title)


def _used_number(site: Site) -> None:
    """The system was installed anew and counts from one again: the new article has an old one's guid."""
    old, new = site.stories[2], site.publish()
    new.number, new.guid = old.number, new.link if new.guid == new.link else old.guid


def _two(site: Site) -> None:
    site.publish()
    site.publish()


def _undated(site: Site) -> None:
    site.publish().published = None


def _nothing(site: Site) -> None:
    pass


DAMAGES: dict[str, Change] = {
    "cut off in the middle": _damage(_cut),
    "empty answer": _damage(lambda _: b""),
    "feed without articles": _empty,
    "error page": _damage(lambda _: _ERROR),
    "challenge page": _damage(lambda _: _CHALLENGE),
    "server trouble": _damage(_trouble),
    "old copy from a cache": _stale,
    "only its archive": _archive,
}
NEWS: dict[str, Change] = {
    "two new": _two,
    "new with an old date": _old_date,
    "new with a future date": _future_date,
    "new without a date": _undated,
    "new with the number of an old one": _used_number,
    "new with the title of an old one": _again_title,
}
CHANGES: dict[str, Change] = {
    "nothing": _nothing,
    "http and https": _swap("https://", "http://"),
    "http and https, guids stay": _swap("https://", "http://", guids=False),
    "with and without www": _swap("://kleuter", "://www.kleuter"),
    "another domain": _swap("kleuterkracht.example", "nieuwekracht.example"),
    "another domain, guids stay": _swap("kleuterkracht.example", "nieuwekracht.example", guids=False),
    "all guids": _each(_other_guid),
    "all links": _each(_other_folder),
    "one slug": _one(_other_slug),
    "one title and slug": _one(_rename),
    "a folder before all addresses": _each(_in_a_folder),
    "another spelling of all addresses": _each(_other_spelling),
    "links through a counter": _each(_through_a_counter),
    "all numbers and slugs": _each(_other_slug_and_number),
    "spaces around the guids": _each(_padded),
    "guids are links": _each(_guid_is_link),
    "another system (Drupal), same links": _other_system("drupal", guids=True),
    "another system (WordPress), same links": _other_system("wordpress", guids=True),
    "another format (Atom)": _other_system("atom", guids=False),
    "another format (RDF)": _other_system("rdf", guids=False),
    "another format (JSON Feed)": _other_system("json", guids=False),
    "all dates": _each(_later(days=30)),
    "dates in another zone": _each(_later(hours=-2)),
    "dates of today": _each(_dated_now),
    "dates lost": _each(_set(published=None)),
    "one bumped": _one(_bump),
    "another order": _shuffled,
    "oldest first": _ascending,
    "one kept on top": _pinned,
    "one title": _one(_retitle),
    "all titles": _each(_retitle),
    "all titles garbled": _each(_garbled),
    "corrections in the text": _each(_typo),
    "tracking parameters": _each(_track),
    "slash at the end": _each(_slash),
    "order of the query": _each(_query),
    "one guid for all": _each(_set(guid="https://kleuterkracht.example/")),
    "guids left out": _each(_set(guid="")),
    "each article twice": _twice,
    "fewer articles": _length(3),
    "more articles": _length(20),
    "newest deleted": _delete,
    "one published anew": _one(_republish),
    "categories": _each(_set(categories=("Nieuws", "In de kijker"))),
    "pictures": _each(_image),
    "encoding (Latin 1)": _encoded("iso-8859-1"),
    "encoding (UTF-16)": _encoded("utf-16"),
    "summary for the whole text": _each(_short),
    "escaped twice": _each(_escape),
    "address of the feed": _feed_moves,
}
