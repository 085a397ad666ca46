"""`outreach preview`: what would be posted and mailed."""

import os
import shutil
import tempfile
from typing import Annotated

import typer

from outreach.cli import output, running


def preview(
    where: Annotated[str, typer.Argument(help="The address of a feed or a website, or a file.")],
    language: Annotated[str, typer.Option(help="nl, fr or en.")] = "",
    rule: Annotated[
        list[str] | None,
        typer.Option(help="A rule to try: ignore if category = Vacatures. Several are possible."),
    ] = None,
) -> None:
    """Show what would be posted and mailed for each article. Needs no set-up, changes nothing."""
    folder = tempfile.mkdtemp(prefix="outreach-preview-")
    # Before the settings are read: nothing of a real installation is opened, nothing is written beside it.
    os.environ["OUTREACH_DATA_DIR"] = folder
    os.environ["OUTREACH_DATABASE_URL"] = "sqlite://:memory:"
    os.environ["OUTREACH_SECRET_KEY"] = "preview"  # noqa: S105 (nothing is kept that it could open)
    try:
        running.setup(update=False)
        from outreach.cli import previewing

        seen = previewing.look(where, language, rule or [])
        if output.wants_json():
            output.machine(seen.data())
        else:
            previewing.show(seen)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
