"""Pictures for posts: checked, turned upright, stripped of private data, made small, kept once."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import outreach
from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.networks.base import Limits
from outreach.posts.models import Image
from outreach.posts.pixels import MOST_PIXELS

MOST_BYTES = 20_000_000
LONGEST_SIDE = 2048
MOST_BYTES_KEPT = 4_000_000
SECONDS = 30.0
"""How long the process that does the work may take. Its memory and its work are limited by itself."""
_FIELD = "image"
# `-I` keeps the environment and the working folder out of the child, as in feeds.parsing.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from outreach.posts.pixels import main; main()"
_ROOT = str(Path(outreach.__file__).resolve().parent.parent)
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
    told, line_end, data = _worked_on(content, side, most_bytes).partition(b"\n")
    # Killed by its limits, it says nothing: the picture need not be damaged.
    said = json.loads(told) if line_end else {"wrong": "work"}
    if wrong := said.pop("wrong", ""):
        raise BadInput(say(_WRONG[wrong], most=MOST_PIXELS // 1_000_000), _FIELD)
    sha256 = hashlib.sha256(data).hexdigest()
    return Image.objects.get_or_create(sha256=sha256, defaults={"content": data, **said})[0]


def fitted(image: Image, limits: Limits) -> Image:
    """`image` as a network with these `limits` takes it: itself where it fits, else a smaller one."""
    content = bytes(image.content)
    fits = len(content) <= limits.picture_bytes and max(image.width, image.height) <= limits.picture_side
    if fits and image.mime in limits.picture_types:
        return image
    return accept(content, min(LONGEST_SIDE, limits.picture_side), min(MOST_BYTES_KEPT, limits.picture_bytes))


def _worked_on(content: bytes, side: int, most_bytes: int) -> bytes:
    """What the process says; nothing when it died or took too long."""
    question = json.dumps({"side": side, "most_bytes": most_bytes}).encode()
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter, no shell)
            [sys.executable, "-I", "-c", _START, _ROOT],
            input=question + b"\n" + content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
