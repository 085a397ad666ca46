"""Words that are hard to read on their ground (WCAG 2.2, 1.4.3), as far as style attributes tell."""

import re
from collections.abc import Iterator

from outreach.core import colours
from outreach.core.sentences import N_, say
from outreach.newsletters.designs.lint.findings import Finding, some
from outreach.newsletters.designs.lint.page import Look, Page

_NAMED = {"white": "#ffffff", "black": "#000000", "gray": "#808080", "grey": "#808080", "red": "#ff0000"}
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b")
_LARGE, _LARGE_BOLD, _SMALL = 24.0, 18.66, 12.0  # pixels


def check(page: Page) -> Iterator[Finding]:
    """What can be said of the colours and the size of words."""
    visible = [(words, look) for words, look in page.words if not look.hidden and look.size > 1]
    faint = [words for words, look in visible if _is_faint(look)]
    if faint:
        words = N_("“%(words)s” is hard to read: its colour is too close to that of the ground.")
        yield Finding("contrast", say(words, words=faint[0][:60]), place=some(faint))
    tiny = [words for words, look in visible if look.size < _SMALL and words.strip("\xa0 ·")]
    if tiny:
        words = N_("“%(words)s” is written very small (below 12 pixels).")
        yield Finding("small", say(words, words=tiny[0][:60]), place=some(tiny))


def _is_faint(look: Look) -> bool:
    colour, ground = _rgb(look.colour), _rgb(look.ground)
    if colour is None or ground is None:
        return False
    large = look.size >= _LARGE or (look.bold and look.size >= _LARGE_BOLD)
    return colours.contrast(colour, ground) < (3.0 if large else 4.5)


def _rgb(css: str) -> colours.Rgb | None:
    """None for what is no plain colour: better silent than wrong."""
    found = _HEX.search(_NAMED.get(css, css))
    if not found:
        return None
    digits = found.group(1)
    return colours.parse("#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)))
