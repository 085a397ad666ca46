"""The work on the pixels of a picture: `python -c … < picture > answer`, with limits on memory and time.

No Django here, and Pillow is imported after the limits are set: a file of a few kilobytes can unpack to
gigabytes, and a decoder may hang or crash; that hurts this process only.
"""

import io
import json
import resource
import sys
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

MEMORY_BYTES, CPU_SECONDS = 1_000 * 1024 * 1024, 20
# Looked at before anything is unpacked.
MOST_PIXELS = 40_000_000
# Phones write MPO: a JPEG with a second picture (depth, or a still of a film) behind it. The first is meant.
_STILLS = {"JPEG", "MPO"}
_KNOWN = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITIES = (88, 80, 70, 55)
_TOO_SMALL = 50  # pixels: nobody sees anything in that


class Unfit(Exception):
    """The kind of what is wrong: no-image, pixels, moving or damaged."""


def main() -> None:
    """Answer on standard output: one line of JSON (mime, width, height, or wrong), then the new file."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limits = json.loads(sys.stdin.buffer.readline())
    told, data = answer_to(sys.stdin.buffer.read(), **limits)
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + data)


def answer_to(
    content: bytes, side: int, most_bytes: int, drawn: bool = False
) -> tuple[dict[str, Any], bytes]:
    """The picture as JPEG or PNG of at most `side` pixels and `most_bytes`, or what is wrong with it.

    What is `drawn` is always PNG: JPEG frays its edges.
    """
    try:
        pixels = _upright(_opened(content), side)
        data, mime, (width, height) = (_as_png if drawn else _encoded)(pixels, most_bytes)
    except Unfit as error:
        return {"wrong": str(error)}, b""
    except MemoryError:
        return {"wrong": "pixels"}, b""
    return {"mime": mime, "width": width, "height": height}, data


def _opened(content: bytes) -> "Pixels":
    """The picture, its header read and found harmless."""
    from PIL import Image as Pillow
    from PIL import WebPImagePlugin  # noqa: F401 (registers itself; a kind that is not there is a KeyError)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)  # measured below, stricter
            picture = Pillow.open(io.BytesIO(content), formats=_KNOWN)
    except Pillow.DecompressionBombError:
        raise Unfit("pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Unfit("no-image") from None
    if picture.width * picture.height > MOST_PIXELS:
        raise Unfit("pixels")
    if picture.format not in _STILLS and getattr(picture, "is_animated", False):
        raise Unfit("moving")
    return picture


def _upright(picture: "Pixels", side: int) -> "Pixels":
    """The pixels alone: turned as the camera was held, in plain RGB(A), small enough; no place, no owner."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    try:
        picture.draft("RGB", (side, side))  # a JPEG of 40 million pixels is never unpacked whole
        turned = ImageOps.exif_transpose(picture)
        plain = _in_plain_colours(turned)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError):
        raise Unfit("damaged") from None
    plain.thumbnail((side, side), Pillow.Resampling.LANCZOS)
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
    if picture.mode.startswith("I"):  # 16 bits of grey: Pillow would cut them off at 255, which is white
        return picture.convert("I").point(lambda value: value / 256).convert("L").convert(mode)
    return picture.convert(mode)


def _encoded(picture: "Pixels", most_bytes: int) -> tuple[bytes, str, tuple[int, int]]:
    """As PNG where it has transparent parts and fits, else as the best JPEG that fits; with its size."""
    if picture.mode == "RGBA":
        png = _saved(picture, "PNG", optimize=True)
        if len(png) <= most_bytes:
            return png, "image/png", picture.size
        picture = _on_white(picture)
    while True:
        for quality in _QUALITIES:
            jpeg = _saved(picture, "JPEG", quality=quality, optimize=True, progressive=True)
            if len(jpeg) <= most_bytes:
                return jpeg, "image/jpeg", picture.size
        if max(picture.size) < _TOO_SMALL:
            raise Unfit("pixels")
        picture = picture.reduce(2)


def _as_png(picture: "Pixels", most_bytes: int) -> tuple[bytes, str, tuple[int, int]]:
    """As the best PNG that fits: with all its colours, with 256, or smaller."""
    from PIL import Image as Pillow

    while True:
        for one in (picture, picture.quantize(256, Pillow.Quantize.FASTOCTREE)):
            png = _saved(one, "PNG", optimize=True)
            if len(png) <= most_bytes:
                return png, "image/png", picture.size
        if max(picture.size) < _TOO_SMALL:
            raise Unfit("pixels")
        picture = picture.reduce(2)


def _on_white(picture: "Pixels") -> "Pixels":
    from PIL import Image as Pillow

    white = Pillow.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _saved(picture: "Pixels", kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()
