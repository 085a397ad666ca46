"""Every row of the tables of failures, by a real answer through the real client."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach import networks
from outreach.core.sentences import Sentence
from outreach.networks import errors, transport
from outreach.networks.base import Connection
from outreach.networks.facebook.errors import ROWS as FACEBOOK
from outreach.networks.table import Known, Told, first
from outreach.networks.x.errors import ROWS as X
from tests.fakes.graph import FakeGraph
from tests.fakes.service import Service
from tests.fakes.x_api import FakeX
from tests.networks import answers
from tests.networks.answers import Said
from tests.networks.conftest import ON_FACEBOOK, ON_X

TABLES = {"facebook": FACEBOOK, "x": X}
PAYLOADS = {"facebook": ON_FACEBOOK, "x": ON_X}
BOTH = pytest.mark.parametrize("name", ["facebook", "x"])


@pytest.fixture
def fakes(graph: FakeGraph, x_api: FakeX) -> dict[str, Service]:
    return {"facebook": graph, "x": x_api}


def publish(name: str, fake: Service, url: str = "") -> errors.NetworkError:
    connection = Connection(fake.credentials, url or fake.url)
    with pytest.raises(errors.NetworkError) as caught:
        networks.get(name).publish(connection, PAYLOADS[name])
    return caught.value


def says(error: errors.NetworkError, row: Known) -> None:
    assert type(error) is row.kind
    assert (error.sentence.text, error.cause.text, error.advice.text) == (row.sentence, row.cause, row.advice)
    assert error.raw
    for sentence in (error.sentence, error.cause, error.advice):
        assert "%(" not in str(sentence)


@pytest.mark.parametrize("said", answers.ALL, ids=lambda said: said.id)
def test_a_real_answer_has_its_class_its_sentence_its_cause_and_its_next_step(
    fakes: dict[str, Service], said: Said
) -> None:
    fake = fakes[said.network]
    fake.fault("answer", status=said.status, body=said.body, headers=said.headers)
    error = publish(said.network, fake)
    own = () if said in answers.ON_THE_WAY else TABLES[said.network]
    says(error, answers.row_of(said, own, transport.ROWS))
    assert len(fake.sent()) == 1


@pytest.mark.parametrize(("table", "told"), [(FACEBOOK, answers.FACEBOOK), (X, answers.X)])
def test_every_row_is_met_by_an_answer(table: tuple[Known, ...], told: list[Said]) -> None:
    """So that none stands behind a row that takes everything from it."""
    assert {row.when for row in table} == {said.when for said in told}
    assert len({row.when for row in table}) == len(table)


def test_there_are_more_than_sixty() -> None:
    assert len(FACEBOOK) + len(X) + len(transport.ROWS) > 60


@pytest.mark.parametrize("row", [*FACEBOOK, *X, *transport.ROWS], ids=lambda row: row.when)
def test_a_row_says_everything_in_whole_sentences(row: Known) -> None:
    for text in (row.sentence, row.cause, row.advice):
        assert text[0].isupper() or text.startswith("%(network)s")
        assert text.endswith(".")
        assert "unknown error" not in text.lower()
    assert row.when


@pytest.mark.parametrize("table", [FACEBOOK, X, transport.ROWS])
def test_what_is_not_in_a_table_is_ambiguous(table: tuple[Known, ...]) -> None:
    row = first(table, Told("Something new", status=418, code=424242, problem="brand-new"))
    assert row.kind is errors.Ambiguous


@BOTH
def test_the_words_of_an_answer_that_nobody_knows_are_in_the_sentence(
    fakes: dict[str, Service], name: str
) -> None:
    body = {"facebook": '{"error": {"code": 9999, "message": "Blue moon"}}', "x": '{"detail": "Blue moon"}'}
    fakes[name].fault("answer", status=409, body=body[name], headers=answers.JSON)
    assert "said: Blue moon." in str(publish(name, fakes[name]))


def test_what_is_said_by_a_failing_facebook_proves_nothing(fakes: dict[str, Service]) -> None:
    """Whatever the code: an answer 500 with a code of refusal is still a machine that broke down."""
    for code in (100, 190, 200, 368, 4):
        assert first(FACEBOOK, Told("x", status=500, code=code)).kind is errors.Ambiguous


def test_a_special_row_goes_before_a_general_one() -> None:
    for code, subcode, words, kind in [
        (100, 1609005, "Invalid parameter", errors.NotSent),
        (100, 1366051, "Invalid parameter", errors.Duplicate),
        (100, 33, "Unsupported post request.", errors.AuthBroken),
        (100, None, "Invalid parameter", errors.Rejected),
        (368, 1346003, "deemed abusive", errors.Rejected),
        (368, 1404006, "A security check", errors.AuthBroken),
        (368, None, "deemed abusive", errors.Throttled),
    ]:
        assert first(FACEBOOK, Told(words, 400, code, subcode)).kind is kind


# On the way: no answer at all.


def _no_row(problem: str) -> Known:
    return next(row for row in transport.ROWS if problem in row.problems)


@BOTH
def test_a_name_without_an_address(fakes: dict[str, Service], name: str) -> None:
    says(publish(name, fakes[name], "http://network.invalid"), _no_row("dns"))


@BOTH
def test_a_closed_door(fakes: dict[str, Service], name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    says(publish(name, fakes[name], f"http://127.0.0.1:{port}"), _no_row("refused"))


@BOTH
def test_a_door_that_nobody_opens(
    fakes: dict[str, Service], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.networks.wire.TIMEOUT", (0.2, 1))
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(4)]  # the queue before the door is full
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        error = publish(name, fakes[name], f"http://127.0.0.1:{address[1]}")
        for one in waiting:
            one.close()
    says(error, _no_row("connect-timeout"))


@BOTH
def test_a_proxy_that_is_down(fakes: dict[str, Service], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    says(publish(name, fakes[name], "https://network.invalid"), _no_row("proxy"))


@BOTH
@pytest.mark.parametrize(
    ("mode", "problem"), [("drop_before", "reset"), ("drop_after", "reset"), ("truncate", "cut")]
)
def test_an_answer_that_is_lost(fakes: dict[str, Service], name: str, mode: str, problem: str) -> None:
    fakes[name].fault(mode)
    says(publish(name, fakes[name]), _no_row(problem))


@BOTH
def test_an_answer_that_takes_too_long(
    fakes: dict[str, Service], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.networks.wire.TIMEOUT", (5, 0.2))
    fakes[name].fault("delay", seconds=20)
    says(publish(name, fakes[name]), _no_row("timeout"))


@BOTH
def test_an_answer_without_end(fakes: dict[str, Service], name: str) -> None:
    fakes[name].fault("answer", status=200, body=" " * 3_000_000)
    says(publish(name, fakes[name]), _no_row("endless"))


@BOTH
def test_a_certificate_of_nobody(fakes: dict[str, Service], name: str, tmp_path: Path) -> None:
    with _tls(tmp_path) as port:
        says(publish(name, fakes[name], f"https://127.0.0.1:{port}"), _no_row("certificate"))


@BOTH
def test_a_server_that_does_not_speak_tls(fakes: dict[str, Service], name: str) -> None:
    url = fakes[name].url.replace("http://", "https://")
    says(publish(name, fakes[name], url), _no_row("tls"))


@contextmanager
def _tls(folder: Path) -> Iterator[int]:
    """A server with a certificate that it made itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_greet, args=(server, context), daemon=True).start()
        yield server.getsockname()[1]


def _greet(server: socket.socket, context: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError):  # the other side hangs up: that is the test
        context.wrap_socket(server.accept()[0], server_side=True).close()


def _certificate(folder: Path) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
    path = folder / "server.pem"
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain)
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_sentence_keeps_only_the_values_that_it_names() -> None:
    row = replace(FACEBOOK[-1], sentence="%(network)s is there.", cause="Why.", advice="")
    error = row.error(Told("words"), "Facebook", "raw")
    assert error.sentence == Sentence("%(network)s is there.", {"network": "Facebook"})
    assert error.cause == Sentence("Why.")
    assert not error.advice
