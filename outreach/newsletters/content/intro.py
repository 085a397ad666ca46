"""What staff write above and between the articles: Markdown, as clean HTML and as plain text."""

import re
import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from outreach.core.models import Organisation

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote"}
_MAILBOX = re.compile(r"[^\s@/?#:]+@[^\s@/?#:]+\.[^\s@/?#:.]+")
_WIDTH = 72  # characters of a line, as of everything in the text part


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


def text(markdown: str) -> str:
    """The same as people read it without formatting: lines of 72 characters, a link as "words (address)"."""
    if not markdown.strip():
        return ""
    from markdown_it.tree import SyntaxTreeNode

    return _blocks(SyntaxTreeNode(_markdown().parse(markdown)), _WIDTH)


def _blocks(node: "SyntaxTreeNode", width: int) -> str:
    # A list of short lines has no empty line between them.
    between = "\n" if any(child.type == "paragraph" and child.hidden for child in node.children) else "\n\n"
    return between.join(filter(None, (_block(child, width) for child in node.children)))


def _block(node: "SyntaxTreeNode", width: int) -> str:
    if node.type in {"paragraph", "heading"}:
        return _wrapped("".join(map(_inline, node.children)), width)
    if node.type in {"bullet_list", "ordered_list"}:
        return _list(node, width)
    if node.type == "blockquote":
        return textwrap.indent(_blocks(node, width - 2), "> ", lambda line: True)
    return node.content.rstrip()


def _list(node: "SyntaxTreeNode", width: int) -> str:
    first, found = int(node.attrs.get("start", 1)), []
    for number, item in enumerate(node.children, first):
        sign = "- " if node.type == "bullet_list" else f"{number}. "
        found.append(sign + textwrap.indent(_blocks(item, width - len(sign)), " " * len(sign)).lstrip())
    return "\n".join(found)


def _inline(node: "SyntaxTreeNode") -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if node.type == "image":
        return ""
    words = "".join(map(_inline, node.children)) if node.children else node.content
    if node.type != "link":
        return words
    href = _whole(str(node.attrs.get("href", "")))
    return words if not href or words in {href, href.removeprefix("mailto:")} else f"{words} ({href})"


def _wrapped(words: str, width: int) -> str:
    lines = (
        textwrap.fill(line.strip(), width, break_long_words=False, break_on_hyphens=False)
        for line in words.splitlines()
    )
    return "\n".join(lines)


def _whole(href: str) -> str | None:
    """`href` as it can be followed from a mailbox, where no page is around it; None when it cannot.

    What people write for short is what they mean: "www.school.example" and "info@school.example".
    """
    try:
        if urlsplit(href).scheme:
            return href
        if _MAILBOX.fullmatch(href):
            return f"mailto:{href}"
        if href.lower().startswith("www."):
            return f"https://{href}"
        whole = urljoin(Organisation.get().site_url or "https:", href)
        return whole if urlsplit(whole).hostname else None
    except ValueError:  # such as http://[
        return None


@lru_cache(maxsize=1)
def _markdown() -> "MarkdownIt":
    """Made when an issue has an introduction: many never have one, and it costs 2 MB."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("linkify", ignoreInvalid=True)
