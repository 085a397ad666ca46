"""Staff decide about one entry."""

from typing import Any

from django.db import transaction

from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import N_, NOTHING, say
from outreach.feeds.models import Entry

BY_STAFF = N_("Staff decided not to post it.")


def ignore(entry: Entry, by: Any = None) -> None:
    """Never post it. Raises BadInput once a post was made of it: that is cancelled there."""
    with transaction.atomic():
        rows = Entry.objects.filter(pk=entry.pk, state=Entry.State.NEW)
        if not rows.update(state=Entry.State.IGNORED, reason=say(BY_STAFF)):
            raise BadInput(
                say(N_("“%(title)s” is not waiting any more; cancel its post instead."), title=str(entry))
            )
        record(entry, say(BY_STAFF), actor=by)
    entry.refresh_from_db()


def choose(entry: Entry, by: Any = None) -> None:
    """Post it after all: an ignored entry is new again and is planned at once.

    Raises BadInput for one that is new or planned already, or that is no longer on the website.
    """
    with transaction.atomic():
        rows = Entry.objects.filter(pk=entry.pk, state=Entry.State.IGNORED, withdrawn_at=None)
        if not rows.update(state=Entry.State.NEW, reason=NOTHING):
            raise BadInput(
                say(N_("“%(title)s” is already on its way, or left the website."), title=str(entry))
            )
        record(entry, say(N_("Staff chose to post it.")), actor=by)
    entry.refresh_from_db()
