"""Many messages at once: over how many connections, for how long, and what is taken back."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from outreach.mail.base import Outcome
from tests.fakes.scripted_mail import Do, ScriptedMail
from tests.mail.couriering import MESSAGE, PATIENT, Notebook, all_of, parcels, relay, said_of, verdict
from tests.processes import alone, wait_for

HASTY = replace(PATIENT, connect=1.0)


def test_connections_are_opened_as_there_is_work_and_no_more_than_allowed():
    with ScriptedMail() as server:
        one = relay(server.port, connections=4)
        assert said_of(one, 1) == ({"accepted"}, "")
        assert server.connections == 1
        assert said_of(one, 400) == ({"accepted"}, "")
    assert server.most_open <= 4
    assert server.received() == {key: 2 if key == 0 else 1 for key in range(400)}


def test_several_connections_work_at_once():
    """Each of four messages waits until the test has seen all four."""
    with ScriptedMail(pipelining=False) as server:
        for key in range(4):
            server.script(key, "dot", Do(then="wait"))
        courier, witness = relay(server.port, connections=4).courier(), Notebook()
        courier.submit(parcels(range(8)), witness)
        wait_for(lambda: len(witness.open) == 4, 20)
        server.go_on()
        assert {verdict(report) for report in all_of(courier).values()} == {"accepted"}
        courier.close()
    assert witness.most_open <= 4


def test_a_server_that_takes_no_more_connections_is_left_at_those_it_has():
    with ScriptedMail() as server:
        server.next_connection("greeting", Do(), *[Do("421 4.7.0 too many connections", "close")] * 50)
        assert said_of(relay(server.port, connections=10, messages=1000), 300) == ({"accepted"}, "")
    assert server.connections <= 3
    assert sorted(server.received()) == list(range(300))


def test_a_worn_out_connection_says_goodbye_and_is_replaced():
    with ScriptedMail() as server:
        one = relay(server.port, connections=1, messages=10)
        assert said_of(one, 35) == ({"accepted"}, "")
    assert server.connections == 4
    assert server.commands.count(b"QUIT") == 4


def test_a_connection_with_nothing_to_do_is_closed_in_time_and_the_thread_ends():
    with ScriptedMail() as server:
        one = relay(server.port, idle=0.0, timeouts=HASTY)
        courier = one.courier()
        courier.submit(parcels(range(2)), Notebook())
        all_of(courier)
        wait_for(lambda: b"QUIT" in server.commands, 20)
        thread = one._depot()._thread
        wait_for(lambda: not thread.runs, 20)
        thread.join(20)
        courier.submit(parcels(range(2, 4)), Notebook())
        assert {verdict(report) for report in all_of(courier).values()} == {"accepted"}
        one.close()


def test_the_connections_of_one_courier_are_those_of_the_next():
    with ScriptedMail() as server:
        one = relay(server.port, connections=1)
        for keys in (range(5), range(5, 10)):
            courier = one.courier()
            courier.submit(parcels(keys), Notebook())
            all_of(courier)
        with one.session() as session:
            session.send("a10@example.org", "b10@example.org", MESSAGE)
    assert (server.connections, len(server.kept)) == (1, 11)


def test_close_ends_what_has_begun_and_gives_back_the_rest():
    with ScriptedMail(pipelining=False) as server:
        server.script(0, "dot", Do(then="wait"))
        courier = relay(server.port, connections=1).courier()
        courier.submit(parcels(range(3)), Notebook())
        assert server.waiting.wait(20)
        courier.recall()
        early = courier.reports(20)
        server.go_on()
        courier.close()
        courier.close()
        late = courier.reports(0)
    assert sorted((report.key, verdict(report)) for report in early) == [(1, "not begun"), (2, "not begun")]
    assert [(report.key, verdict(report)) for report in late] == [(0, "accepted")]
    assert server.commands[-1] == b"QUIT"


def test_a_trouble_is_over_with_the_next_attempt_that_goes_through():
    with ScriptedMail() as server:
        server.next_connection("greeting", Do("554 5.7.1 not you"))
        courier = relay(server.port, connections=1).courier()
        courier.submit(parcels(range(3)), Notebook())
        assert {verdict(report) for report in all_of(courier).values()} == {"not begun"}
        assert "554 5.7.1 not you" in str(courier.trouble)
        courier.submit(parcels(range(3)), Notebook())
        assert {verdict(report) for report in all_of(courier).values()} == {"accepted"}
        assert courier.trouble is None
        courier.close()


def test_what_was_recalled_may_be_given_again():
    with ScriptedMail() as server:
        server.script(0, "dot", Do(then="wait"))
        courier, witness = relay(server.port, connections=1).courier(), Notebook()
        courier.submit(parcels(range(50)), witness)
        assert server.waiting.wait(20)
        courier.recall()
        back = [report.key for report in courier.reports(20) if report.outcome is None]
        server.go_on()
        courier.submit(parcels(range(min(back), 50)), witness)
        all_of(courier)
        courier.close()
    assert server.received() == dict.fromkeys(range(50), 1)


@pytest.mark.parametrize("pipelining", [True, False])
def test_what_its_witness_stops_is_not_begun_nor_what_waits_behind_it(pipelining: bool):
    with ScriptedMail(pipelining=pipelining) as server:
        courier, witness = relay(server.port, connections=1).courier(), Notebook(frozenset({2}))
        courier.submit(parcels(range(5)), witness)
        found = {key: verdict(report) for key, report in all_of(courier).items()}
        courier.submit(parcels(range(3, 5)), witness)
        again = {key: verdict(report) for key, report in all_of(courier).items()}
        courier.close()
    assert found == {0: "accepted", 1: "accepted"} | dict.fromkeys((2, 3, 4), "not begun")
    assert again == {3: "accepted", 4: "accepted"}
    assert (server.begun[2], server.empties) == (0, 0)


def test_a_mail_of_one_goes_before_what_a_newsletter_has_waiting():
    with ScriptedMail(pipelining=False) as server:
        server.script(0, "dot", Do(then="wait"))
        one = relay(server.port, connections=1)
        courier = one.courier()
        courier.submit(parcels(range(20)), Notebook())
        assert server.waiting.wait(20)
        single = one.courier()
        single._first = True
        single.submit(parcels(range(99, 100)), Notebook())
        single._depot()._thread.ask(_nothing())
        server.go_on()
        all_of(courier)
        all_of(single)
        one.close()
    assert [key for key, _ in server.kept][:2] == [0, 99]


async def _nothing() -> None:
    """What was called before it has run when this has."""


def test_a_forked_process_has_connections_of_its_own():
    with ScriptedMail() as server:
        one = relay(server.port, connections=1)
        courier = one.courier()
        courier.submit(parcels(range(2)), Notebook())
        all_of(courier)
        child = os.fork()
        if not child:
            found, _ = said_of(one, 4)
            os._exit(0 if found == {"accepted"} else 1)
        assert os.waitpid(child, 0)[1] == 0
        courier.submit(parcels(range(5, 7)), Notebook())
        assert {verdict(report) for report in all_of(courier).values()} == {"accepted"}
        one.close()
    assert (server.connections, len(server.kept), server.wrong) == (2, 8, [])


def test_a_witness_that_fails_costs_no_report():
    class Failing(Notebook):
        def answered(self, key: int, outcome: Outcome) -> None:
            raise OSError(28, "No space left on device")

    with ScriptedMail() as server:
        courier = relay(server.port, connections=1).courier()
        courier.submit(parcels(range(5)), Failing())
        found = {key: verdict(report) for key, report in all_of(courier).items()}
        courier.close()
    assert set(found) == set(range(5))
    assert server.received() == {key: 1 for key, said in found.items() if said == "accepted"}


LEAVING = """
import sys
from django.conf import settings
settings.configure()
from tests.mail.couriering import Notebook, all_of, parcels, relay
courier = relay(int(sys.argv[1]), connections=2).courier()
courier.submit(parcels(range(20)), Notebook())
all_of(courier)
"""


def test_a_process_that_ends_says_goodbye_first(tmp_path: Path):
    with ScriptedMail() as server:
        alone(tmp_path, "-c", LEAVING, str(server.port))
    assert len(server.kept) == 20
    assert server.commands.count(b"QUIT") == server.connections
