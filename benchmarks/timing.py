"""Time, as the benchmarks take it: the median of some turns, so that one slow turn decides nothing."""

import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object], turns: int = 1) -> float:
    """The median time of `turns` calls, in seconds."""
    return statistics.median(_once(work) for _ in range(turns))


def _once(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
