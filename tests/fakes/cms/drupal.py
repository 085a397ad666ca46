"""RSS 2.0 as a view of Drupal writes it (row plugin node_rss).

The guid is the number of the node and the site's address; the description is the node as the theme shows it,
with relative addresses; the date is when the node was made, also if it was published much later.
"""

from collections.abc import Sequence
from html import escape

from tests.fakes.cms.content import BRUSSELS, HOME, NAME, Story
from tests.fakes.cms.writing import element, local


def feed(stories: Sequence[Story], home: str = HOME) -> bytes:
    """The feed at /rss.xml, or at the path of a view."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0" xml:base="{home}/">\n  <channel>\n'
        f"    {element('title', NAME)}    {element('link', home + '/')}    <description/>\n"
        f"    <language>nl</language>\n    \n    {''.join(_item(story, home) for story in stories)}\n"
        "  </channel>\n</rss>\n"
    ).encode()


def _item(story: Story, home: str) -> str:
    link = f"{home}/nieuws/{story.slug}" if story.link is None else story.link
    guid = f"{story.number} at {home}" if story.guid is None else story.guid
    return (
        f"<item>\n  {element('title', story.title)}  {element('link', link)}"
        f"  {element('description', _node(story, home))}"
        f"  {element('pubDate', local(story.published, BRUSSELS))}"
        f"    {element('dc:creator', story.author)}    {element('guid', guid, _NOT_A_LINK)}    </item>\n"
    )


_NOT_A_LINK = 'isPermaLink="false"'


def _node(story: Story, home: str) -> str:
    """The fields of the node in the mode "RSS"."""
    image = story.image.removeprefix(home)
    shown = image and (
        '<div class="field field--name-field-image field--type-image field--label-hidden field__item">'
        f'  <img loading="lazy" src="{image}" width="1200" height="800" alt="" />\n</div>\n'
    )
    return (
        f'{shown}<div class="clearfix text-formatted field field--name-body field--type-text-with-summary '
        f'field--label-hidden field__item"><p>{escape(story.text, quote=False)}</p>\n</div>\n      '
    )
