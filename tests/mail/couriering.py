"""What the tests of couriers share."""

from outreach.mail.base import Outcome
from outreach.mail.connecting import Server, Timeouts, Tls
from outreach.mail.couriers import Courier, Parcel, Report
from outreach.mail.smtp import SmtpRelay

PATIENT = Timeouts(connect=30, command=30, body=30, dot=30)
MESSAGE = b"Subject: dag\r\n\r\n..een punt\r\nklaar\r\n"


class Notebook:
    """A witness that keeps what it hears, in order. `refuses`: the keys that must not be begun."""

    def __init__(self, refuses: frozenset[int] = frozenset()) -> None:
        self.refuses = refuses
        self.handed: list[int] = []
        self.answers: list[tuple[int, Outcome]] = []
        self.open: set[int] = set()
        self.most_open = 0

    def handing(self, key: int) -> bool:
        if key in self.refuses:
            return False
        self.handed.append(key)
        self.open.add(key)
        self.most_open = max(self.most_open, len(self.open))
        return True

    def answered(self, key: int, outcome: Outcome) -> None:
        self.open.discard(key)
        self.answers.append((key, outcome))


def relay(port: int, **values: object) -> SmtpRelay:
    usual = {"host": "127.0.0.1", "port": port, "timeouts": PATIENT, "tls": Tls.NEVER}
    return SmtpRelay(Server(**usual | values))


def parcels(keys: range, message: bytes = MESSAGE) -> list[Parcel]:
    return [Parcel(key, f"a{key}@example.org", f"b{key}@example.org", (message,)) for key in keys]


def all_of(courier: Courier) -> dict[int, Report]:
    """Every report of what is under way; none comes twice."""
    found: dict[int, Report] = {}
    while courier.waiting:
        for report in courier.reports(60):
            assert report.key not in found
            found[report.key] = report
    return found


def verdict(report: Report) -> str:
    """ "accepted", "deferred", ...; "not begun"."""
    return report.outcome.verdict.value if report.outcome else "not begun"


def said_of(one: SmtpRelay, count: int = 3) -> tuple[set[str], str]:
    """Submit some; which verdicts, and what is the trouble."""
    courier = one.courier()
    courier.submit(parcels(range(count)), Notebook())
    found = {verdict(report) for report in all_of(courier).values()}
    trouble = str(courier.trouble or "")
    courier.close()
    return found, trouble
