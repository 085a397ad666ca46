"""Colours that can be read: the organisation chooses one, pages and mails need text in it and on it."""

Rgb = tuple[int, int, int]
_WHITE, _INK = (255, 255, 255), (20, 23, 26)
# The paper and the wash beside it, as in outreach.css.
DAY: tuple[Rgb, Rgb] = (_WHITE, (246, 246, 244))
NIGHT: tuple[Rgb, Rgb] = (_INK, (27, 31, 35))
_TINT = 0.11  # how much accent there is behind the current place in the navigation
_READABLE = 4.5  # WCAG 2.2, 1.4.3: text against its ground


def parse(colour: str) -> Rgb:
    """ "#0b6e69" as numbers; the house's own colour when it is not one."""
    try:
        red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    except ValueError:
        return (11, 110, 105)
    return (red, green, blue)


def readable(colour: Rgb, grounds: tuple[Rgb, Rgb]) -> Rgb:
    """`colour`, moved away from the paper in small steps until text in it can be read everywhere."""
    goal = best_on(grounds[0])
    for step in range(41):
        moved = mixed(colour, goal, step / 40)
        if worst(moved, grounds) >= _READABLE:
            return moved
    return goal


def worst(colour: Rgb, grounds: tuple[Rgb, Rgb]) -> float:
    """The least contrast that text in `colour` has: on the paper, the wash, and the wash tinted with it."""
    paper, wash = grounds
    return min(contrast(colour, ground) for ground in (paper, wash, mixed(wash, colour, _TINT)))


def best_on(ground: Rgb) -> Rgb:
    """White or ink, whichever is easier to read on `ground`."""
    return max((_WHITE, _INK), key=lambda colour: contrast(colour, ground))


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of WCAG, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Rgb) -> float:
    parts = [c / 255 for c in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: Rgb, goal: Rgb, part: float) -> Rgb:
    """`colour` with `part` (0 to 1) of `goal` in it."""
    red, green, blue = (round(c + (g - c) * part) for c, g in zip(colour, goal, strict=True))
    return (red, green, blue)


def css(colour: Rgb) -> str:
    """ "#0b6e69"."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
