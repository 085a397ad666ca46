"""The process that fills a design of staff: `python -c … < question > answer`, with limits.

No Django here, no settings, no database, and no file or address can be loaded. The question and the answer
are JSON: {mjml, text, language, context, answers}, and {html, text} or {wrong, part, line, …}.
"""

import gettext
import json
import re
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from difflib import get_close_matches
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MEMORY_BYTES, CPU_SECONDS = 300 * 1024 * 1024, 5
MOST_SIGNS = 500_000
"""What a design may make of an issue; a mail is stopped long before that."""
_COMMENT = re.compile(r"\{#.*?#\}", re.S)
_POSITION = re.compile(r"at position (\d+):")
_NO_ATTRIBUTE = re.compile(r"no attribute '(\w+)'")
_LOCALE = Path(__file__).resolve().parents[3] / "locale"


class Wrong(Exception):
    """What is wrong with the design, as the answer tells it."""

    def __init__(self, wrong: str, part: str, line: int = 0, what: str = "", near: str = "") -> None:
        super().__init__(wrong)
        self.answer = {"wrong": wrong, "part": part, "line": line, "what": what[:300], "near": near}


def main() -> None:
    """Answer the question on standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.write(json.dumps(answer_to(json.loads(sys.stdin.buffer.read()))))


def answer_to(question: dict[str, Any]) -> dict[str, Any]:
    """Both parts filled, or what is wrong; no exception comes out."""
    try:
        context = unpacked(question["context"], question["answers"])
        html = _filled("mjml", question["mjml"], context, question["language"])
        return {"html": html, "text": _filled("text", question["text"], context, question["language"])}
    except Wrong as wrong:
        return wrong.answer
    except (MemoryError, RecursionError):
        return {"wrong": "too-much", "part": "mjml"}


def unpacked(context: dict[str, Any], answers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The context as templates see it; `answers` are what its functions say of each row."""
    found = {name: _value(value) for name, value in context.items()}
    return found | {name: _function(name, said) for name, said in answers.items()}


def _value(packed: Any) -> Any:
    if isinstance(packed, list):
        return [_value(one) for one in packed]
    if not isinstance(packed, dict):
        return packed
    if "_moment" in packed:
        return Moment(packed)
    if "_words" in packed:
        return {name: _value(one) for name, one in packed["_words"].items()}
    return SimpleNamespace(**{name: _value(one) for name, one in packed.items()})


class Moment:
    """An instant, with the ways in which people say it."""

    def __init__(self, packed: dict[str, str]) -> None:
        self.said = packed
        self.instant = datetime.fromisoformat(packed["_moment"])

    def __str__(self) -> str:
        return self.said["exact"]

    def strftime(self, form: str) -> str:
        """As of a datetime."""
        return self.instant.strftime(form[:40])


def _function(name: str, said: dict[str, Any]) -> Callable[..., Any]:
    def tell(row: Any = None, most: int = 0) -> Any:
        answer = _value(said.get(getattr(row, "_key", ""), ""))
        if most and isinstance(answer, str):
            from outreach.core.measure import shorten

            return shorten(answer, most, len)
        return answer

    tell.__name__ = name
    return tell


