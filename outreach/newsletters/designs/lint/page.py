"""The HTML of a mail taken to pieces: links, pictures, styles, and which words stand in which colours.

What stands in comments is left out: conditional comments are for one programme, made by the renderer.
"""

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_OPEN = 200  # "<" without a ">"
_DEEP = 500  # elements in one another; nobody writes that, and each costs memory


@dataclass(frozen=True)
class Look:
    """How words are shown at one place: CSS colours ("" is not known), the size in pixels."""

    colour: str = "#000000"
    ground: str = "#ffffff"
    size: float = 16.0
    bold: bool = False
    hidden: bool = False


@dataclass
class Link:
    """An `a` with an address; its words hold what stands for its pictures."""

    href: str
    words: str = ""


@dataclass(frozen=True)
class Picture:
    """An `img`. `alt` is None where there is none at all."""

    src: str
    alt: str | None
    width: str
    href: str = ""  # of the link around it


@dataclass
class Page:
    """All of it."""

    language: str = ""
    title: str = ""
    tags: dict[str, int] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)  # what stands in style elements
    styles: list[str] = field(default_factory=list)  # what stands in style attributes
    words: list[tuple[str, Look]] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)  # attributes that would run something: onclick

    @property
    def text(self) -> str:
        """What readers see, on one line."""
        return " ".join(" ".join(words for words, look in self.words if not look.hidden).split())


def read(html: str) -> Page:
    """`html` taken to pieces. Nothing is too broken for it; what never closes its tags is left out."""
    reader = _Reader()
    reader.feed(_with_closed_tags(html))
    reader.close()
    return reader.page


def _with_closed_tags(html: str) -> str:
    """`html` up to where it only opens tags: Python's parser takes the square of the time over those."""
    open_now = 0
    for found in re.finditer("[<>]", html):
        open_now = open_now + 1 if found.group() == "<" else max(open_now - 1, 0)
        if open_now > _OPEN:
            return html[: found.start()]
    return html


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[tuple[str, Look]] = []
        self._link: Link | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        page = self.page
        page.tags[tag] = page.tags.get(tag, 0) + 1
        page.handlers += [name for name in given if name.startswith("on")]
        if style := given.get("style", ""):
            page.styles.append(style)
        if tag == "html":
            page.language = given.get("lang", "").strip()
        elif tag == "a" and "href" in given:
            self._link = Link(given["href"].strip())
            page.links.append(self._link)
        elif tag == "img":
            self._picture(given)
        if tag not in _VOID and len(self._open) < _DEEP:
            self._open.append((tag, _look(tag, given, self._look)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at:]
                return

    def handle_data(self, data: str) -> None:
        within = self._open[-1][0] if self._open else ""
        if within == "style":
            self.page.sheets.append(data)
        elif within == "title":
            self.page.title += data
        elif data.strip() and within != "script":
            self.page.words.append((" ".join(data.split()), self._look))
            if self._link:
                self._link.words += f"{data} "

    @property
    def _look(self) -> Look:
        return self._open[-1][1] if self._open else Look()

    def _picture(self, given: dict[str, str]) -> None:
        href = self._link.href if self._link else ""
        alt = given.get("alt")
        width = given.get("width", "") or declarations(given.get("style", "")).get("width", "")
        self.page.pictures.append(Picture(given.get("src", "").strip(), alt, width, href))
        if self._link and alt:
            self._link.words += f"{alt} "


def declarations(style: str) -> dict[str, str]:
    """The properties of a style attribute, roughly: enough for colours and sizes."""
    pairs = (one.partition(":") for one in style.split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if value.strip()}


def _look(tag: str, given: dict[str, str], around: Look) -> Look:
    css = declarations(given.get("style", ""))
    look = replace(around, colour="") if tag == "a" else around  # each programme has a colour of its own
    ground = css.get("background-color") or css.get("background") or given.get("bgcolor", "").lower()
    if "url(" in css.get("background", "") or css.get("background-image", "none") != "none":
        ground = "picture"
    if ground:
        look = replace(look, ground=look.ground if ground in {"none", "transparent"} else ground)
    if colour := css.get("color", ""):
        look = replace(look, colour=look.colour if colour == "inherit" else colour)
    if css.get("display") == "none" or css.get("visibility") == "hidden":
        look = replace(look, hidden=True)
    return _sized(tag, css, look)


def _sized(tag: str, css: dict[str, str], look: Look) -> Look:
    weight = css.get("font-weight", "")
    if weight in {"bold", "bolder", "700", "800", "900"} or (tag in {"b", "strong"} and not weight):
        look = replace(look, bold=True)
    elif weight:
        look = replace(look, bold=False)
    size = css.get("font-size", "").removesuffix("px")
    try:
        return replace(look, size=float(size)) if size else look
    except ValueError:
        return look
