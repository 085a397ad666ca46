"""Nothing that a person reads may be left in English for somebody who reads Dutch or French."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None, "gettext_lazy": None}
KEYWORDS |= {"ngettext_lazy": (1, 2), "say_many": (1, 2), "pgettext": ((1, "c"), 2)}
PLURALS = {"ngettext", "ngettext_lazy", "say_many"}
PLACE = re.compile(r"%\((\w+)\)[sd]")


def used() -> set[str | tuple[str, ...]]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(str(ROOT), methods, options, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found if message}


def catalogue(language: str) -> Catalog:
    path = ROOT / "outreach" / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def singular(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def forms(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [string or ""] if isinstance(string, str) or not string else list(string)


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_every_string_is_translated(language: str) -> None:
    known = catalogue(language)
    missing = sorted(
        singular(message)
        for message in used()
        if not (entry := known.get(singular(message))) or not all(forms(entry.string)) or entry.fuzzy
    )
    assert missing == []


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_a_translation_has_the_places_of_its_original(language: str) -> None:
    wrong = [
        message.id
        for message in catalogue(language)
        if message.id
        and any(
            set(PLACE.findall(form)) - set(PLACE.findall(" ".join(forms(message.id))))  # type: ignore[arg-type]
            for form in forms(message.string)
        )
    ]
    assert wrong == []


def test_every_plural_is_collected_as_one() -> None:
    """The collector loses the plural of a call that holds another call with a sentence in it."""
    counted = {message[0] for message in used() if isinstance(message, tuple)}
    written: set[str] = set()
    for path in (ROOT / "outreach").rglob("*.py"):
        calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        for call in calls:
            first = call.args[0] if call.args else None
            if getattr(call.func, "id", "") in PLURALS and isinstance(first, ast.Constant):
                written.add(first.value)
    assert written - counted == set()
    assert written
