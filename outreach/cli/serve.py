"""`outreach serve` and `outreach migrate`."""

import os
import sys
from typing import Annotated

import typer
from django.utils.translation import gettext as _


def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="Try it, with a sample website and without any account.")
    ] = False,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Run everything in one process: the pages, the workers and the clock."""
    # Without the columns of each instruction, which only draw arrows below a line in a traceback: 1 MB.
    python = [sys.executable, "-X", "no_debug_ranges"]
    arguments = [*python, "-m", "tasks.embedded", "--host", host, "--port", str(port)]
    # One arena is enough for so few threads; the C library's own choice costs 10 MB here.
    os.environ.setdefault("MALLOC_ARENA_MAX", "1")
    # Replaced, not started beside: this command's own libraries would stay in memory.
    os.execv(sys.executable, [*arguments, "--demo"] if demo else arguments)  # noqa: S606


def migrate() -> None:
    """Bring the database up to date (after installing or upgrading)."""
    from outreach.cli import output, running

    running.setup(update=False)
    running.migrate()
    output.done(_("The database is up to date."))
