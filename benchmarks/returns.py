"""How well returned mails are understood, on a folder of labelled ones; flufl.bounce alone beside it.

The folder is named by OUTREACH_BOUNCES: mails, and labels.csv with the columns file, recipient_index and hard
(1 when the mailbox does not exist). Public collections of bounces can be labelled so; none is ours.
"""

import csv
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path

Verdicts = Callable[[bytes], list[bool]]


def measure() -> Iterator[tuple[str, str]]:
    """Precision: of those called hard, how many are. Recall: of those that are, how many were called so."""
    folder = os.environ.get("OUTREACH_BOUNCES", "")
    if not folder:
        yield "no folder is named: set OUTREACH_BOUNCES to one with mails and labels.csv", "-"
        return
    labels = _labels(Path(folder))
    for name, verdicts in (("ours", _ours), ("flufl.bounce, its permanent failures", _flufl)):
        began = time.perf_counter()
        precision, recall = _compared(Path(folder), labels, verdicts)
        took = (time.perf_counter() - began) / len(labels) * 1000
        yield f"{name}: precision for hard bounces, {len(labels)} mails", f"{precision:.3f}"
        yield f"{name}: recall for hard bounces", f"{recall:.3f}"
        yield f"{name}: milliseconds a mail", f"{took:.1f}"


def _labels(folder: Path) -> dict[str, dict[int, bool]]:
    found: dict[str, dict[int, bool]] = defaultdict(dict)
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["file"]][int(row["recipient_index"])] = row["hard"] == "1"
    return found


def _compared(folder: Path, labels: dict[str, dict[int, bool]], verdicts: Verdicts) -> tuple[float, float]:
    right = wrong = missed = 0
    for name, rows in labels.items():
        found = verdicts((folder / name).read_bytes())
        for index, hard in rows.items():
            said = index < len(found) and found[index]
            right, wrong, missed = (
                right + (said and hard),
                wrong + (said and not hard),
                missed + (hard and not said),
            )
    return right / max(1, right + wrong), right / max(1, right + missed)


def _ours(mail: bytes) -> list[bool]:
    from outreach.mail.bounces import returns
    from outreach.mail.bounces.base import Kind

    return [one.kind is Kind.HARD for one in returns.read(mail)]


def _flufl(mail: bytes) -> list[bool]:
    from flufl.bounce import all_failures

    try:
        permanent = all_failures(message_from_bytes(mail))[1]
    except Exception:  # noqa: BLE001 (its own detectors fail on some mails; that counts as nothing found)
        return []
    return [True] * len(permanent)
