"""Pictures for posts: checked, turned upright, stripped of private data, made small, kept once."""

import hashlib

from outreach.core import pictures
from outreach.core.errors import BadInput
from outreach.core.pictures import MOST_BYTES
from outreach.core.pixels import MOST_PIXELS
from outreach.core.sentences import N_, say
from outreach.networks.base import Limits
from outreach.posts.models import Image

LONGEST_SIDE = 2048
MOST_BYTES_KEPT = 4_000_000
_FIELD = "image"
_WRONG = {
    "no-image": N_("This is not an image that can be posted. Use a JPEG or PNG file."),
    "pixels": N_("The image has more than %(most)s million pixels. Make it smaller first."),
    "moving": N_("Moving images cannot be posted. Use a JPEG or PNG file."),
    "damaged": N_("The image is damaged and cannot be read."),
    "work": N_("The image takes too much work. Save it anew as JPEG, with fewer pixels, and try again."),
}


def accept(content: bytes, side: int = LONGEST_SIDE, most_bytes: int = MOST_BYTES_KEPT) -> Image:
    """The picture in `content` as a network takes it: JPEG or PNG, at most `side` pixels and `most_bytes`.

    The same picture twice is one row. Raises BadInput for what is no picture, too large, or moves.
    """
    if not content:
        raise BadInput(say(N_("The image is empty.")), _FIELD)
    if len(content) > MOST_BYTES:
        raise BadInput(say(N_("The image is larger than %(most)s MB."), most=MOST_BYTES // 1_000_000), _FIELD)
    try:
        found = pictures.reworked(content, side, most_bytes)
    except pictures.Unfit as error:
        raise BadInput(say(_WRONG[str(error)], most=MOST_PIXELS // 1_000_000), _FIELD) from None
    sha256 = hashlib.sha256(found.content).hexdigest()
    values = {"content": found.content, "mime": found.mime, "width": found.width, "height": found.height}
    return Image.objects.get_or_create(sha256=sha256, defaults=values)[0]


def fitted(image: Image, limits: Limits) -> Image:
    """`image` as a network with these `limits` takes it: itself where it fits, else a smaller one."""
    content = bytes(image.content)
    fits = len(content) <= limits.picture_bytes and max(image.width, image.height) <= limits.picture_side
    if fits and image.mime in limits.picture_types:
        return image
    return accept(content, min(LONGEST_SIDE, limits.picture_side), min(MOST_BYTES_KEPT, limits.picture_bytes))
