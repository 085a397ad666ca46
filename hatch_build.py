"""Build hook: the wheel carries compiled translations, so an installation needs no gettext tools."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path) -> None:
    """Write each `.po` below `root` as the `.mo` beside it."""
    for po in root.glob("outreach/locale/*/LC_MESSAGES/*.po"):
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale=po.parts[-3]))


class CompileCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles the catalogues before files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before each build target."""
        compile_catalogues(Path(self.root))
