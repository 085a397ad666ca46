"""`python -m tests.matrix`: plays the fault matrix and prints its table; with `--write`, into the docs."""

import os
import sys
import tempfile


def main() -> int:
    """0 when every promise was kept."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "outreach.settings"
    os.environ["OUTREACH_DATA_DIR"] = tempfile.mkdtemp(prefix="outreach-matrix-")
    os.environ.setdefault("OUTREACH_SECRET_KEY", "only-for-tests")
    os.environ["OUTREACH_ALLOW_PRIVATE_ADDRESSES"] = "yes"
    os.environ["OUTREACH_PAGE_WAIT_MINUTES"] = "0"  # the links of the matrix lead to no page
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from outreach.core import logs

    logs.configure("error")
    call_command("migrate", verbosity=0)
    from tests.matrix import table

    results, broken = {}, 0
    for cell in table.CELLS:
        with transaction.atomic():
            results[cell], wrong = table.play(cell)
            transaction.set_rollback(True)
        for line in wrong:
            broken += 1
            print(*cell, line, sep=" · ", file=sys.stderr)
    shown = table.written(results)
    print(shown)
    if "--write" in sys.argv:
        table.put_on_the_page(shown)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
