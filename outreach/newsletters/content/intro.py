"""What staff write above the articles: Markdown, as clean HTML."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote"}


def html(markdown: str) -> str:
    """`markdown` (CommonMark; no HTML in it) as HTML with http, https and mailto links only."""
    if not markdown.strip():
        return ""
    import nh3

    return nh3.clean(
        _markdown().render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    ).strip()


@lru_cache(maxsize=1)
def _markdown() -> "MarkdownIt":
    """Made when an issue has an introduction: many never have one, and it costs 2 MB."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("linkify", ignoreInvalid=True)
