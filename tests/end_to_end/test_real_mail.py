"""An issue through real mail programs: ours, Postfix, Dovecot, and read back as a mail program would."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from outreach.core import clock
from outreach.feeds.models import Entry, Event, Source
from outreach.mail.base import Verdict
from outreach.mail.building import build
from outreach.newsletters import issues, making, sending
from outreach.newsletters.designs import slots
from outreach.newsletters.models import Issue, Newsletter
from outreach.newsletters.sending.letters import Letters
from outreach.relays import signing
from outreach.relays.using import relay
from outreach.subscribers import joining, tokens
from outreach.subscribers.models import Bounce, Subscriber, Suppression
from tests import mail_programs
from tests.mail_programs import DOMAIN, FULL, NOBODY, WIDE, WIDE_BOX, Mailboxes, SpamAssassin
from tests.processes import wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db]

DESIGNS = sorted(path.parent.name for path in Path("templates/newsletters").glob("*/issue.mjml"))
LANGUAGES = [code for code, _ in django_settings.LANGUAGES]
READERS = [f"{name}@{DOMAIN}" for name in ("anna", "bo&kim", "els+nieuws", "jan_de.wit", "x-1")]
_SERIAL = count(1)
# What a reader sees is tried on these signs: HTML's own, a leading dot, long lines, other scripts, no blank.
ODD = "Tafels & <stoelen> “voor” ’s avonds: 5 € à 1 ½ = ?"
LONG = ".een lijn die met een punt begint, en dan " + "woorden " * 40 + "x" * 200 + " 日本語 🎈 ـمرحبا"
NAME = "Jo & Ëls <de Wit>"

WORDS = {
    "nl": (
        "Voorlezen in twee talen",
        "Een leraar en een ouder lezen om de beurt voor. De kinderen horen beide talen.",
    ),
    "en": (
        "Reading aloud in two languages",
        "A teacher and a parent take turns. The children hear both languages.",
    ),
    "fr": ("Lire à voix haute en deux langues", "Une enseignante et un parent lisent à tour de rôle."),
}


@dataclass(frozen=True)
class Chain:
    """Where mail goes in, and the mailboxes that it comes out of."""

    port: int
    boxes: Mailboxes

    def arrived(self, user: str, issue: Issue) -> EmailMessage:
        """The one mail of `issue` in the mailbox of `user`, after it has come through."""
        wait_for(lambda: self._of(user, issue), 20, f"the mail of {user}")
        [mail] = self._of(user, issue)
        return mail

    def _of(self, user: str, issue: Issue) -> list[EmailMessage]:
        return _sent_by(self.boxes.read(user), issue.newsletter.from_address)


def _sent_by(mails: list[EmailMessage], sender: str) -> list[EmailMessage]:
    """Each test has a sender of its own, for the mailboxes outlive it and its rows."""
    return [mail for mail in mails if mail["Return-Path"] == f"<{sender}>"]


@pytest.fixture(scope="module")
def chain() -> Iterator[Chain]:
    mail_programs.needed()
    with mail_programs.dovecot(*READERS) as boxes, mail_programs.postfix(boxes) as server:
        yield Chain(server.port, boxes)


@pytest.fixture(scope="module")
def spam() -> Iterator[SpamAssassin]:
    mail_programs.needed()
    with mail_programs.spamassassin() as server:
        yield server


@pytest.fixture(autouse=True)
def _mail_leaves_by_postfix(chain: Chain, settings: Any) -> None:
    settings.MAIL_URL = f"smtp://127.0.0.1:{chain.port}?tls=no"
    settings.MAIL_FROM = f"nieuws@{next(_SERIAL)}.kleurrijk.example"
    settings.BASE_URL = "https://post.kleurrijk.example"


def _newsletter(design: str, language: str, odd: bool) -> Newsletter:
    source = Source.objects.create(
        name="Nieuws", url="https://school.example/feed", site="school.example", language=language
    )
    title, summary = WORDS[language]
    made = clock.now() - timedelta(hours=1)
    ours = [(f"{title}, {number}", summary) for number in range(1, 4)]
    for number, (name, words) in enumerate([*ours, *([(ODD, summary), (title, LONG)] if odd else [])]):
        entry = Entry(source=source, title=name, summary=words, language=language, content_hash=str(number))
        entry.link, entry.first_seen_at = f"https://school.example/{number}?a=1&b=2", made
        entry.save()
    Event.objects.create(entry=entry, starts_at=clock.now() + timedelta(days=20), place="De Warande & co")
    with_design = making.create(
        "Kleurrijk Nieuws",
        sources=[source],
        language=language,
        design=design,
        from_address=django_settings.MAIL_FROM,
    )
    Newsletter.objects.update(starts_at=made - timedelta(days=1))
    with_design.refresh_from_db()
    return with_design


def _issue(design: str, language: str, *readers: str, odd: bool = True) -> Issue:
    newsletter = _newsletter(design, language, odd)
    for address, name in zip(readers, cycle(("", NAME)), strict=False):
        joining.add(newsletter.topic, address, name=name, how="test", wording="Ja.", language=language)
    issue = issues.make_now(newsletter)
    issues.approve(issue)
    issue.refresh_from_db()
    return issue


def _mail(issue: Issue) -> None:
    now = clock.now()
    while sending.start_one(now):
        pass
    while sending.deliver_some(clock.now()):
        pass
    issue.refresh_from_db()


def _reader(address: str) -> Subscriber:
    return Subscriber.objects.get(address=address)


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    assert part.get_content_charset() == "utf-8"
    return str(part.get_content())


def _approved(issue: Issue, address: str) -> tuple[str, str]:
    """Text and HTML as they were approved, with this reader's own values at the places that are theirs."""
    reader = _reader(address)
    leave = tokens.unsubscribe_url(reader, issue.newsletter.topic)
    values = slots.Slots(address, leave, reader.name, tokens.preferences_url(reader))
    return slots.fill_text(issue.text, issue, values), slots.fill_html(issue.html, issue, values)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("design", DESIGNS)
