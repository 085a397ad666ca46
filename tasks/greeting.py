"""What `outreach serve` says when it is up."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from outreach.core import first_start
from outreach.posts.models import Account


def lines() -> Iterator[str]:
    """The address, and what to do or look at first."""
    with translation.override(settings.LANGUAGE_CODE):
        yield _("Outreach is running at %(address)s (stop it with Ctrl+C).") % {"address": settings.BASE_URL}
        if settings.DEMO:
            yield from _demo()
        elif address := first_start.setup_url():
            yield _("Nobody can log in yet. Make the first account at:")
            yield f"  {address}"


def _demo() -> Iterator[str]:
    yield _(
        "This is a demo: nothing leaves this computer. In a few seconds its website publishes an article."
    )
    yield _("Choose “Enter the demo”, then look at:")
    for path, what in (
        (reverse("home"), _("what goes out next, and what needs you")),
        *((reverse("timeline", args=[row.pk]), str(row)) for row in Account.objects.defer("credentials")),
        (reverse("inbox"), _("the newsletter, within a minute")),
    ):
        yield f"  {settings.BASE_URL}{path}  {what}"
