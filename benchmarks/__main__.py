"""`make bench`: what is measured in this one run; where it can be, a ratio of two things."""

import importlib
import subprocess
import sys

NAMES = ("memory", "feeds", "polls", "posts", "history", "mail", "letters", "returns", "people")


def main(names: list[str]) -> None:
    """Each in a process of its own: none finds rows, or memory, of the one before."""
    if len(names) == 1:
        return measure(names[0])
    for name in names or NAMES:
        subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)
    return None


def measure(name: str) -> None:
    if name not in NAMES:
        sys.exit(f"There is no benchmark {name}; there are {', '.join(NAMES)}.")
    print(f"\n{name}", flush=True)
    for label, value in importlib.import_module(f"benchmarks.{name}").measure():
        print(f"  {label:<76} {value:>6}", flush=True)


main(sys.argv[1:])