def test_what_was_approved_is_what_lies_in_each_mailbox(chain: Chain, design: str, language: str):
    issue = _issue(design, language, *READERS)
    _mail(issue)
    assert issue.state == "sent"
    for address in READERS:
        mail = chain.arrived(address, issue)
        text, html = _approved(issue, address)
        assert _part(mail, "plain").splitlines() == text.splitlines()
        assert _part(mail, "html").splitlines() == html.splitlines()
        assert address in _part(mail, "plain")
        assert ".invalid" not in text + html
        _has_the_headers_of_a_newsletter(mail, issue, address)


def _has_the_headers_of_a_newsletter(mail: EmailMessage, issue: Issue, address: str) -> None:
    leave = tokens.unsubscribe_url(_reader(address), issue.newsletter.topic)
    assert mail["List-Unsubscribe"] == f"<{leave}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Subject"] == issue.subject
    assert mail["To"] == mail["Delivered-To"] == address
    assert mail["Return-Path"] == f"<{issue.newsletter.from_address}>"
    assert mail["List-Id"].endswith(f"<{issue.newsletter.topic}.post.kleurrijk.example>")
    assert [len(mail.get_all(name)) for name in ("From", "Date", "Message-ID", "MIME-Version")] == [1] * 4
    assert mail.get_content_type() == "multipart/alternative"
    assert not mail.defects


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("design", DESIGNS)
def test_spamassassin_finds_nothing(chain: Chain, spam: SpamAssassin, design: str, language: str):
    issue = _issue(design, language, READERS[0], odd=False)
    _mail(issue)
    chain.arrived(READERS[0], issue)
    score = spam.score(_as_it_left(chain.boxes.raw(READERS[0])[-1]))
    print(score.rules)
    assert score.points <= 0


def _as_it_left(raw: bytes) -> bytes:
    """Without what Postfix and Dovecot wrote above it: mail from this very machine scores a point less."""
    return raw[raw.index(b"\r\nFrom:") + 2 :]


