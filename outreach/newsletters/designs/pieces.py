"""A design put together from what designs share, before MJML reads it.

Two fillings: square brackets here and now, with parts that stand in templates/newsletters/; braces later,
for each issue, when MJML is HTML already. What comes out needs no other file: a copy of it can be changed at
will.
"""

from functools import lru_cache

from jinja2 import Environment, FunctionLoader, StrictUndefined

from outreach.core import templating

_PLACE = "newsletters"


def assembled(design: str) -> str:
    """The MJML of the shipped `design`, whole, with only what is filled for each issue left open."""
    return _environment().get_template(f"{design}/issue.mjml").render().strip() + "\n"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(  # noqa: S701 (our own files, and nothing is filled in that could need escaping)
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(lambda name: templating.source(f"{_PLACE}/{name}")),
    )
