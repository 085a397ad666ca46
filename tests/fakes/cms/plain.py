"""RSS 2.0, RDF Site Summary, Atom and JSON Feed as a simple programme writes them."""

import json
from collections.abc import Sequence
from html import escape
from typing import Any
from xml.sax.saxutils import quoteattr

from tests.fakes.cms.content import HOME, NAME, Story
from tests.fakes.cms.writing import element, utc


def guid_of(story: Story, home: str) -> str:
    """What names the article for ever; "" for one without."""
    return f"{home}/id/{story.number}" if story.guid is None else story.guid


def link_of(story: Story, home: str) -> str:
    """Where it can be read."""
    return f"{home}/{story.slug}.html" if story.link is None else story.link


def rss(stories: Sequence[Story], home: str = HOME) -> bytes:
    """RSS 2.0."""
    items = "".join(
        f"<item>{element('title', one.title)}{element('link', link_of(one, home))}"
        f"{element('guid', guid_of(one, home), _NOT_A_LINK)}{element('pubDate', utc(one.published))}"
        f"{element('dc:creator', one.author)}{element('description', _markup(one))}</item>\n"
        for one in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel>{element('title', NAME)}{element('link', home)}<description/><language>nl</language>\n"
        f"{items}</channel></rss>"
    ).encode()


_NOT_A_LINK = 'isPermaLink="false"'


def rdf(stories: Sequence[Story], home: str = HOME) -> bytes:
    """RSS 1.0, whose items have their link (or guid) as rdf:about."""
    about = {one.number: quoteattr(guid_of(one, home) or link_of(one, home)) for one in stories}
    items = "".join(
        f"<item rdf:about={about[one.number]}>"
        f"{element('title', one.title)}{element('link', link_of(one, home))}"
        f"{element('dc:date', one.published.isoformat() if one.published else '')}"
        f"{element('dc:creator', one.author)}{element('description', _markup(one))}</item>\n"
        for one in stories
    )
    sequence = "".join(f"<rdf:li rdf:resource={about[one.number]}/>" for one in stories)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{home}/rss">{element("title", NAME)}{element("link", home)}<description/>'
        f"<dc:language>nl</dc:language><items><rdf:Seq>{sequence}</rdf:Seq></items></channel>\n{items}</rdf:RDF>"
    ).encode()


def atom(stories: Sequence[Story], home: str = HOME) -> bytes:
    """Atom 1.0 (RFC 4287)."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl">'
        f'{element("title", NAME)}<link href="{home}"/><id>{home}/</id>\n'
        f"{''.join(_entry(one, home) for one in stories)}</feed>"
    ).encode()


def _entry(one: Story, home: str) -> str:
    when = one.published.isoformat() if one.published else ""
    author = f"<author>{element('name', one.author)}</author>" if one.author else ""
    link = f'<link rel="alternate" type="text/html" href={quoteattr(link_of(one, home))}/>'
    return (
        f"<entry>{element('title', one.title)}{link if link_of(one, home) else ''}"
        f"{element('id', guid_of(one, home))}{element('published', when)}{element('updated', when)}{author}"
        + "".join(f"<category term={quoteattr(term)}/>" for term in one.categories)
        + f"{element('content', _markup(one), _HTML)}</entry>\n"
    )


_HTML = 'type="html"'


def json_feed(stories: Sequence[Story], home: str = HOME) -> bytes:
    """JSON Feed 1.1."""
    items = [_json(one, home) for one in stories]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": NAME, "home_page_url": home}
    return json.dumps(head | {"language": "nl", "items": items}).encode()


def _json(one: Story, home: str) -> dict[str, Any]:
    values = {
        "id": guid_of(one, home),
        "url": link_of(one, home),
        "title": one.title,
        "content_html": _markup(one),
        "image": one.image,
        "date_published": one.published.isoformat() if one.published else "",
        "authors": [{"name": one.author}] if one.author else [],
        "tags": list(one.categories),
    }
    return {name: value for name, value in values.items() if value}


def _markup(story: Story) -> str:
    image = f'<img src="{story.image}" alt="">' if story.image else ""
    return f"{image}<p>{escape(story.text, quote=False)}</p>"