@pytest.fixture
def keys(tmp_path: Path, settings: Any) -> dict[str, str]:
    """We sign, with RSA and with Ed25519; the records that the DNS then has."""
    for name, options in (("rsa", ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]), ("ed", ["Ed25519"])):
        path = tmp_path / f"{name}.pem"
        words = ["openssl", "genpkey", "-algorithm", *options, "-out", str(path)]
        subprocess.run(words, check=True, capture_output=True)
    settings.DKIM_KEY_FILE, settings.DKIM_SECOND_KEY_FILE = f"{tmp_path}/rsa.pem", f"{tmp_path}/ed.pem"
    settings.DKIM_DOMAIN = settings.MAIL_FROM.rpartition("@")[2]
    return {key.name: key.record for key in signing.own_keys()}


_TAMPERED = {
    "the words": (b"Voorlezen", b"Verlezen"),
    "the link to leave": (b"\r\nList-Unsubscribe: <https://", b"\r\nList-Unsubscribe: <https://evil."),
    "one click": (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
    "a second sender": (b"\r\nFrom:", b"\r\nFrom: evil@evil.example\r\nFrom:"),
}


def test_our_signatures_hold_after_the_way_and_not_after_a_change(chain: Chain, keys: dict[str, str]):
    issue = _issue("plain", "nl", READERS[0])
    _mail(issue)
    chain.arrived(READERS[0], issue)
    raw = chain.boxes.raw(READERS[0])[-1]
    assert raw.count(b"DKIM-Signature:") == len(keys) == 2
    assert _verified(raw, keys) == [True, True]
    for what, (old, new) in _TAMPERED.items():
        changed = raw.replace(old, new, 1)
        assert changed != raw, what
        assert _verified(changed, keys) == [False, False], what


def _verified(raw: bytes, keys: dict[str, str]) -> list[bool]:
    """Whether opendkim, which shares no line with us, takes each of the signatures by itself."""
    return ["succeeded" in mail_programs.dkim_says(_only(raw, name), keys) for name in keys]


def _only(raw: bytes, name: str) -> bytes:
    """Without the signatures of other keys: one that holds is enough for opendkim."""
    selector = name.partition(".")[0].encode()
    signatures = re.findall(rb"DKIM-Signature:.*?\r\n(?=\S)", raw, re.DOTALL)
    for one in signatures:
        if b" s=" + selector + b";" not in one:
            raw = raw.replace(one, b"")
    return raw


def test_an_address_of_other_letters_gets_its_mail(chain: Chain):
    """Many mail servers refuse it; to one that takes it, it goes."""
    letter = Letters(_issue("plain", "nl", READERS[0])).to(_reader(READERS[0]))
    with relay().session() as session:
        assert session.send(letter.from_address, WIDE, build(letter)).verdict is Verdict.ACCEPTED
    wait_for(lambda: _sent_by(chain.boxes.read(WIDE_BOX), letter.from_address), 20, "the mail")
    [mail] = _sent_by(chain.boxes.read(WIDE_BOX), letter.from_address)
    assert _part(mail, "plain").splitlines() == letter.text.splitlines()


def test_an_unknown_mailbox_is_a_bounce_and_gets_no_more_mail(chain: Chain):
    issue = _issue("plain", "nl", NOBODY, READERS[0])
    _mail(issue)
    row = issue.deliveries.get(subscriber=_reader(NOBODY))
    assert (row.state, issue.state) == ("bounced", "sent")
    assert "User doesn't exist" in row.reply
    assert Bounce.objects.get().kind == Bounce.Kind.HARD
    assert _reader(NOBODY).state == "bounced"
    chain.arrived(READERS[0], issue)


def test_a_full_mailbox_is_a_bounce_but_stays_a_reader(chain: Chain):
    issue = _issue("plain", "nl", FULL, READERS[0])
    _mail(issue)
    row = issue.deliveries.get(subscriber=_reader(FULL))
    assert (row.state, issue.state) == ("bounced", "sent")
    assert "5.2.2" in row.reply
    assert Bounce.objects.get().kind == Bounce.Kind.SOFT
    assert _reader(FULL).state == "confirmed"
    assert not Suppression.objects.exists()
    chain.arrived(READERS[0], issue)
