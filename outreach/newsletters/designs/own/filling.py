"""A design of staff filled with an issue, in a process of its own: whatever stands in it hurts only that."""

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import translation

import outreach
from outreach.newsletters.designs.own import faults, packing
from outreach.newsletters.designs.own.sources import Sources

SECONDS = 10.0
"""How long the process may take. Its memory and its work are limited by itself."""
# `-I` keeps the environment and the working folder out of the child.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from outreach.newsletters.designs.own.child import main; main()"
)
_ROOT = str(Path(outreach.__file__).resolve().parent.parent)


def filled(sources: Sources, context: Mapping[str, Any], language: str) -> tuple[str, str]:
    """The HTML and the text part. Raises DesignFault."""
    with translation.override(language):
        plain, answers = packing.packed(context)
    question = {"mjml": sources.mjml, "text": sources.text, "language": language}
    return _parts(json.dumps(question | {"context": plain, "answers": answers}))


@lru_cache(maxsize=8)  # a page asks for the same issue several times
def _parts(question: str) -> tuple[str, str]:
    answer = _answer_to(question)
    if "wrong" in answer:
        raise faults.fault(answer)
    return answer["html"], answer["text"]


def _answer_to(question: str) -> dict[str, Any]:
    try:
        done = subprocess.run(  # noqa: S603  (our own interpreter, no shell)
            [sys.executable, "-I", "-B", "-c", _START, _ROOT],
            input=question.encode(),
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired:
        return {"wrong": "too-much"}
    if done.returncode != 0:
        return {"wrong": "too-much", "raw": done.stderr.decode("utf-8", "replace")[-300:]}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
