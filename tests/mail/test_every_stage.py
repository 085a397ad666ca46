"""Every stage of a delivery, whatever the server does there: the right verdict, and the others unharmed."""

from dataclasses import replace
from typing import Any

import pytest

from outreach.mail.connecting import Timeouts
from tests.fakes.scripted_mail import Do, ScriptedMail
from tests.mail.couriering import PATIENT, Notebook, all_of, parcels, relay, verdict

A, D, R, G, U, X = "accepted", "deferred", "refused", "gone", "about-us", "unknown"
GARBAGE = b"\x00\xffwat?"

# What the server does, and what that means: for the first message of a connection, for a later one.
# Where the two differ, the connection was about to end anyway: then another one carries the message, unseen.
CASES: dict[str, list[tuple[Do, str, str]]] = {
    "mail": [
        (Do("251 hm"), A, A),
        (Do("250-one\r\n250-two\r\n250 three"), A, A),
        (Do("250"), A, A),
        (Do("354 what"), D, D),
        (Do("451 4.7.0 busy"), D, D),
        (Do("421 4.3.2 closing", "close"), D, A),
        (Do("550 5.1.0 no"), U, U),
        (Do("550-5.7.1 no\r\n550 5.7.1 never"), U, U),
        (Do("530 5.7.0 log in first"), U, U),
        (Do("", "close"), D, A),
        (Do("", "half"), D, A),
        (Do("", "rst"), D, A),
        (Do("", "hang"), D, A),
        (Do(GARBAGE), D, A),
        (Do(b"250 " + b"x" * 70_000), D, A),
    ],
    "rcpt": [
        (Do("251 forwarded"), A, A),
        (Do("252 perhaps"), A, A),
        (Do("354 what"), D, D),
        (Do("450 4.2.1 later"), D, D),
        (Do("452-4.2.2 full\r\n452 4.2.2 try later"), D, D),
        (Do("421 4.3.2 closing", "close"), D, D),
        (Do("550 5.1.1 no such user"), G, G),
        (Do("552 5.2.2 full"), R, R),
        (Do("550"), R, R),
        (Do("501 5.1.3 Bad recipient address syntax"), G, G),
        (Do("501 what"), R, R),
        (Do("553 5.1.3 no"), G, G),
        (Do("503 5.5.1 out of order"), U, U),
        (Do("550 5.7.26 not authenticated"), U, U),
        (Do("535 5.7.8 who are you"), U, U),
        (Do("", "close"), D, D),
        (Do("", "half"), D, D),
        (Do("", "hang"), D, D),
        (Do(GARBAGE), D, D),
    ],
    "data": [
        (Do("250 what"), D, D),
        (Do("451 4.3.0 no room"), D, D),
        (Do("421 4.3.2 closing", "close"), D, D),
        (Do("554 5.5.1 no"), U, U),
        (Do("550 5.7.1 no"), U, U),
        (Do("", "close"), D, D),
        (Do("", "half"), D, D),
        (Do("", "hang"), D, D),
        (Do(GARBAGE), D, D),
    ],
    "body": [
        (Do("", "close"), X, X),
        (Do("", "rst"), X, X),
        (Do("", "half"), X, X),
        (Do("", "hang"), X, X),
    ],
    "dot": [
        (Do("250-2.0.0 thank\r\n250 2.0.0 you"), A, A),
        (Do("250"), A, A),
        (Do("252 hm"), A, A),
        (Do("354 what"), X, X),
        (Do("451 4.3.0 try again"), D, D),
        (Do("421 4.3.2 closing", "close"), D, D),
        (Do("550 5.1.1 after all not here"), G, G),
        (Do("554 5.7.1 spam"), U, U),
        (Do("535 5.7.8 who are you"), U, U),
        (Do("", "close"), X, X),
        (Do("", "half"), X, X),
        (Do("", "rst"), X, X),
        (Do("", "hang"), X, X),
        (Do(GARBAGE), X, X),
    ],
    "between": [
        (Do("421 4.4.2 timeout", "close"), A, A),
        (Do("421 4.4.2 timeout", "half"), A, A),
        (Do("", "close"), A, A),
        (Do("", "half"), A, A),
        (Do("", "hang"), A, A),
        (Do(GARBAGE), A, A),
    ],
}
ALL = [(stage, *case) for stage, cases in CASES.items() for case in cases]


