"""Material that nobody here wrote and that is not part of the project, where a folder of it is at hand.

`OUTREACH_SHARED` names the folder; else it is `shared` beside the checkout, or beside the folder of it.
Tests that need it are only defined where it is: elsewhere the project's own cases cover the same kinds.
"""

import os
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_PLACES = [os.environ.get("OUTREACH_SHARED", ""), _ROOT.parent / "shared", _ROOT.parent.parent / "shared"]


def shared(name: str) -> Path | None:
    """The file or folder `name` of it."""
    return next((Path(place) / name for place in _PLACES if place and (Path(place) / name).exists()), None)
