"""How a command runs: Django only when needed, and no traceback for what a person can mend."""

import os
import sys
from collections.abc import Callable

from outreach.cli import output
from outreach.core.errors import BadInput, OutreachError

TROUBLE, WRONG_USE = 1, 2


def guarded(app: Callable[[], object], arguments: list[str]) -> int:
    """Run the command line `arguments`; what went wrong is a sentence and an exit code.

    `--json` may stand anywhere before a `--`.
    """
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    sys.argv[1:] = output.take_json_option(arguments)
    if word := _no_text(arguments):  # said in English: Django, which translates, is not loaded yet
        return output.refused(f"“{word}” is not written in UTF-8; type it again.", WRONG_USE)
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else TROUBLE
    except BadInput as error:
        return output.refused(str(error), WRONG_USE, error.field)
    except OutreachError as error:
        return output.refused(str(error), TROUBLE)
    except ImproperlyConfigured as error:
        return output.refused(str(error), WRONG_USE)
    except DatabaseError as error:
        return output.refused(f"The database does not answer as it should: {error}".strip(), TROUBLE)
    except KeyboardInterrupt:
        return 130
    return 0


def _no_text(arguments: list[str]) -> str:
    """The first that is not UTF-8: it came in with half characters, which no database or terminal takes."""
    plain = (word.encode("utf-8", "replace").decode() for word in arguments)
    return next((shown for shown, word in zip(plain, arguments, strict=True) if shown != word), "")


def setup(*, update: bool = True) -> None:
    """Load Django for a command that needs rows, in the language of the settings.

    A SQLite database is brought up to date on the way. Any other is left to `outreach migrate`: several
    machines may be using it. Raises OutreachError.
    """
    import django
    from django.conf import settings
    from django.utils import translation

    from outreach.core import logs

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    django.setup()
    logs.configure("error")
    translation.activate(settings.LANGUAGE_CODE)
    if update and _is_behind():
        _bring_up_to_date()


def migrate() -> None:
    """Bring the database up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def _is_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _bring_up_to_date() -> None:
    from django.db import connection

    from outreach.core.sentences import N_, say

    if connection.vendor != "sqlite":
        raise OutreachError(say(N_("The database is not up to date. Run: outreach migrate")))
    migrate()
