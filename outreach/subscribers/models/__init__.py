"""Subscriber, Subscription, SignUp, what they said (Consent, LeaveReason), and what came back (Bounce)."""

from outreach.subscribers.models.choices import LeaveReason
from outreach.subscribers.models.consent import Confirmation, Consent
from outreach.subscribers.models.returns import Bounce, Suppression
from outreach.subscribers.models.signing_up import Knock, SignUp, Spent
from outreach.subscribers.models.subscriber import Subscriber, Subscription

__all__ = [
    "Bounce",
    "Confirmation",
    "Consent",
    "Knock",
    "LeaveReason",
    "SignUp",
    "Spent",
    "Subscriber",
    "Subscription",
    "Suppression",
]
