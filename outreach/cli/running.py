"""How a command runs: Django only when needed, and no traceback for what a person can mend."""

import os
import sys
from collections.abc import Callable

from outreach.core.errors import OutreachError

TROUBLE, WRONG_USE = 1, 2


def guarded(app: Callable[[], object]) -> int:
    """Run the command; what went wrong is a sentence on stderr and an exit code."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else TROUBLE
    except OutreachError as error:
        return _refuse(str(error), TROUBLE)
    except ImproperlyConfigured as error:
        return _refuse(str(error), WRONG_USE)
    except DatabaseError as error:
        return _refuse(f"The database does not answer as it should: {error}", TROUBLE)
    return 0


def setup() -> None:
    """Load Django for a command that needs rows; a SQLite database is brought up to date first."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    django.setup()


def _refuse(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code
