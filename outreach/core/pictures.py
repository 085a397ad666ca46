"""Pictures that people upload: checked, stripped of private data and made small, in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import outreach

MOST_BYTES = 20_000_000
SECONDS = 30.0
"""How long the process that does the work may take. Its memory and its work are limited by itself."""
# `-I` keeps the environment and the working folder out of the child, as in feeds.parsing.
_START = "import sys; sys.path.insert(0, sys.argv[1]); from outreach.core.pixels import main; main()"
_ROOT = str(Path(outreach.__file__).resolve().parent.parent)


class Unfit(Exception):
    """The kind of what is wrong: no-image, pixels, moving, damaged or work (it takes too much)."""


@dataclass(frozen=True)
class Reworked:
    """A picture that is harmless: JPEG or PNG, of `width` × `height` pixels."""

    content: bytes
    mime: str
    width: int
    height: int


def reworked(content: bytes, side: int, most_bytes: int, drawn: bool = False) -> Reworked:
    """The picture in `content`, at most `side` pixels and `most_bytes`; PNG if `drawn`. Raises Unfit."""
    question = {"side": side, "most_bytes": most_bytes, "drawn": drawn}
    told, line_end, data = _worked_on(content, json.dumps(question).encode()).partition(b"\n")
    # Killed by its limits, it says nothing: the picture need not be damaged.
    said = json.loads(told) if line_end else {"wrong": "work"}
    if wrong := said.pop("wrong", ""):
        raise Unfit(wrong)
    return Reworked(data, **said)


def _worked_on(content: bytes, question: bytes) -> bytes:
    """What the process says; nothing when it died or took too long."""
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter, no shell)
            [sys.executable, "-I", "-c", _START, _ROOT],
            input=question + b"\n" + content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""
