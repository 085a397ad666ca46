"""What staff write above the articles: Markdown, as clean HTML."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from outreach.core.models import Organisation

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote"}


def html(markdown: str) -> str:
    """`markdown` (CommonMark; no HTML in it) as HTML with http, https and mailto links only.

    A link without a host ("/agenda") is one of the organisation's website; where that is not known, only its
    words are left.
    """
    if not markdown.strip():
        return ""
    import nh3

    cleaned = nh3.clean(
        _markdown().render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=lambda tag, name, value: _whole(value),
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    ).strip()
    return re.sub(r"<a>(.*?)</a>", r"\1", cleaned, flags=re.DOTALL)


def _whole(href: str) -> str | None:
    """`href` as it can be followed from a mailbox, where no page is around it; None when it cannot."""
    try:
        if urlsplit(href).scheme:
            return href
        whole = urljoin(Organisation.get().site_url or "https:", href)
        return whole if urlsplit(whole).hostname else None
    except ValueError:  # such as http://[
        return None


@lru_cache(maxsize=1)
def _markdown() -> "MarkdownIt":
    """Made when an issue has an introduction: many never have one, and it costs 2 MB."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("linkify", ignoreInvalid=True)
