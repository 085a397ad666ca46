"""`outreach serve`."""

import os
import sys
from typing import Annotated

import typer


def serve(
    demo: Annotated[
        bool, typer.Option(help="Show how it works, with a sample website and without accounts.")
    ] = False,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8000,
) -> None:
    """Run everything in one process: the pages, the workers and the clock."""
    arguments = [sys.executable, "-m", "tasks.embedded", "--host", host, "--port", str(port)]
    # Replaced, not started beside: this command's own libraries would stay in memory.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    os.execv(sys.executable, [*arguments, "--demo"] if demo else arguments)  # noqa: S606
