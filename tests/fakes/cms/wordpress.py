"""RSS 2.0 as WordPress writes it (wp-includes/feed-rss2.php).

The guid is the address by number, made when the article was, and never changed; dates are in UTC; titles hold
typographic entities; the excerpt ends in an ellipsis in brackets.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape

from tests.fakes.cms.content import HOME, NAME, Story
from tests.fakes.cms.writing import cdata, element, utc

_SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
}


def feed(stories: Sequence[Story], home: str = HOME, *, excerpts: bool = False) -> bytes:
    """The feed at /feed/; `excerpts`: without the whole text (a setting of the site)."""
    items = "".join(item(story, home, excerpts=excerpts) for story in stories)
    return channel(NAME, home, "/feed/", items, newest(stories)).encode()


def channel(title: str, home: str, path: str, items: str, built: datetime | None) -> str:
    """The feed around its `items`."""
    spaces = "".join(f'\n\txmlns:{name}="{uri}"' for name, uri in _SPACES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"{spaces}\n\t>\n\n<channel>\n'
        f"\t<title>{typographic(title)}</title>\n"
        f'\t<atom:link href="{home}{path}" rel="self" type="application/rss+xml" />\n'
        f"\t<link>{home}</link>\n\t<description>Sterke leraren voor jonge kinderen</description>\n"
        f"\t{element('lastBuildDate', utc(built))}\t<language>nl-BE</language>\n"
        "\t<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>\n\t<sy:updateFrequency>\n\t1\t</sy:updateFrequency>\n"
        f"\t<generator>https://wordpress.org/?v=6.9</generator>\n\n"
        f"<image>\n\t<url>{home}/wp-content/uploads/cropped-logo-32x32.png</url>\n\t<title>{typographic(title)}"
        f"</title>\n\t<link>{home}</link>\n\t<width>32</width>\n\t<height>32</height>\n</image> \n"
        f"{items}</channel>\n</rss>\n"
    )


def item(
    story: Story,
    home: str,
    *,
    guid: Callable[[Story, str], str] = lambda story, home: f"{home}/?p={story.number}",
    folder: str = "",
    excerpts: bool = False,
) -> str:
    """One article."""
    link = f"{home}/{folder}{story.slug}/" if story.link is None else story.link
    image = f'<img src="{story.image}" alt="" class="wp-post-image" />' if story.image else ""
    whole = "" if excerpts else f"\n{image}<p>{escape(story.text, quote=False)}</p>\n\n\n\n{_MORE}"
    return (
        "\t<item>\n"
        f"\t\t<title>{typographic(story.title)}</title>\n"
        f"\t\t{element('link', link)}\t\t{element('comments', link and link + '#respond')}"
        f"\t\t{cdata('dc:creator', story.author)}\t\t{element('pubDate', utc(story.published))}"
        + "".join(f"\t\t{cdata('category', one)}" for one in story.categories)
        + f"\t\t{element('guid', guid(story, home) if story.guid is None else story.guid, _NOT_A_LINK)}"
        f"\t\t{cdata('description', _excerpt(story.text))}\t\t{cdata('content:encoded', whole)}"
        f"\t\t{element('wfw:commentRss', link and link + 'feed/')}\t\t<slash:comments>0</slash:comments>\n"
        "\t\t\n\t\t\n\t\t\t</item>\n"
    )


_NOT_A_LINK = 'isPermaLink="false"'
_MORE = "<p>Lees ook onze andere verhalen.</p>\n"


def newest(stories: Sequence[Story]) -> datetime | None:
    """The latest date of `stories`."""
    return max((story.published for story in stories if story.published), default=None)


def typographic(text: str) -> str:
    """As the filter wptexturize leaves a title: curly quotes and dashes, as numeric entities."""
    text = escape(text, quote=False).replace("&amp;", "&#038;")
    for plain, number in (("–", 8211), ("'", 8217), ("…", 8230)):
        text = text.replace(plain, f"&#{number};")
    return text


def _excerpt(text: str) -> str:
    """The first 55 words."""
    words = escape(text, quote=False).split()
    cut = " ".join(words[:55]) + (" [&#8230;]" if len(words) > 55 else "")
    return f"<p>{cut}</p>\n"
