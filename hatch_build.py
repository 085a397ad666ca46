"""Build hook: the wheel carries compiled translations and the templates, and works where it lands."""

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


class WheelContents(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles the catalogues, and puts what lies beside the package in the checkout into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before each build target."""
        compile_catalogues(Path(self.root))
        # An editable installation reads the checkout itself; copies would hide later changes.
        if version != "editable":
            build_data["force_include"].update(
                {"celeryconfig.py": "celeryconfig.py", "templates": "outreach/_templates"}
            )
