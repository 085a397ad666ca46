"""Feeds as the content management systems of the first users write them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr


@dataclass
class Article:
    """One article of the fake website. Change its attributes to edit it."""

    number: int
    title: str
    summary: str
    link: str
    guid: str
    published: datetime | None
    content: str = ""
    image: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()
    starts: str = ""
    ends: str = ""
    place: str = ""
    extra: str = field(default="", repr=False)


def wordpress(title: str, home: str, articles: list[Article]) -> str:
    """RSS 2.0 in the manner of WordPress."""
    items = "".join(_wordpress_item(a) for a in articles)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:ev="http://purl.org/rss/1.0/modules/event/"'
        ' xmlns:media="http://search.yahoo.com/mrss/">\n'
        f"<channel>\n\t<title>{escape(title)}</title>\n\t<link>{escape(home)}</link>\n"
        f"\t<description>Nieuws</description>\n\t<language>nl-BE</language>\n{items}</channel>\n</rss>\n"
    )


def _wordpress_item(a: Article) -> str:
    when = f"\t\t<pubDate>{format_datetime(a.published.astimezone(UTC))}</pubDate>\n" if a.published else ""
    guid = f'\t\t<guid isPermaLink="false">{escape(a.guid)}</guid>\n' if a.guid else ""
    content = f"\t\t<content:encoded><![CDATA[{a.content}]]></content:encoded>\n" if a.content else ""
    author = f"\t\t<dc:creator><![CDATA[{a.author}]]></dc:creator>\n" if a.author else ""
    return (
        f"\t<item>\n\t\t<title>{escape(a.title)}</title>\n\t\t<link>{escape(a.link)}</link>\n{author}{when}"
        + "".join(f"\t\t<category><![CDATA[{c}]]></category>\n" for c in a.categories)
        + f"{guid}\t\t<description><![CDATA[{a.summary}]]></description>\n{content}"
        + _event(a)
        + (f'\t\t<media:content url={quoteattr(a.image)} medium="image"/>\n' if a.image else "")
        + f"{a.extra}\t</item>\n"
    )


def _event(a: Article) -> str:
    parts = (("startdate", a.starts), ("enddate", a.ends), ("location", a.place))
    return "".join(f"\t\t<ev:{name}>{escape(value)}</ev:{name}>\n" for name, value in parts if value)


def drupal(title: str, home: str, articles: list[Article]) -> str:
    """RSS 2.0 in the manner of a Drupal view: guid "N at host", links in the text relative."""
    items = "".join(
        f"  <item>\n    <title>{escape(a.title)}</title>\n    <link>{escape(a.link)}</link>\n"
        f"    <description>{escape(f'<div><p>{a.summary}</p></div>')}</description>\n"
        + (f"    <pubDate>{format_datetime(a.published)}</pubDate>\n" if a.published else "")
        + f'    <guid isPermaLink="false">{a.number} at {escape(home)}</guid>\n  </item>\n'
        for a in articles
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xml:base={quoteattr(home)}>\n'
        f"  <channel>\n    <title>{escape(title)}</title>\n    <link>{escape(home)}</link>\n"
        f"    <description/>\n    <language>nl</language>\n{items}  </channel>\n</rss>\n"
    )


def atom(title: str, home: str, articles: list[Article]) -> str:
    """Atom 1.0."""
    entries = "".join(
        f"<entry><title>{escape(a.title)}</title><link href={quoteattr(a.link)}/><id>{escape(a.guid)}</id>"
        + (
            f"<published>{a.published.isoformat()}</published><updated>{a.published.isoformat()}</updated>"
            if a.published
            else ""
        )
        + f'<summary type="html">{escape(a.summary)}</summary></entry>\n'
        for a in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl">'
        f"<title>{escape(title)}</title><link href={quoteattr(home)}/><id>{escape(home)}</id>\n"
        f"{entries}</feed>\n"
    )


FLAVOURS = {"wordpress": wordpress, "drupal": drupal, "atom": atom}
