"""A mail's HTML as a reader, a screen reader and a mailbox see it: a tree, with the colours that count."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from outreach.core import colours
from outreach.core.colours import Rgb

_VOID = {"img", "br", "meta", "link", "hr", "input"}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{((?:[^{}]*\{[^{}]*\})*)\s*\}")


@dataclass
class Element:
    """One element, with what stands in it."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    @property
    def style(self) -> dict[str, str]:
        """Its own inline style."""
        return declared(self.attrs.get("style", ""))

    @property
    def text(self) -> str:
        """All words in it, with single blanks."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split())

    def all(self, *tags: str) -> Iterator["Element"]:
        """The elements in it with one of these tags, in order; all of them without any."""
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def up(self) -> Iterator["Element"]:
        """It and what it stands in, the innermost first."""
        here: Element | None = self
        while here is not None:
            yield here
            here = here.parent


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in _VOID:
            self.here = element

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def read(html: str) -> Element:
    """The tree of `html`; a tag that is not closed, or closed too early, is an AssertionError."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.here is builder.root
    return builder.root


def seen(root: Element) -> Iterator[tuple[str, Element]]:
    """The words that are shown, each piece with the element that it stands in."""
    for element in root.all():
        hidden = any(one.style.get("display") == "none" for one in element.up())
        if hidden or element.tag in {"style", "title", "xml"}:
            continue
        for child in element.children:
            if isinstance(child, str) and child.strip():
                yield child.strip(), element


def declared(text: str) -> dict[str, str]:
    """The declarations of a style, without "!important"."""
    pairs = (part.partition(":") for part in text.split(";") if ":" in part)
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def night(html: str) -> list[tuple[str, dict[str, str]]]:
    """The rules for a dark screen, in their order: one selector each."""
    return _rules("".join(_DARK.findall(html)))


def outlook(html: str) -> list[tuple[str, dict[str, str]]]:
    """The rules for Outlook.com when it is dark, as those of `night`."""
    found = _rules("".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)))
    kept = [(name, rule) for name, rule in found if name.startswith("[data-ogs")]
    return [(re.sub(r"^\[data-ogs[cb]\] ", "", name), rule) for name, rule in kept]


def _rules(text: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (selector.strip(), declared(body))
        for selectors, body in _RULE.findall(text)
        for selector in selectors.split(",")
    ]


def ink_and_ground(element: Element, rules: list[tuple[str, dict[str, str]]]) -> tuple[Rgb, Rgb]:
    """The colour of words in `element` and of what is behind them; `rules` go over what is inline."""
    ink = next(filter(None, (_said(one, rules, "color") for one in element.up())), "#000000")
    names = ("background-color", "background")
    ground = next(filter(None, (_said(one, rules, *names) for one in element.up())), "#ffffff")
    return colours.parse(ink), colours.parse(ground)


def _said(element: Element, rules: list[tuple[str, dict[str, str]]], *names: str) -> str:
    look = element.style
    for selector, rule in rules:
        if _matches(element, selector.split()):
            look = look | rule
    return next((look[name] for name in names if name in look), "")


def _matches(element: Element, steps: list[str]) -> bool:
    """Whether a selector of names and classes, blanks and ">", means `element`."""
    if not _is(element, steps[-1]):
        return False
    rest = steps[:-1]
    if not rest:
        return True
    above = list(element.up())[1:]
    if rest[-1] == ">":
        return bool(above) and _matches(above[0], rest[:-1])
    return any(_matches(one, rest) for one in above)


def _is(element: Element, step: str) -> bool:
    tag, *classes = step.split(".")
    return (not tag or element.tag == tag) and set(classes) <= set(element.attrs.get("class", "").split())
