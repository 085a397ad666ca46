"""Pictures that staff upload: checked, turned upright, stripped of private data, made small, kept once."""

import hashlib
import io
import warnings
from typing import TYPE_CHECKING

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.posts.models import Image

if TYPE_CHECKING:  # Pillow is loaded when the first picture comes: an idle server does without its memory
    from PIL.Image import Image as Pixels

MOST_BYTES = 20_000_000
# A file of a few kilobytes can unpack to gigabytes: looked at before anything is unpacked.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2048
MOST_BYTES_KEPT = 4_000_000
_FIELD = "image"
# Phones write MPO: a JPEG with a second picture (depth, or a still of a film) behind it. The first is meant.
_STILLS = {"JPEG", "MPO"}
_KNOWN = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITIES = (88, 80, 70, 55)


def accept(content: bytes) -> Image:
    """The picture in `content` as a network takes it: JPEG or PNG, at most 2048 pixels and 4 MB.

    The same picture twice is one row. Raises BadInput for what is no picture, too large, or moves.
    """
    if not content:
        raise BadInput(say(N_("The image is empty.")), _FIELD)
    if len(content) > MOST_BYTES:
        raise BadInput(say(N_("The image is larger than %(most)s MB."), most=MOST_BYTES // 1_000_000), _FIELD)
    pixels = _upright(_opened(content))
    data, mime = _encoded(pixels)
    fields = {"content": data, "mime": mime, "width": pixels.width, "height": pixels.height}
    return Image.objects.get_or_create(sha256=hashlib.sha256(data).hexdigest(), defaults=fields)[0]


def _opened(content: bytes) -> "Pixels":
    """The picture, its header read and found harmless."""
    from PIL import Image as Pillow
    from PIL import WebPImagePlugin  # noqa: F401 (registers itself; a kind that is not there is a KeyError)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)  # measured below, stricter
            picture = Pillow.open(io.BytesIO(content), formats=_KNOWN)
    except Pillow.DecompressionBombError:
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise BadInput(
            say(N_("This is not an image that can be posted. Use a JPEG or PNG file.")), _FIELD
        ) from None
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_many_pixels()
    if picture.format not in _STILLS and getattr(picture, "is_animated", False):
        raise BadInput(say(N_("Moving images cannot be posted. Use a JPEG or PNG file.")), _FIELD)
    return picture


def _too_many_pixels() -> BadInput:
    most = MOST_PIXELS // 1_000_000
    return BadInput(
        say(N_("The image has more than %(most)s million pixels. Make it smaller first."), most=most), _FIELD
    )


def _upright(picture: "Pixels") -> "Pixels":
    """The pixels alone: turned as the camera was held, in plain RGB(A), small enough; no place, no owner."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        picture.draft(
            "RGB", (LONGEST_SIDE, LONGEST_SIDE)
        )  # a JPEG of 40 million pixels is never unpacked whole
        turned = ImageOps.exif_transpose(picture)
        plain = _in_plain_colours(turned)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError):
        raise BadInput(say(N_("The image is damaged and cannot be read.")), _FIELD) from None
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Pillow.Resampling.LANCZOS)
    bare = Pillow.new(plain.mode, plain.size)
    bare.paste(plain)
    return bare


def _in_plain_colours(picture: "Pixels") -> "Pixels":
    """In sRGB: without its colour profile, a phone's picture would look faded."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        from PIL import ImageCms

        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # a broken profile: the colours as they are
        if converted is not None:
            return converted
    return picture.convert(mode)


def _encoded(picture: "Pixels") -> tuple[bytes, str]:
    """As PNG where it has transparent parts and fits, else as the best JPEG that fits."""
    if picture.mode == "RGBA":
        png = _saved(picture, "PNG", optimize=True)
        if len(png) <= MOST_BYTES_KEPT:
            return png, "image/png"
        picture = _on_white(picture)
    for quality in _QUALITIES:
        jpeg = _saved(picture, "JPEG", quality=quality, optimize=True, progressive=True)
        if len(jpeg) <= MOST_BYTES_KEPT:
            break
    return jpeg, "image/jpeg"


def _on_white(picture: "Pixels") -> "Pixels":
    from PIL import Image as Pillow

    white = Pillow.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _saved(picture: "Pixels", kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()
