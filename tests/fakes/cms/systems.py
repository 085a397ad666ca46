"""The systems by name: how each writes a feed, and what it calls an article."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.fakes.cms import drupal, joomla, plain, typo3, wordpress
from tests.fakes.cms.content import Story


@dataclass(frozen=True)
class System:
    """`write(stories, home)`; `guid` and `link` are what it makes of {home}, {n} and {slug}."""

    write: Callable[[Sequence[Story], str], bytes]
    guid: str
    link: str

    def name(self, story: Story, home: str) -> None:
        """Give `story` the guid and link that it has from now on."""
        values = {"home": home, "n": story.number, "slug": story.slug}
        story.guid, story.link = self.guid.format(**values), self.link.format(**values)


_PLAIN = ("{home}/id/{n}", "{home}/{slug}.html")
SYSTEMS = {
    "wordpress": System(wordpress.feed, "{home}/?p={n}", "{home}/{slug}/"),
    "drupal": System(drupal.feed, "{n} at {home}", "{home}/nieuws/{slug}"),
    "joomla": System(joomla.feed, "{home}/index.php/nieuws/{n}-{slug}", "{home}/index.php/nieuws/{n}-{slug}"),
    "typo3": System(typo3.feed, "news-{n}", "{home}/nieuws/detail/{slug}"),
    "rss": System(plain.rss, *_PLAIN),
    "rdf": System(plain.rdf, *_PLAIN),
    "atom": System(plain.atom, *_PLAIN),
    "json": System(plain.json_feed, *_PLAIN),
}
