"""`outreach mail`: what the mail of this installation needs."""

import sys

import typer
from django.utils.translation import gettext as _

from outreach.cli import output
from outreach.cli.running import setup

app = typer.Typer(help="What the mail of this installation needs.", no_args_is_help=True)


@app.callback()
def mail() -> None:
    """A group of commands, though there is one."""


@app.command("dkim-record")
def dkim_record() -> None:
    """The DNS records that let receivers verify our signatures."""
    setup()
    from outreach.core.errors import BadInput
    from outreach.core.sentences import N_, say
    from outreach.relays import signing

    keys = signing.own_keys()
    if not keys:
        words = N_("No DKIM key is set: set OUTREACH_DKIM_KEY_FILE, or let the mail server sign.")
        raise BadInput(say(words), "OUTREACH_DKIM_KEY_FILE")
    if output.wants_json():
        return output.machine([{"name": key.name, "type": "TXT", "value": key.record} for key in keys])
    for key in keys:
        print(f"{key.name}. IN TXT {_in_strings(key.record)}")
        if key.is_short:
            words = _("The key for %(name)s has %(bits)s bits; mailbox providers advise 2048.")
            print(words % {"name": key.name, "bits": key.bits}, file=sys.stderr)
    return None


def _in_strings(record: str) -> str:
    """As a zone file has it: no string of more than 255 octets (RFC 1035, 3.3)."""
    return " ".join(f'"{record[start : start + 250]}"' for start in range(0, len(record), 250))
