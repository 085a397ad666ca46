"""Staff are told when more people sign up than are mailed in an hour: news, or somebody's program."""

from datetime import datetime

from django.conf import settings

from outreach.core import dates, leases
from outreach.core.sentences import N_, say, say_many
from outreach.newsletters.models import Newsletter
from outreach.notices.telling import tell
from outreach.subscribers import lid
from outreach.subscribers.models import Confirmation


def tell_one(now: datetime) -> bool:
    """Tell of the newsletter that somebody waits for longest, once a day. False when all is told."""
    if not lid.on(now):
        return False
    queued = Confirmation.objects.filter(leases.among("state", ("queued", "sending")), due_at__lte=now)
    first = queued.select_related("subscription").order_by("due_at", "pk").first()
    newsletter = Newsletter.objects.filter(topic=first.subscription.topic).first() if first else None
    return newsletter is not None and _tell(newsletter, now)


def _tell(newsletter: Newsletter, now: datetime) -> bool:
    title = say(N_("More sign-ups than usual for “%(name)s”"), name=newsletter.name)
    text = say_many(
        "%(count)s mail waits that asks for confirmation: at most %(most)s of these leave in an hour.",
        "%(count)s mails wait that ask for confirmation: at most %(most)s of these leave in an hour.",
        lid.waiting(),
        most=settings.CONFIRMATIONS_PER_HOUR,
    )
    advice = say(
        N_(
            "They leave in the next hours, by themselves. Did you invite many people? Then all is well. "
            "If not, a program may be filling in the form: nobody gets the newsletter without confirming it."
        )
    )
    return tell(newsletter, f"crowd:{dates.local(now):%Y-%m-%d}", title, text, advice)
