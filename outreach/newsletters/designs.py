"""The designs of templates/newsletters/: MJML becomes HTML once, and is filled for each issue afterwards.

In this order no text of an article passes through the MJML parser, which takes a stray sign for a fault.
"""

from functools import lru_cache

import mrml
from jinja2 import Template

from outreach.core import templating

# Never a file or an address: a design could be written by staff one day, and mrml can load both.
_OPTIONS = mrml.ParserOptions(include_loader=mrml.noop_loader())


@lru_cache(maxsize=16)
def html(design: str) -> Template:
    """The HTML part of `design`."""
    # A comment of Jinja2's may stand before the first element; MJML knows none.
    source = templating.source(f"newsletters/{design}/issue.mjml").partition("#}")[2]
    return templating.compiled(str(mrml.to_html(source, parser_options=_OPTIONS).content))


def text(design: str) -> str:
    """The name of the template of its text part."""
    return f"newsletters/{design}/issue.txt"
