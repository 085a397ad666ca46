"""What large mail programmes do not show: the styles of a mail against the table of `features`."""

from collections.abc import Iterator
from typing import Any

from outreach.core.sentences import N_, say
from outreach.newsletters.designs.lint import features
from outreach.newsletters.designs.lint.features import Lacking
from outreach.newsletters.designs.lint.findings import Finding
from outreach.newsletters.designs.lint.page import Page

_LACKS = N_("“%(what)s” does not work in %(programs)s: the design looks different or broken there.")
_FORBIDDEN = N_("The mail holds “%(what)s”: mail servers take it for an attack. Take it out of the design.")
_RESETS = {"none", "initial", "normal", "static", "auto", "unset"}
_DEEP = 10  # rules within rules

Found = tuple[str, Lacking]


def check(page: Page) -> Iterator[Finding]:
    """What can be said of elements and styles, each kind once."""
    for tag in features.FORBIDDEN:
        if tag in page.tags:
            yield Finding("forbidden", say(_FORBIDDEN, what=f"<{tag}>"), stops=True, place=f"<{tag}>")
    for name in dict.fromkeys(page.handlers):
        yield Finding("forbidden", say(_FORBIDDEN, what=name), stops=True, place=name)
    found = dict([*_elements(page), *_sheets(page), *_styles(page)])
    for what, programs in sorted(found.items()):
        yield Finding("client", say(_LACKS, what=what, programs=", ".join(programs)), place=what)


def _elements(page: Page) -> Iterator[Found]:
    for tag, programs in features.ELEMENTS.items():
        if tag in page.tags:
            yield f"<{tag}>", programs


def _sheets(page: Page) -> Iterator[Found]:
    import tinycss2  # only where a mail is looked at

    for sheet in page.sheets:
        yield from _rules(tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True))


def _styles(page: Page) -> Iterator[Found]:
    import tinycss2

    for style in dict.fromkeys(page.styles):
        yield from _declarations(tinycss2.parse_blocks_contents(style))


def _rules(nodes: list[Any], depth: int = 0) -> Iterator[Found]:
    import tinycss2

    for node in nodes:
        if node.type == "at-rule":
            if node.lower_at_keyword in features.RULES:
                yield f"@{node.lower_at_keyword}", features.RULES[node.lower_at_keyword]
            elif node.content and depth < _DEEP:
                inner = tinycss2.parse_blocks_contents(node.content)
                yield from _rules(inner, depth + 1)
        elif node.type == "qualified-rule":
            yield from _declarations(tinycss2.parse_blocks_contents(node.content))


def _declarations(nodes: list[Any]) -> Iterator[Found]:
    for node in nodes:
        if node.type == "declaration" and not node.lower_name.startswith("mso-"):
            yield from _declaration(node)


def _declaration(node: Any) -> Iterator[Found]:
    name = node.lower_name
    if name in features.PROPERTIES and not _is_reset(node):
        yield name, features.PROPERTIES[name]
    for token in _tokens(node.value):
        yield from _token(name, token)


def _is_reset(node: Any) -> bool:
    """`transform: none`: nothing is lost where that is not understood."""
    words = [token for token in node.value if token.type != "whitespace"]
    return len(words) == 1 and words[0].type == "ident" and words[0].lower_value in _RESETS


def _token(name: str, token: Any) -> Iterator[Found]:
    if token.type == "ident" and (name, token.lower_value) in features.VALUES:
        yield f"{name}: {token.lower_value}", features.VALUES[name, token.lower_value]
    elif token.type == "function" and token.lower_name in features.FUNCTIONS:
        yield f"{token.lower_name}()", features.FUNCTIONS[token.lower_name]
    elif token.type == "url":
        yield "url()", features.FUNCTIONS["url"]
    elif token.type == "dimension" and token.lower_unit in features.UNITS:
        yield token.lower_unit, features.UNITS[token.lower_unit]


def _tokens(nodes: list[Any]) -> Iterator[Any]:
    """All tokens of a value, also those within functions."""
    waiting = list(nodes)
    while waiting:
        token = waiting.pop()
        yield token
        waiting += getattr(token, "arguments", None) or []
