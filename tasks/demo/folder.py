"""The demo's folder, empty at each start, and the settings that keep everything on this machine."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

from tasks import seats

NAME = "demo"


def prepare(stack: ExitStack) -> bool:
    """Empty the folder and set the settings; False when a demo runs in it already.

    Called before the settings are read. A real installation's data lie beside this folder, never in it.
    """
    base = Path(os.environ.get("OUTREACH_DATA_DIR", "var")).resolve()
    base.mkdir(parents=True, exist_ok=True)
    if not stack.enter_context(seats.locked(base / f"{NAME}.lock")):
        return False
    folder = base / NAME
    shutil.rmtree(folder, ignore_errors=True)
    os.environ.update(_settings(folder))
    return True


def _settings(folder: Path) -> dict[str, str]:
    """Whatever the environment says: a demo never opens a real database, mail server or account."""
    return {
        "OUTREACH_DEMO": "yes",
        "OUTREACH_DATA_DIR": str(folder),
        "OUTREACH_DATABASE_URL": f"sqlite:///{folder / 'outreach.sqlite3'}",
        "OUTREACH_MAIL_URL": "inbox://",
        "OUTREACH_MAIL_FROM": "nieuwsbrief@kleurrijkeklas.example",
        "OUTREACH_ALLOW_PRIVATE_ADDRESSES": "yes",
    }