def _timeouts(stage: str, do: Do) -> Timeouts:
    """Short only where the server is silent."""
    if do.then != "hang":
        return PATIENT
    return replace(PATIENT, **{"dot" if stage in ("body", "dot") else "command": 1.0})


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "step by step"])
@pytest.mark.parametrize(("stage", "do", "first", "later"), ALL)
def test_each_has_its_verdict_and_the_others_go_through(
    stage: str, do: Do, first: str, later: str, pipelining: bool
):
    both = ((0, first), (1, later))
    for key, expected in both if do.then != "hang" or first != later else both[1:]:
        with ScriptedMail(pipelining=pipelining) as server:
            server.script(key, stage, do)
            one = relay(server.port, connections=1, timeouts=_timeouts(stage, do))
            courier, witness = one.courier(), Notebook()
            courier.submit(parcels(range(4)), witness)
            found = {key: verdict(report) for key, report in all_of(courier).items()}
            one.close()
        assert found == {n: expected if n == key else A for n in range(4)}
        _is_true(found, server, witness)


def _is_true(found: dict[int, str], server: ScriptedMail, witness: Notebook) -> None:
    """What was reported, beside what the server and the witness saw."""
    taken = server.received()
    assert not server.wrong
    assert set(taken.values()) <= {1}
    for key, said in found.items():
        assert said != A or taken[key] == 1
        assert taken[key] == 0 or said in (A, X)
        assert said != "not begun" or not server.begun[key]
    in_doubt = sum(said == X for said in found.values())  # their connections are gone
    assert witness.most_open <= 1 + in_doubt
    assert sorted(witness.handed) == sorted(set(witness.handed))
    assert witness.open == {key for key, said in found.items() if said == X}


@pytest.mark.parametrize("do", [Do("354 what"), Do(GARBAGE)])
def test_a_server_that_is_out_of_step_after_the_dot_carries_nothing_more(do: Do):
    with ScriptedMail(pipelining=False) as server:
        server.script(0, "dot", do)
        courier = relay(server.port, connections=1).courier()
        courier.submit(parcels(range(2)), Notebook())
        assert [verdict(report) for _, report in sorted(all_of(courier).items())] == [X, A]
        courier.close()
    assert server.connections == 2


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("do", "expected"),
    [
        (Do("", "close"), D),
        (Do("", "rst"), D),
        (Do("552 5.3.4 too much", "close"), U),
        (Do("250 already", "close"), D),
        (Do("421 4.3.2 closing", "close"), D),
    ],
)
def test_a_large_message_that_did_not_leave_whole_is_not_there(do: Do, expected: str, pipelining: bool):
    large = b"Subject: groot\r\n\r\n" + b"x" * 70 + b"\r\n" * 4_000_000
    with ScriptedMail(pipelining=pipelining) as server:
        server.script(0, "body", do)
        one = relay(server.port, connections=1)
        courier, witness = one.courier(), Notebook()
        courier.submit(parcels(range(1), large) + parcels(range(1, 2)), witness)
        found = {key: verdict(report) for key, report in all_of(courier).items()}
        one.close()
    # A reply that was sent before a reset may be lost with it.
    assert found in ({0: expected, 1: A}, {0: D, 1: A})
    assert witness.open == set()


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    "answer", ["554 5.5.1 no valid recipients", "250 2.0.0 kept nothing", "451 4.3.0 eh"]
)
def test_an_empty_message_for_nobody_is_no_delivery(answer: str, pipelining: bool):
    """RFC 2920, 3.1: a server may say 354 although it refused every recipient."""
    with ScriptedMail(pipelining=pipelining, data_always=True) as server:
        server.script(1, "rcpt", Do("550 5.1.1 no such user"))
        server.script(1, "empty", Do(answer))
        courier, witness = relay(server.port, connections=1).courier(), Notebook()
        courier.submit(parcels(range(3)), witness)
        reports = all_of(courier)
        courier.close()
    assert [verdict(reports[key]) for key in range(3)] == [A, G, A]
    assert reports[1].outcome is not None
    assert reports[1].outcome.reply == "550 5.1.1 no such user"
    assert server.empties == (1 if pipelining else 0)
    assert 1 not in witness.handed
    assert not server.wrong


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_replies_that_come_in_pieces_are_the_same_replies(pipelining: bool, line_end: bytes):
    with ScriptedMail(pipelining=pipelining, split=True, line_end=line_end) as server:
        server.script(1, "rcpt", Do("550-5.1.1 no\r\n550 5.1.1 such user"))
        server.script(3, "dot", Do("451-4.3.0 one\r\n451-4.3.0 two\r\n451 4.3.0 three"))
        courier = relay(server.port, connections=1).courier()
        courier.submit(parcels(range(5)), Notebook())
        reports = all_of(courier)
        courier.close()
    assert [verdict(reports[key]) for key in range(5)] == [A, G, A, D, A]
    said: Any = reports[3].outcome
    assert said.reply == "451 4.3.0 one 4.3.0 two 4.3.0 three"
    assert (server.connections, server.wrong) == (1, [])
