"""The `outreach` command."""

import sys

import typer

from outreach.cli import serve
from outreach.cli.running import guarded

app = typer.Typer(
    name="outreach",
    help="Everyone hears of what your website publishes: posts on Facebook and X, and a newsletter.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def _outreach() -> None:
    """Commands for those who look after Outreach."""


app.command("serve")(serve.serve)


def run() -> None:
    """The entry point: exit code 0 done, 1 found trouble, 2 wrong usage."""
    sys.exit(guarded(app))
