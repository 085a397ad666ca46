"""The event loop in a thread of its own."""

import sys
import threading

from outreach.mail.loops import LoopThread


async def interval() -> float:
    return sys.getswitchinterval()


def ended(loop: LoopThread) -> None:
    loop.call(lambda: loop.look())
    loop.join(5)
    assert not loop.runs


def test_while_a_loop_runs_its_thread_is_soon_let_through_and_after_the_last_all_is_as_before() -> None:
    usual = sys.getswitchinterval()
    needed = [True]
    one, other = (LoopThread(lambda: needed[0], 60) for _ in range(2))
    assert one.ask(interval()) == other.ask(interval()) < usual / 10
    needed[0] = False
    ended(one)
    assert other.ask(interval()) < usual / 10
    ended(other)
    assert sys.getswitchinterval() == usual
    assert "courier" not in {thread.name for thread in threading.enumerate()}
