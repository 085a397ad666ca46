"""Many messages at once, over real connections."""

from collections.abc import Iterator

import pytest

from outreach.mail.base import Outcome, Verdict
from outreach.mail.connecting import Server, Timeouts
from outreach.mail.couriers import Courier, Parcel, Report
from outreach.mail.smtp import SmtpRelay
from tests.fakes.mail_server import MailServer
from tests.processes import free_port

FAST = Timeouts(connect=2, command=2, body=2, dot=2)
MESSAGE = b"Subject: dag\r\n\r\n..een punt\r\nklaar\r\n"


class Notebook:
    """A witness that keeps what it hears, in order."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, Outcome | None]] = []

    def handing(self, key: int) -> bool:
        self.heard.append((key, None))
        return True

    def answered(self, key: int, outcome: Outcome) -> None:
        self.heard.append((key, outcome))


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def relay(port: int, **values: object) -> SmtpRelay:
    return SmtpRelay(Server(**{"host": "127.0.0.1", "port": port, "timeouts": FAST, **values}))


def parcels(count: int) -> list[Parcel]:
    return [Parcel(key, "a@example.org", f"b{key}@example.org", MESSAGE) for key in range(count)]


def all_of(courier: Courier) -> dict[int, Report]:
    found: dict[int, Report] = {}
    while courier.waiting:
        for report in courier.reports(5):
            assert report.key not in found
            found[report.key] = report
    return found


def test_every_parcel_arrives_once_and_is_reported_once(server: MailServer):
    courier, witness = relay(server.port).courier(), Notebook()
    courier.submit(parcels(300), witness)
    verdicts = {report.outcome.verdict for report in all_of(courier).values() if report.outcome}
    assert verdicts == {Verdict.ACCEPTED}
    assert len(server.got) == 300
    assert {key for key, outcome in witness.heard if outcome is None} == set(range(300))
    courier.close()


def test_nobody_listens_and_every_parcel_comes_back_unbegun():
    courier = relay(free_port()).courier()
    courier.submit(parcels(3), Notebook())
    assert {report.outcome for report in all_of(courier).values()} == {None}
    assert "Nothing answers at the mail server" in str(courier.trouble)
