"""The states of all rows as people read them: one word each, and how grave it is."""

from django.utils.translation import gettext_lazy as _

# The kind gives a status its shape and colour: quiet (nothing to do), waiting (for a person or a moment),
# moving (being done now), good, warn, bad.
_STATES = {
    "new": ("waiting", _("new")),
    "planned": ("good", _("planned")),
    "ignored": ("quiet", _("ignored")),
    "draft": ("quiet", _("draft")),
    "waiting": ("waiting", _("waits for approval")),
    "approved": ("good", _("approved")),
    "cancelled": ("quiet", _("cancelled")),
    "queued": ("waiting", _("queued")),
    "sending": ("moving", _("being sent")),
    "published": ("good", _("published")),
    "refused": ("bad", _("refused")),
    "unknown": ("warn", _("not sure yet")),
    "skipped": ("quiet", _("skipped")),
    "paused": ("warn", _("paused")),
    "sent": ("good", _("sent")),
    "claimed": ("moving", _("being sent")),
    "deferred": ("waiting", _("tried again later")),
    "bounced": ("bad", _("did not arrive")),
    "suppressed": ("quiet", _("not mailed")),
    "pending": ("waiting", _("not confirmed yet")),
    "confirmed": ("good", _("reader")),
    "unsubscribed": ("quiet", _("left")),
    "complained": ("bad", _("called it spam")),
    "columns": ("waiting", _("waits for its columns")),
    "looking": ("moving", _("being looked at")),
    "looked": ("waiting", _("waits for your yes")),
    "importing": ("moving", _("being imported")),
    "imported": ("good", _("imported")),
    "failed": ("bad", _("failed")),
    "active": ("good", _("active")),
    "held": ("warn", _("held back")),
    "problem": ("bad", _("in trouble")),
    "info": ("quiet", _("note")),
    "warning": ("warn", _("warning")),
    "trouble": ("bad", _("trouble")),
}


def word(state: str) -> str:
    """`state` in the active language; the state itself when it has no word here."""
    return str(_STATES[state][1]) if state in _STATES else state


def kind(state: str) -> str:
    """How `state` is shown: quiet, waiting, moving, good, warn or bad."""
    return _STATES[state][0] if state in _STATES else "quiet"
