"""Subscriber, Subscription, SignUp, what they said (Consent, LeaveReason), lists, and what came back."""

from outreach.subscribers.models.choices import LeaveReason
from outreach.subscribers.models.consent import Basis, Confirmation, Consent
from outreach.subscribers.models.imports import Import, ImportFault, ImportLine, ImportPiece
from outreach.subscribers.models.marks import Alias, Segment, Tag, Tagging
from outreach.subscribers.models.returns import Bounce, Suppression
from outreach.subscribers.models.signing_up import Knock, SignUp, Spent
from outreach.subscribers.models.subscriber import Subscriber, Subscription

__all__ = [
    "Alias",
    "Basis",
    "Bounce",
    "Confirmation",
    "Consent",
    "Import",
    "ImportFault",
    "ImportLine",
    "ImportPiece",
    "Knock",
    "LeaveReason",
    "Segment",
    "SignUp",
    "Spent",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Tag",
    "Tagging",
]
