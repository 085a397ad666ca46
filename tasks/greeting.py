"""What `outreach serve` says when it is up."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _


def lines(address: str, *, demo: bool) -> Iterator[str]:
    """The address, and what to do first."""
    with translation.override(settings.LANGUAGE_CODE):
        yield _("Outreach is running at %(address)s (stop it with Ctrl+C).") % {"address": address}
