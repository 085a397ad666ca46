"""Whatever the server does, in any order: each parcel has one report, and that report is true."""

import sys
from itertools import chain, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.mail.reading import Garbled, Reader, Reply
from tests.fakes.scripted_mail import Do, ScriptedMail
from tests.mail.couriering import Notebook, all_of, parcels, relay, verdict

REPLIES = [
    "250 ok",
    "251 hm",
    "354 eh",
    "421 bye",
    "450 later",
    "550 5.1.1 no",
    "554 5.7.1 no",
    "535 who",
    b"\xff",
]
WORDS = st.one_of(st.just("usual"), st.just(""), st.sampled_from(REPLIES))
DO = st.builds(Do, WORDS, st.sampled_from(["", "", "close", "half", "rst"]))
STAGES = ["mail", "rcpt", "data", "body", "dot", "empty", "between", "rset"]
SCRIPT = st.dictionaries(st.tuples(st.integers(0, 11), st.sampled_from(STAGES)), DO, max_size=12)
GREETINGS = st.lists(st.sampled_from([Do(), Do("421 too many", "close"), Do("", "close")]), max_size=4)


@given(
    script=SCRIPT,
    greetings=GREETINGS,
    pipelining=st.booleans(),
    split=st.booleans(),
    data_always=st.booleans(),
    connections=st.integers(1, 3),
    messages=st.integers(1, 6),
    uvloop=st.booleans(),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_each_parcel_has_one_report_and_it_is_true(
    script: dict[tuple[int, str], Do],
    greetings: list[Do],
    connections: int,
    messages: int,
    uvloop: bool,
    **server_is: Any,
):
    with pytest.MonkeyPatch.context() as patch, ScriptedMail(**server_is) as server:
        if not uvloop:
            patch.setitem(sys.modules, "uvloop", None)
        server.of_message = {place: do for place, do in script.items() if _may_be(place[1], do)}
        server.next_connection("greeting", Do(), *greetings)
        one = relay(server.port, connections=connections, messages=messages)
        courier, witness = one.courier(), Notebook()
        courier.submit(parcels(range(12)), witness)
        found = {key: verdict(report) for key, report in all_of(courier).items()}
        one.close()
    assert set(found) == set(range(12))
    for key, said in found.items():
        _is_true(key, said, script, server, witness)


def _may_be(stage: str, do: Do) -> bool:
    """Not what only waits (it takes a time-out each), nor a lie about a message that is not there yet."""
    if stage == "body":
        return bool(do.then) and do.words in ("", "usual", "421 bye", "550 5.1.1 no", b"\xff")
    return stage == "between" or bool(do.words or do.then)


def _is_true(key: int, said: str, script: dict[tuple[int, str], Do], server: ScriptedMail, witness: Notebook):
    taken = server.received()[key]
    assert taken <= 1
    assert witness.handed.count(key) <= 1
    if said == "accepted":
        assert taken == 1
    elif said != "unknown":
        assert taken == 0
    if said == "not begun":
        assert not server.begun[key]
        assert key not in witness.handed
    if said == "unknown":
        assert key in witness.open
        assert _last_word_is_not_known(key, script)


def _last_word_is_not_known(key: int, script: dict[tuple[int, str], Do]) -> bool:
    """Its own end broke, or a reset of the connection overtook the reply."""
    own = [script[key, stage] for stage in ("data", "body", "dot", "between") if (key, stage) in script]
    broken = any(do.then or do.words in ("", "354 eh", b"\xff") for do in own)
    return broken or any(do.then == "rst" for do in script.values())


@given(
    replies=st.lists(
        st.tuples(st.integers(200, 599), st.lists(st.text("ab 5.1-", max_size=8), min_size=1)), max_size=5
    ),
    cuts=st.lists(st.integers(0, 200)),
    line_end=st.sampled_from([b"\r\n", b"\n"]),
)
def test_replies_are_read_the_same_however_they_are_cut(
    replies: list[tuple[int, list[str]]], cuts: list[int], line_end: bytes
):
    data = b"".join(
        f"{code}{'-' if number < len(lines) - 1 else ' '}{line}".encode() + line_end
        for code, lines in replies
        for number, line in enumerate(lines)
    )
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    reader = Reader()
    found = [r for a, b in pairwise(places) for r in reader.feed(data[a:b])]
    assert found == [Reply(code, tuple(lines)) for code, lines in replies]
    assert reader.empty


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n",
        b"\r\n",
        b"25 x\r\n",
        b"2500 x\r\n",
        b"250=x\r\n",
        b"999 x\r\n",
        b"100 x\r\n",
        "２５０ x\r\n".encode(),
    ],
)
def test_what_is_no_reply_is_not_taken_for_one(data: bytes):
    with pytest.raises(Garbled):
        list(Reader().feed(data))


@pytest.mark.parametrize("data", [b"2" * 1000, b"250-more\r\n" * 200])
def test_a_reply_without_an_end_is_given_up(data: bytes):
    reader = Reader()
    with pytest.raises(Garbled):
        list(chain.from_iterable(map(reader.feed, [data] * 1000)))
