"""`python -m outreach` is the `outreach` command."""

from outreach.cli.main import run

run()
