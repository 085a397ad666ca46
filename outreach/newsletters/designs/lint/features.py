"""What large mail programmes do not show: facts of caniemail.com (data of September 2025), in our own words.

Only what breaks a mail stands here. What merely looks plainer (round corners, shadows) does not, nor what the
renderer itself makes of every design (media queries, max-width, opacity: 0): that is the baseline.
"""

OUTLOOK, GMAIL, YAHOO = "Outlook (Windows)", "Gmail", "Yahoo"
Lacking = tuple[str, ...]
_ALL, _OUTLOOK = (OUTLOOK, GMAIL, YAHOO), (OUTLOOK,)
_NOT_GMAIL, _NOT_YAHOO = (OUTLOOK, YAHOO), (OUTLOOK, GMAIL)

FORBIDDEN = ("script", "iframe", "object", "embed", "applet", "frame", "frameset")
"""Elements for which mail servers and programmes take the whole mail for an attack."""

ELEMENTS: dict[str, Lacking] = {
    **dict.fromkeys(("video", "audio", "canvas"), _ALL),
    **dict.fromkeys(("form", "input", "select", "textarea", "button"), _OUTLOOK),
    **dict.fromkeys(("svg", "dialog", "marquee"), _NOT_YAHOO),
    "link": (GMAIL, YAHOO),
}
"""The name of an element, and which programmes do not show it."""

PROPERTIES: dict[str, Lacking] = {
    **dict.fromkeys(("animation", "animation-name", "aspect-ratio", "backdrop-filter", "border-image"), _ALL),
    **dict.fromkeys(("clip-path", "filter", "mask", "mask-image", "transform", "gap"), _ALL),
    **dict.fromkeys(("inset", "left", "right", "top", "bottom"), _ALL),
    **dict.fromkeys(("flex-direction", "flex-wrap", "align-items", "justify-content"), _ALL),
    **dict.fromkeys(("grid", "grid-area", "grid-column", "grid-row", "grid-template"), _ALL),
    **dict.fromkeys(("grid-template-areas", "grid-template-columns", "grid-template-rows"), _ALL),
    **dict.fromkeys(("column-count", "columns", "column-width", "column-gap"), _NOT_GMAIL),
    **dict.fromkeys(("mix-blend-mode", "object-fit", "object-position", "writing-mode"), _NOT_GMAIL),
    **dict.fromkeys(("position", "transition", "z-index"), _NOT_YAHOO),
    **dict.fromkeys(("flex", "background-image"), _OUTLOOK),
}
"""A property with whatever value."""

VALUES: dict[tuple[str, str], Lacking] = {
    ("display", "flex"): _OUTLOOK,
    ("display", "inline-flex"): _OUTLOOK,
    ("display", "grid"): _ALL,
    ("display", "inline-grid"): _ALL,
    ("display", "contents"): _OUTLOOK,
}
"""A property with one value."""

FUNCTIONS: dict[str, Lacking] = {
    **dict.fromkeys(("var", "conic-gradient", "light-dark", "color-mix", "oklch"), _ALL),
    **dict.fromkeys(("calc", "clamp", "min", "max"), _NOT_GMAIL),
    **dict.fromkeys(("linear-gradient", "radial-gradient", "url", "rgba", "hsla"), _OUTLOOK),
}
"""A function within whatever value."""

UNITS: dict[str, Lacking] = {
    **dict.fromkeys(("rem", "vmin", "vmax", "ch"), _NOT_GMAIL),
    **dict.fromkeys(("vw", "vh"), _OUTLOOK),
}

RULES: dict[str, Lacking] = {
    **dict.fromkeys(("layer", "container"), _ALL),
    **dict.fromkeys(("keyframes", "supports", "font-face"), _NOT_YAHOO),
    "import": (GMAIL, YAHOO),
}
"""An at-rule."""
