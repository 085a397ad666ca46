"""`outreach why`: the decision log of an article."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from outreach.cli import output
from outreach.cli.running import setup


def why(url: Annotated[str, typer.Argument(help="The address of the article.")]) -> None:
    """What was decided about an article: where it was posted, or why not."""
    setup()
    from outreach.core import clock, states
    from outreach.feeds.why import why as decisions
    from outreach.posts import fates

    entry, log = decisions(url)
    if not output.wants_json():
        print(f"{entry.title}\n{entry.link}\n{states.word(fates.state_of(entry))}")
        if waits := fates.what_next(entry, clock.now()):
            print(waits)
    output.rows(
        ({"at": row.at, "level": row.level, "sentence": str(row.sentence)} for row in log),
        {"at": _("When"), "sentence": _("What happened")},
        _("Nothing was decided about it yet."),
    )