def _environment(part: str, language: str) -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    env = ImmutableSandboxedEnvironment(
        autoescape=part == "mjml",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = gettext.translation("django", _LOCALE, [language], fallback=True)
    env.install_gettext_callables(words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext)  # type: ignore[attr-defined]
    for name in ("day", "when", "clock_time", "exact"):
        env.filters[name] = lambda moment, name=name: moment.said[name] if moment else ""
    env.globals.pop("lipsum")
    return env


def _filled(part: str, source: str, context: dict[str, Any], language: str) -> str:
    env = _environment(part, language)
    _read(env, part, source, context)
    body = _html(source) if part == "mjml" else source
    try:
        return _joined(part, env.from_string(body).generate(context))
    except (Wrong, MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001 (whatever a template can raise is the template's fault)
        raise _told(error, part, source, context) from None


def _read(env: Any, part: str, source: str, context: dict[str, Any]) -> None:
    """Everything that can be said before it is filled, with the line of the source. Raises Wrong."""
    from jinja2 import TemplateSyntaxError, meta, nodes

    try:
        tree = env.parse(source)
    except TemplateSyntaxError as error:
        raise Wrong("syntax", part, error.lineno, error.message or "") from None
    for outside in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        raise Wrong("outside", part, outside.lineno)
    # What is set in one branch only counts as known in the others: filling it tells whether that is so.
    given = {node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    asked = [test.node for test in tree.find_all(nodes.Test) if test.name in {"defined", "undefined"}]
    given |= {node.name for node in asked if isinstance(node, nodes.Name)}
    known = [*context, *env.globals, *given]
    for name in sorted(meta.find_undeclared_variables(tree) - set(known)):
        line = min(node.lineno for node in tree.find_all(nodes.Name) if node.name == name)
        raise Wrong("unknown", part, line, name, _near(name, known))


def _html(source: str) -> str:
    import mrml

    # Its comments are no MJML. Lines stay where they are, for what the parser says of them.
    bare = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), source)
    start = len(bare) - len(bare.lstrip())
    options = mrml.ParserOptions(include_loader=mrml.noop_loader())
    try:
        return str(_made(bare[start:], options))
    except OSError as error:
        if unclosed := Tags(bare).unclosed:
            raise Wrong("unclosed", "mjml", *unclosed) from None
        found = _POSITION.search(str(error))
        at = int(found.group(1)) if found else 0  # bytes; 0 is what it says when it does not know
        line = bare[start:].encode()[:at].count(b"\n") + bare.count("\n", 0, start) + 1 if at else 0
        raise Wrong("mjml", "mjml", line, str(error)) from None


def _made(source: str, options: Any) -> str:
    import mrml

    # No font from a stranger: MJML would have one fetched wherever the name of one stands in a list.
    render = mrml.RenderOptions(fonts={})
    return mrml.to_html(source, parser_options=options, render_options=render).content


class Tags(HTMLParser):
    """The first tag of MJML that is not closed, or closes what is not open: its line and its name.

    mrml only says that something is wrong.
    """

    def __init__(self, source: str) -> None:
        super().__init__()
        self._open: list[tuple[int, str]] = []
        self.unclosed: tuple[int, str] | None = None
        self.feed(source)
        if self._open and not self.unclosed:
            self.unclosed = self._open[-1]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag.startswith("mj"):
            self._open.append((self.getpos()[0], tag))

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not tag.startswith("mj") or self.unclosed:
            return
        if not self._open or self._open[-1][1] != tag:
            self.unclosed = self._open[-1] if self._open else (self.getpos()[0], tag)
        else:
            self._open.pop()


def _joined(part: str, pieces: Iterator[str]) -> str:
    """All of it, or Wrong as soon as it is more than anybody mails."""
    found, total = [], 0
    for piece in pieces:
        total += len(piece)
        if total > MOST_SIGNS:
            raise Wrong("too-long", part)
        found.append(piece)
    return "".join(found)


def _told(error: Exception, part: str, source: str, context: dict[str, Any]) -> Wrong:
    missing = _NO_ATTRIBUTE.search(str(error))
    if missing:
        name = missing.group(1)
        return Wrong("unknown", part, _line_of(source, name), name, _near(name, _attributes(context)))
    return Wrong("failed", part, 0, f"{type(error).__name__}: {error}")


def _line_of(source: str, name: str) -> int:
    found = re.search(rf"\.\s*{re.escape(name)}\b", source)
    return source.count("\n", 0, found.start()) + 1 if found else 0


def _attributes(value: Any, depth: int = 0) -> list[str]:
    """The names that stand behind a dot somewhere in the context."""
    if depth > 6:
        return []
    if isinstance(value, SimpleNamespace):
        return [name for name in vars(value) if not name.startswith("_")] + _attributes(
            vars(value), depth + 1
        )
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [name for one in inner for name in _attributes(one, depth + 1)]


def _near(name: str, known: list[str]) -> str:
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), "")
