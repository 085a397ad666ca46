"""Why a mail did not arrive, for people: words for each reason that mail/bounces/rules.toml knows."""

from outreach.core.sentences import N_, NOTHING, Sentence, say

_OURS = N_("Their mail server objects to our mail; the reader is not to blame.")
_WORDS = {
    "no-mailbox": N_("There is no such mailbox."),
    "no-domain": N_("What stands behind the @ does not exist."),
    "takes-no-mail": N_("What stands behind the @ takes no mail."),
    "moved": N_("This mailbox has moved, or was given up."),
    "full": N_("The mailbox is full."),
    "disabled": N_("The mailbox is closed for now."),
    "filtered": N_("A filter of the reader stopped it."),
    "not-in-time": N_("Their mail server did not answer for a long time."),
    "server-trouble": N_("Their mail server had trouble."),
    "refused": N_("Their mail server refused it without saying why."),
    "unknown": N_("It came back without saying why."),
    "too-large": N_("Our mail is too large for them."),
    "authentication": N_("Their mail server could not check that the mail is ours (SPF, DKIM, DMARC)."),
    "reputation": N_("Our mail server is on a list of senders that they do not trust."),
    "reverse-dns": N_("The name of our mail server is not set up as they want it."),
    "sender-refused": N_("They refuse our sender address."),
    "relay": N_("Our mail server may not pass mail on to them."),
    "spam-or-virus": N_("They take our mail for spam or for something harmful."),
    "content": N_("Something in the form of our mail is not to their liking."),
    "protocol": _OURS,
    "policy": _OURS,
}


def in_words(reason: str) -> Sentence:
    """`reason` of a Bounce; nothing for a word that is not known, or of before it was kept."""
    return say(_WORDS[reason]) if reason in _WORDS else NOTHING
