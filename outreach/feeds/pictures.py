"""The picture of an article, and its alternative text.

No Django here: this runs in the parser's own process.
"""

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from outreach.feeds import cleaning

_MOST_HTML, _MOST_ALT, _MOST_PICTURES = 200_000, 1000, 50
_SMALLEST, _WIDE_ENOUGH = 50, 400  # pixels: below the first it is an icon
# What blog software and networks put into articles: emoji, faces, buttons, and pixels that count readers.
_DECORATION = re.compile(
    r"//(?:s\.w\.org/images/core/emoji|(?:\w+\.)?twemoji\.|(?:[\w.]+\.)?gravatar\.com/avatar"
    r"|avatars?\d*\.githubusercontent\.com|feeds\.feedburner\.com/~|feeds\.wordpress\.com/1\.0/"
    r"|pixel\.wp\.com|stats?\.wp\.com|medium\.com/_/stat|(?:[\w.]+\.)?doubleclick\.net)"
    r"|/(?:wp-includes/images/smilies|emojis?|avatars)/|\.svg$",
    re.I,
)
_DECORATIVE = {"emoji", "wp-smiley", "avatar", "feedflare"}
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")
# The same picture in another size: WordPress writes -300x200 behind its name, Drupal /styles/large/public/.
_SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w+$)|-scaled(?=\.\w+$)|/styles/[^/]+/(?:public|private)(?=/)")


@dataclass(frozen=True)
class Picture:
    """An absolute address, the alternative text, and the width in pixels where it is known (else 0)."""

    url: str
    alt: str = ""
    width: int = 0


def picture(
    url: object, base: str, *, alt: str = "", width: object = None, height: object = None
) -> Picture | None:
    """A picture that can stand with an article; None for decoration and for what is no web address."""
    found = cleaning.address(url, base)
    sizes = [_pixels(width), _pixels(height)]
    too_small = any(size is not None and size < _SMALLEST for size in sizes)
    if not found or too_small or _DECORATION.search(found.partition("?")[0]):
        return None
    return Picture(found, cleaning.cut(cleaning.text_of(alt), _MOST_ALT), sizes[0] or 0)


def _pixels(value: object) -> int | None:
    """A number of pixels ("300", "300px"); None when it is not said, or said in another way."""
    text = value.strip().lower().removesuffix("px") if isinstance(value, str) else str(value or "")
    return int(text) if text.isdecimal() and len(text) < 6 else None


def is_one(kind: object, url: object) -> bool:
    """Whether a file of media type `kind`, or named like this, is a picture that can be posted."""
    if isinstance(kind, str) and kind:
        return kind.lower().startswith("image/") and "svg" not in kind
    return isinstance(url, str) and _path(url).endswith(_PICTURES)


def _path(url: str) -> str:
    """The path of an address in lower case; "" for what is no address."""
    try:
        return urlsplit(url).path.lower()
    except ValueError:
        return ""


def best(offered: Sequence[Picture], inside: Sequence[Picture]) -> tuple[str, str]:
    """The address and the alternative text of the picture to show.

    What the feed offers beside the text goes before what stands in it; the first that is not known to be
    small, else the widest. The text that the article itself gives the same picture describes it best.
    """
    for choice in (offered, inside):
        if choice:
            found = next((one for one in choice if not 0 < one.width < _WIDE_ENOUGH), None)
            found = found or max(choice, key=lambda one: one.width)
            return found.url, _alt(found, inside)
    return "", ""


def _alt(found: Picture, inside: Iterable[Picture]) -> str:
    same = (one.alt for one in inside if one.alt and _name(one.url) == _name(found.url))
    return next(same, found.alt)


def _name(url: str) -> str:
    """What stays the same of a picture's address when it is shown in another size."""
    return _SIZE.sub("", _path(url))


class _Reader(HTMLParser):
    """The `<img>`s of an article."""

    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base, self.found = base, list[Picture]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag."""
        values = {name: value or "" for name, value in attrs}
        # Pages that load pictures late have the real one in data-src.
        url = values.get("data-src") or values.get("src")
        if tag != "img" or len(self.found) >= _MOST_PICTURES:
            return
        if url and not _DECORATIVE & set(values.get("class", "").lower().split()):
            alt, width, height = values.get("alt", ""), values.get("width"), values.get("height")
            if found := picture(url, self.base, alt=alt, width=width, height=height):
                self.found.append(found)


def inside(markup: str, base: str) -> list[Picture]:
    """The pictures in an article, in order."""
    reader = _Reader(base)
    # html.parser gives up on some broken declarations; what it found before stands.
    with contextlib.suppress(AssertionError, ValueError):
        reader.feed(markup[:_MOST_HTML])
    return reader.found
