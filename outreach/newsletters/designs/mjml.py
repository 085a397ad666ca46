"""The designs: MJML becomes HTML once, and is filled for each issue afterwards.

In this order no text of an article passes through the MJML parser, which takes a stray sign for a fault.
This is the one place where a design is loaded: those that we ship are in templates/newsletters/.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from django.utils import translation
from jinja2 import Template

from outreach.core import templating
from outreach.core.errors import OutreachError
from outreach.core.sentences import N_, say
from outreach.newsletters.designs import pieces
from outreach.newsletters.designs.own import filling, stored
from outreach.newsletters.designs.own.sources import Sources

_PLACE = "newsletters"
_PART = re.compile(r"""\{%-?\s*include\s+["']([^"']+)["']\s*-?%\}\n?""")


@lru_cache(maxsize=1)
def shipped() -> tuple[str, ...]:
    """The names of the designs that come with Outreach: the folders with an issue.mjml in them."""
    found = (PurePosixPath(name) for name in templating.names())
    return tuple(sorted(p.parts[1] for p in found if p.parts[0] == _PLACE and p.name == "issue.mjml"))


def filled(design: str, context: Mapping[str, Any], language: str) -> tuple[str, str]:
    """The HTML and the text part of `design`, filled with `context`, in `language`.

    `design` is the name of a shipped one, or of one of staff (`own`). Raises OutreachError when there is none
    of that name, and DesignFault when one of staff cannot be filled.
    """
    if design not in shipped():
        return _own(design, context, language)
    with translation.override(language):
        page = html(design).render(dict(context))
    return page, templating.render(text(design), context, language)


def _own(design: str, context: Mapping[str, Any], language: str) -> tuple[str, str]:
    sources = stored.sources(design)
    if sources is None:
        words = N_("There is no design “%(design)s” any more: choose another one for this newsletter.")
        raise OutreachError(say(words, design=design))
    return filling.filled(sources, context, language)


def copy_of(design: str) -> Sources:
    """The templates of the shipped `design` as staff can change them: whole, no other file needed."""
    return Sources(pieces.assembled(design), _with_parts(templating.source(text(design))))


def _with_parts(source: str) -> str:
    return _PART.sub(lambda found: _with_parts(templating.source(found.group(1))), source)


@lru_cache(maxsize=16)
def html(design: str) -> Template:
    """The HTML part of `design`."""
    import mrml  # at the first issue: 3 MB that a server without newsletters has no use for

    # Never a file or an address: mrml can load both. Nor a font from a stranger: it would have one fetched
    # wherever the name of one stands in a list.
    parser = mrml.ParserOptions(include_loader=mrml.noop_loader())
    made = mrml.to_html(
        pieces.assembled(design), parser_options=parser, render_options=mrml.RenderOptions(fonts={})
    )
    return templating.compiled(str(made.content))


def text(design: str) -> str:
    """The name of the template of its text part."""
    return f"{_PLACE}/{design}/issue.txt"
