"""A website in memory, whose feed may change in any way between two looks.

Every article is told by its author's name, which no change touches and which no key is made of.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from outreach.core import clock
from outreach.core.http import Fetched
from tests.fakes.cms.content import HOME, Story, story
from tests.fakes.cms.systems import SYSTEMS, System

FEED = f"{HOME}/feed/"


@dataclass
class Site:
    """Its articles, newest first, of which the feed shows the first `length`.

    `damage` is what befalls the next answers, until it is taken away.
    """

    system: System
    stories: list[Story] = field(default_factory=list)
    length: int = 6
    home: str = HOME
    feed_url: str = FEED
    damage: Callable[[bytes], bytes] | None = None
    arranged: Callable[[list[Story]], list[Story]] = list
    number: int = 0
    seen: set[str] = field(default_factory=set)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def publish(self, title: str = "") -> Story:
        """A new article, on top."""
        one = replace(story(self.number, title), published=clock.now())
        self.number += 1
        self.system.name(one, self.home)
        self.stories.insert(0, one)
        return one

    def shown(self) -> list[Story]:
        """What the feed shows, in its order."""
        return self.arranged(self.stories[: self.length])

    def body(self) -> bytes:
        """The feed as it is now."""
        return self.system.write(self.shown(), self.home)

    def answer(self, url: str, **_: object) -> Fetched:
        """In place of `http.fetch`; every address of the site leads to the feed."""
        body = self.body()
        if self.damage is not None:
            body = self.damage(body)
        else:
            self.seen |= {one.author for one in self.shown()}
        moved = self.feed_url if url == FEED and self.feed_url != FEED else ""
        return Fetched(200, moved or url, {}, body, moved_to=moved)

    def mend(self) -> None:
        """The feed is whole again."""
        self.damage = None


def site(system: str, count: int = 9) -> Site:
    """A website with `count` articles, one a day until today."""
    made = Site(SYSTEMS[system])
    for number in range(count):
        with clock.frozen(clock.now() - timedelta(days=count - number)):
            made.publish()
    return made
