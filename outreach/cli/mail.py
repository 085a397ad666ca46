"""`outreach mail`: what the mail of this installation needs."""

import signal
import sys
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from outreach.cli import output
from outreach.cli.running import setup

_LARGEST = 10_000_000  # bytes
# For a mail server any other failure is final (sysexits.h, EX_TEMPFAIL).
_TRY_AGAIN = 75

app = typer.Typer(help="What the mail of this installation needs.", no_args_is_help=True)


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


@app.command()
def receive(
    to: Annotated[str, typer.Option(help="The address that the mail came to.")] = "",
) -> None:
    """Take in one returned mail from standard input, as a mail server's pipe gives it."""
    mail = sys.stdin.buffer.read(_LARGEST)
    try:
        setup()
        from outreach.newsletters import returning

        row = returning.receive(mail, [to] if to else [])
    except Exception as error:  # noqa: BLE001 (whatever it is, the mail must not be thrown away)
        print(f"outreach: {error}", file=sys.stderr)
        raise typer.Exit(_TRY_AGAIN) from None
    output.done(_("Taken in: %(kind)s.") % {"kind": row.kind}, kind=row.kind, reason=row.reason)


@app.command()
def listen(
    address: Annotated[
        str, typer.Argument(help="Such as lmtp://127.0.0.1:2424; else OUTREACH_RETURN_LISTEN.")
    ] = "",
) -> None:
    """Listen for returned mails until it is stopped. `outreach serve` does this by itself."""
    setup()
    from django.conf import settings

    from outreach.newsletters.returning.listener import listening

    stopped_by = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stopped_by)
    with listening(address or settings.RETURN_LISTEN) as (host, port):
        print(
            _("Listening for returned mails at %(host)s:%(port)s.") % {"host": host, "port": port}, flush=True
        )
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


@app.command()
def check() -> None:
    """Whether returned mails can be read from the mailbox that is set for them."""
    setup()
    from outreach.newsletters.returning import mailbox

    found = mailbox.check()
    output.done(_("The mailbox can be read: %(found)s unread.") % {"found": found}, mailbox=found)


@app.command()
def returned(most: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 30) -> None:
    """Mails that came back, and what we made of them."""
    setup()
    from outreach.newsletters.models import Returned

    rows = (
        {"at": row.at, "kind": row.kind, "reason": row.reason, "words": row.words[:200]}
        for row in Returned.objects.all()[:most]
    )
    titles = {"at": _("When"), "kind": _("Kind"), "reason": _("Reason"), "words": _("Words")}
    output.rows(rows, titles, _("No mail has come back."))


def _in_strings(record: str) -> str:
    """As a zone file has it: no string of more than 255 octets (RFC 1035, 3.3)."""
    return " ".join(f'"{record[start : start + 250]}"' for start in range(0, len(record), 250))
