"""`make bench`: each figure is a ratio of two things measured in this one run."""

import importlib
import sys

NAMES = ("feeds", "posts", "mail")


def main(names: list[str]) -> None:
    for name in names or NAMES:
        print(f"\n{name}")
        for label, value in importlib.import_module(f"benchmarks.{name}").measure():
            print(f"  {label:<70} {value}")


main(sys.argv[1:])
