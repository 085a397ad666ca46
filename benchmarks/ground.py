"""A fresh Outreach in a folder that is thrown away: an empty database, no mail server, no network."""

import atexit
import os
import shutil
import tempfile


def prepare(database: str = "") -> None:
    """Set Django up with it, on SQLite or on this `database`; the second time nothing happens."""
    if "OUTREACH_BENCHMARK" in os.environ:
        return
    folder = tempfile.mkdtemp(prefix="outreach-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(
        OUTREACH_BENCHMARK=folder,
        OUTREACH_DATA_DIR=folder,
        OUTREACH_DATABASE_URL=database or f"sqlite:///{folder}/bench.sqlite3",
        OUTREACH_SECRET_KEY="only-for-benchmarks",
        OUTREACH_ALLOW_PRIVATE_ADDRESSES="yes",
        OUTREACH_PAGE_WAIT_MINUTES="0",  # what is measured is ours; the links lead to no page
        DJANGO_SETTINGS_MODULE="outreach.settings",
    )
    import django

    django.setup()
    from django.core.management import call_command

    from outreach.core import logs

    logs.configure("error")
    call_command("migrate", verbosity=0)
