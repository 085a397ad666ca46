"""RSS 2.0 as Joomla writes it (libraries/src/Document/Renderer/Feed/RssRenderer.php).

The guid is the link; the author is a mail address with a name behind it; one category, the article's own.
"""

from collections.abc import Sequence
from html import escape

from tests.fakes.cms.content import BRUSSELS, HOME, NAME, Story
from tests.fakes.cms.wordpress import newest
from tests.fakes.cms.writing import cdata, element, local


def feed(stories: Sequence[Story], home: str = HOME) -> bytes:
    """The feed at /index.php/nieuws?format=feed&type=rss."""
    own = f"{home}/index.php/nieuws?format=feed&amp;type=rss"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<!-- generator="Joomla! - Open Source Content Management" -->\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">\n\t<channel>\n'
        f"\t\t{element('title', f'Nieuws - {NAME}')}\t\t<description><![CDATA[]]></description>\n"
        f"\t\t<link>{home}/index.php/nieuws</link>\n"
        f"\t\t{element('lastBuildDate', local(newest(stories), BRUSSELS))}"
        "\t\t<generator>Joomla! - Open Source Content Management</generator>\n"
        f'\t\t<atom:link rel="self" type="application/rss+xml" href="{own}"/>\n'
        "\t\t<language>nl-be</language>\n"
        f"{''.join(_item(story, home) for story in stories)}\t</channel>\n</rss>\n"
    ).encode()


def _item(story: Story, home: str) -> str:
    link = f"{home}/index.php/nieuws/{story.number}-{story.slug}" if story.link is None else story.link
    guid = link if story.guid is None else story.guid
    image = f'<p><img src="{story.image}" alt="" /></p>' if story.image else ""
    author = f"redactie@kleuterkracht.example ({story.author})"
    return (
        f"\t\t<item>\n\t\t\t{element('title', story.title)}\t\t\t{element('link', link)}"
        f"\t\t\t{element('guid', guid, _PERMALINK if guid == link else _NOT_A_LINK)}"
        f"\t\t\t{cdata('description', f'{image}<p>{escape(story.text, quote=False)}</p>')}"
        f"\t\t\t{element('author', author if story.author else '')}"
        f"\t\t\t{element('category', story.categories[0] if story.categories else 'Nieuws')}"
        f"\t\t\t{element('pubDate', local(story.published, BRUSSELS))}\t\t</item>\n"
    )


_PERMALINK, _NOT_A_LINK = 'isPermaLink="true"', 'isPermaLink="false"'
