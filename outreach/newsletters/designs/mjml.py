"""The designs of templates/newsletters/: MJML becomes HTML once, and is filled for each issue afterwards.

In this order no text of an article passes through the MJML parser, which takes a stray sign for a fault.
"""

from functools import lru_cache

from jinja2 import Template

from outreach.core import templating


@lru_cache(maxsize=16)
def html(design: str) -> Template:
    """The HTML part of `design`."""
    import mrml  # at the first issue: 3 MB that a server without newsletters has no use for

    # A comment of Jinja2's may stand before the first element; MJML knows none.
    source = templating.source(f"newsletters/{design}/issue.mjml").partition("#}")[2]
    # Never a file or an address: a design could be written by staff one day, and mrml can load both.
    options = mrml.ParserOptions(include_loader=mrml.noop_loader())
    return templating.compiled(str(mrml.to_html(source, parser_options=options).content))


def text(design: str) -> str:
    """The name of the template of its text part."""
    return f"newsletters/{design}/issue.txt"
