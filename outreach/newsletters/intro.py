"""What staff write above the articles: Markdown, as clean HTML."""

import nh3
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("linkify", ignoreInvalid=True)


def html(markdown: str) -> str:
    """`markdown` (CommonMark; no HTML in it) as HTML with http, https and mailto links only."""
    return nh3.clean(
        _MARKDOWN.render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    ).strip()
