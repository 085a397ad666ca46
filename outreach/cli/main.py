"""The `outreach` command."""

import os
import sys

import typer

from outreach.cli import (
    account,
    issue,
    mail,
    newsletter,
    post,
    preview,
    segment,
    serve,
    source,
    status,
    subscribers,
    user,
    why,
)
from outreach.cli.running import guarded

app = typer.Typer(
    name="outreach",
    help="Everyone hears of what your website publishes: posts on Facebook and X, and a newsletter.",
    epilog="Every command takes --json. Exit codes: 0 done, 1 found trouble, 2 wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("preview")(preview.preview)
app.command("status")(status.status)
app.command("why")(why.why)
app.command("migrate")(serve.migrate)
for noun in (source, account, post, newsletter, issue, subscribers, segment, mail, user):
    app.add_typer(noun.app, name=noun.__name__.rpartition(".")[2])


def run() -> None:
    """The entry point: exit code 0 done, 1 found trouble, 2 wrong usage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    sys.exit(guarded(lambda: app(prog_name="outreach"), sys.argv[1:]))
