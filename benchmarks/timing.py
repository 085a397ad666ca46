"""Time, as the benchmarks take it: the median of some turns, so that one slow turn decides nothing."""

import resource
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


def work(task: Callable[[], object]) -> float:
    """The seconds of CPU that `task` takes, in this process and in those that it starts and waits for."""
    began = _spent()
    task()
    return _spent() - began


def _spent() -> float:
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)
