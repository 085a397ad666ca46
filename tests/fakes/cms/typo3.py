"""RSS 2.0 as the extension "news" of TYPO3 writes it (Resources/Private/Templates/News/List.xml).

The guid is "news-" and a number; the picture is an enclosure; a news of the extension "eventnews" may carry
mod_event's elements, if the site's template adds them.
"""

from collections.abc import Sequence
from html import escape

from tests.fakes.cms.content import BRUSSELS, HOME, NAME, Meeting, Story
from tests.fakes.cms.wordpress import newest
from tests.fakes.cms.writing import cdata, element, local


def feed(stories: Sequence[Story], home: str = HOME) -> bytes:
    """The feed at /?type=9818."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:ev="http://purl.org/rss/1.0/modules/event/" xmlns:atom="http://www.w3.org/2005/Atom">\n'
        "<channel>\n"
        f"{element('title', NAME)}<link>{home}/</link>\n<description></description>\n"
        "<language>nl-BE</language>\n"
        f"{element('copyright', NAME)}{element('pubDate', local(newest(stories), BRUSSELS))}"
        f'<atom:link href="{home}/?type=9818" rel="self" type="application/rss+xml" />\n'
        "<generator>TYPO3 EXT:news</generator>\n"
        f"{''.join(_item(story, home) for story in stories)}</channel>\n</rss>\n"
    ).encode()


def _item(story: Story, home: str) -> str:
    link = f"{home}/nieuws/detail/{story.slug}" if story.link is None else story.link
    guid = f"news-{story.number}" if story.guid is None else story.guid
    return (
        f"<item>\n{element('guid', guid, _NOT_A_LINK)}{element('pubDate', local(story.published, BRUSSELS))}"
        f"{element('title', story.title)}{element('link', link)}"
        f"<description>{escape(story.text, quote=False)}</description>\n"
        f"{cdata('content:encoded', f'<p>{escape(story.text, quote=False)}</p>')}"
        + "".join(element("category", term) for term in story.categories)
        + (f'<enclosure url="{story.image}" length="81234" type="image/jpeg"/>\n' if story.image else "")
        + element("author", story.author)
        + (_event(story) if isinstance(story, Meeting) else "")
        + "</item>\n"
    )


_NOT_A_LINK = 'isPermaLink="false"'


def _event(one: Meeting) -> str:
    starts = f"{one.starts:%Y-%m-%d}" if one.all_day else one.starts.isoformat()
    ends = "" if one.all_day else one.ends.isoformat()
    place = f"{one.place}, {one.town}"
    return element("ev:startdate", starts) + element("ev:enddate", ends) + element("ev:location", place)
