"""Subscriber, Subscription, SignUp, Confirmation, Consent, Suppression, Bounce: who hears of it by mail."""

from outreach.subscribers.models.consent import Confirmation, Consent
from outreach.subscribers.models.returns import Bounce, Suppression
from outreach.subscribers.models.signing_up import Knock, SignUp, Spent
from outreach.subscribers.models.subscriber import Subscriber, Subscription

__all__ = [
    "Bounce",
    "Confirmation",
    "Consent",
    "Knock",
    "SignUp",
    "Spent",
    "Subscriber",
    "Subscription",
    "Suppression",
]
