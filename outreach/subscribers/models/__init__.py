"""Subscriber, Subscription, Confirmation, Consent, Suppression, Bounce: who hears of it by mail."""

from outreach.subscribers.models.consent import Confirmation, Consent, Knock
from outreach.subscribers.models.returns import Bounce, Suppression
from outreach.subscribers.models.subscriber import Subscriber, Subscription

__all__ = ["Bounce", "Confirmation", "Consent", "Knock", "Subscriber", "Subscription", "Suppression"]
