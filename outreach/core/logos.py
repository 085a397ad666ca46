"""The organisation's logo: a small PNG, at an address of ours that always shows the same one."""

import hashlib

from outreach.core import pictures
from outreach.core.errors import BadInput
from outreach.core.models import Logo, Organisation
from outreach.core.pixels import MOST_PIXELS
from outreach.core.sentences import N_, say

# Twice what a mail shows, for sharp screens.
_SIDE, _MOST_BYTES = 440, 80_000
_FIELD = "logo"
_WRONG = {
    "no-image": N_("This is not a picture that can be a logo. Use a PNG, JPEG or WebP file."),
    "pixels": N_("The image has more than %(most)s million pixels. Make it smaller first."),
    "moving": N_("A logo does not move. Use a PNG, JPEG or WebP file."),
    "damaged": N_("The image is damaged and cannot be read."),
    "work": N_("The image takes too much work. Save it anew as PNG, with fewer pixels, and try again."),
}


def put(content: bytes) -> Logo:
    """Make the picture in `content` the logo. Raises BadInput for what is no picture, too large, or moves."""
    if not content:
        raise BadInput(say(N_("Choose a file first.")), _FIELD)
    if len(content) > pictures.MOST_BYTES:
        most = pictures.MOST_BYTES // 1_000_000
        raise BadInput(say(N_("The image is larger than %(most)s MB."), most=most), _FIELD)
    try:
        found = pictures.reworked(content, _SIDE, _MOST_BYTES, drawn=True)
    except pictures.Unfit as error:
        raise BadInput(say(_WRONG[str(error)], most=MOST_PIXELS // 1_000_000), _FIELD) from None
    key = hashlib.sha256(found.content).hexdigest()[:24]
    values = {"content": found.content, "width": found.width, "height": found.height}
    logo, _made = Logo.objects.get_or_create(key=key, defaults=values)
    Organisation.get()
    Organisation.objects.update(logo=logo)
    return logo


def take_away() -> None:
    """No logo from now on. Mails that are out show it still: its row stays."""
    Organisation.objects.update(logo=None)


def current(organisation: Organisation) -> Logo | None:
    """The logo of `organisation`, without its bytes."""
    if not organisation.logo_id:
        return None
    return Logo.objects.defer("content").get(pk=organisation.logo_id)
