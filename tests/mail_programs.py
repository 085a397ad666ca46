"""Real mail programs for the tests: Postfix, Dovecot, SpamAssassin and opendkim, as Debian ships them.

Each has its own folder and free ports; nothing of the machine's own mail is touched, and nothing leaves it:
Postfix hands what is for DOMAIN to Dovecot and swallows the rest.
"""

import email
import email.policy
import imaplib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.processes import answers, free_port, wait_for
from tests.services import Missing

PROGRAMS = {
    "postfix": "postfix",
    "dovecot": "dovecot-core",
    "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
    "/usr/lib/dovecot/imap": "dovecot-imapd",
    "spamd": "spamd",
    "spamc": "spamc",
    "opendkim": "opendkim",
}
"""Each program, and the Debian package that has it."""

DOMAIN = "inbox.example"
FULL = f"full@{DOMAIN}"
NOBODY = f"nobody@{DOMAIN}"
WIDE, WIDE_BOX = f"zoë@{DOMAIN}", f"wide@{DOMAIN}"
BACK = "terug.example"
_PASSWORD = "only-for-tests"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
virtual unix - n n - - virtual
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def missing() -> str:
    """What keeps these programs from running here, in one line; "" when nothing does."""
    if os.geteuid() != 0:
        return "Postfix and Dovecot start only as root: run these tests as root, in a container for example."
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=PATH)]
    return f"Mail programs are missing: apt install {' '.join(packages)}" if packages else ""


def needed() -> None:
    """Skip the test with that line; where OUTREACH_NO_SKIPS is set, it is an error."""
    if line := missing():
        if os.environ.get("OUTREACH_NO_SKIPS"):
            raise Missing(line)
        pytest.skip(line)


@contextmanager
def folder() -> Iterator[Path]:
    """A short one, because of sockets' paths, that the programs' own users can reach."""
    path = Path(tempfile.mkdtemp(prefix="om-", dir="/tmp"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Postfix:
    """A running one."""

    port: int
    etc: Path

    def is_through(self) -> bool:
        """Whether nothing is in its queue."""
        return "is empty" in _run("postqueue", "-c", self.etc, "-p")


@contextmanager
def postfix(boxes: "Mailboxes | None" = None, *, returns: int = 0) -> Iterator["Postfix"]:
    """A Postfix on a free port. Mail for DOMAIN goes to `boxes`, all other is swallowed.

    With `returns` it takes everything at first, and hands what comes back for BACK to LMTP at that port.

    What Dovecot says against FULL and NOBODY is said at RCPT: Postfix asks it first. WIDE goes into its
    mailbox without Dovecot, whose LMTP knows no SMTPUTF8.
    """
    port = free_port()
    with folder() as path:
        main = _postfix_main(path) | (_to_mailboxes(boxes) if boxes else {})
        main |= _takes_returns(returns) if returns else {}
        etc = _postfix_settings(path, port, main)
        _run("postfix", "-c", etc, "start")
        try:
            wait_for(lambda: answers(port), 20, "Postfix")
            yield Postfix(port, etc)
        except AssertionError:
            print((path / "postfix.log").read_text()[-5000:])
            raise
        finally:
            _run("postfix", "-c", etc, "abort", check=False)


def _postfix_main(path: Path) -> dict[str, str]:
    return {
        "compatibility_level": "3.6",
        "queue_directory": str(path / "spool"),
        "data_directory": str(path / "lib"),
        "maillog_file": str(path / "postfix.log"),
        "maillog_file_prefixes": str(path),
        "myhostname": "mail.example.org",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "mydestination": "",
        "mynetworks": "127.0.0.0/8",
        "disable_dns_lookups": "yes",
        "smtp_host_lookup": "native",
        "smtpd_peername_lookup": "no",
        "default_transport": "discard:",
        "relay_transport": "discard:",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
        "smtpd_client_connection_rate_limit": "0",
        "smtpd_client_message_rate_limit": "0",
        "smtpd_client_connection_count_limit": "0",
        "smtpd_error_sleep_time": "0",
        "in_flow_delay": "0",
        "alias_maps": "",
        "alias_database": "",
    }


def _to_mailboxes(boxes: "Mailboxes") -> dict[str, str]:
    asked = ", ".join(f"{{{address} = reject_unverified_recipient}}" for address in (FULL, NOBODY))
    return {
        "virtual_mailbox_domains": DOMAIN,
        "virtual_transport": f"lmtp:inet:[127.0.0.1]:{boxes.lmtp}",
        "lmtp_destination_recipient_limit": "1",
        "transport_maps": f"inline:{{{{{WIDE} = virtual:}}}}",
        "virtual_mailbox_base": str(boxes.folder),
        "virtual_mailbox_maps": f"inline:{{{{{WIDE} = {DOMAIN}/wide/}}, {{@{DOMAIN} = all/}}}}",
        "virtual_minimum_uid": "1",
        "virtual_uid_maps": f"static:{pwd.getpwnam('nobody').pw_uid}",
        "virtual_gid_maps": f"static:{pwd.getpwnam('nobody').pw_gid}",
        "smtpd_recipient_restrictions": f"check_recipient_access inline:{{{asked}}}",
        "unverified_recipient_reject_code": "550",
        "address_verify_poll_delay": "1s",
    }


def _takes_returns(port: int) -> dict[str, str]:
    return {
        "transport_maps": f"inline:{{{{{BACK} = lmtp:inet:[127.0.0.1]:{port}}}}}",
        "smtpd_recipient_restrictions": "permit_mynetworks",
        "soft_bounce": "no",
    }


def _postfix_settings(path: Path, port: int, main: Mapping[str, str]) -> Path:
    etc = path / "etc"
    etc.mkdir()
    for name in ("spool", "lib"):
        (path / name).mkdir()
    shutil.chown(path / "lib", "postfix")
    (etc / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in main.items()))
    (etc / "master.cf").write_text(_SERVICES.format(port=port))
    (etc / "dynamicmaps.cf").write_text("")
    (etc / "postfix-files.d").mkdir()
    shutil.copy("/etc/postfix/postfix-files", etc)
    return etc


@dataclass(frozen=True)
class Mailboxes:
    """What Dovecot holds."""

    folder: Path
    lmtp: int
    imap: int

    def read(self, user: str, folder: str = "INBOX") -> list[EmailMessage]:
        """All mails of `user`, oldest first, as a mail program would fetch them."""
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in self.raw(user, folder)]  # type: ignore[misc]

    def url(self, user: str) -> str:
        """The mailbox of `user`, as a setting has it."""
        return f"imap://{quote(user, safe='')}:{_PASSWORD}@127.0.0.1:{self.imap}/INBOX"

    def raw(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The same, byte for byte."""
        with imaplib.IMAP4("127.0.0.1", self.imap) as session:
            session.login(user, _PASSWORD)
            session.select(folder, readonly=True)
            found = session.search(None, "ALL")[1][0].split()
            return [session.fetch(number.decode(), "(RFC822)")[1][0][1] for number in found]  # type: ignore[index,misc]


@contextmanager
def dovecot(*users: str) -> Iterator[Mailboxes]:
    """A Dovecot with a mailbox for each of `users`, for WIDE, and FULL, in which more is than may be."""
    with folder() as path:
        boxes = Mailboxes(path / "mail", free_port(), free_port())
        old = boxes.folder / DOMAIN / "full" / "cur" / "1.old:2,S"
        old.parent.mkdir(parents=True)
        old.write_text("Subject: an old one\n\n" + "much of it\n" * 200)
        (boxes.folder / DOMAIN / "wide").mkdir()
        for one in (boxes.folder, *boxes.folder.rglob("*")):
            shutil.chown(one, "nobody", "nogroup")
        lines = [f"{user}:{{PLAIN}}{_PASSWORD}::::::\n" for user in (*users, WIDE_BOX)]
        lines.append(f"{FULL}:{{PLAIN}}{_PASSWORD}::::::userdb_quota_rule=*:bytes=1k\n")
        (path / "users").write_text("".join(lines), encoding="utf-8")
        conf = path / "dovecot.conf"
        conf.write_text(_DOVECOT.replace("DIR", str(path)).format(lmtp=boxes.lmtp, imap=boxes.imap))
        _run("dovecot", "-c", conf)
        try:
            wait_for(lambda: answers(boxes.lmtp) and answers(boxes.imap), 20, "Dovecot")
            yield boxes
        except AssertionError:
            print((path / "dovecot.log").read_text()[-5000:])
            raise
        finally:
            _run("doveadm", "-c", conf, "stop", check=False)


_DOVECOT = """\
base_dir = DIR/run
protocols = lmtp imap
listen = 127.0.0.1
log_path = DIR/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:DIR/mail/%d/%n
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
auth_mechanisms = plain
# Left alone, it allows few signs in an address.
auth_username_chars =
recipient_delimiter =
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u DIR/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%u DIR/users
  default_fields = uid=nobody gid=nogroup home=DIR/mail/%d/%n
}}
mail_plugins = $mail_plugins quota
lmtp_rcpt_check_quota = yes
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage=100M
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Score:
    """What SpamAssassin says of a mail; `rules` with their points."""

    points: float
    rules: str


@dataclass(frozen=True)
class SpamAssassin:
    """A running spamd, with local rules only: it asks no network."""

    port: int

    def score(self, message: bytes) -> Score:
        """How much `message` looks like spam; 5 is the usual limit."""
        said = _run(
            "spamc", "-d", "127.0.0.1", "-p", str(self.port), "-R", "--max-size=10000000", given=message
        )
        points = re.match(r"(-?[\d.]+)/", said)
        assert points, said
        return Score(float(points[1]), said)


@contextmanager
def spamassassin() -> Iterator[SpamAssassin]:
    """A spamd on a free port."""
    port = free_port()
    with folder() as path:
        pid = path / "spamd.pid"
        words = (
            "-L",
            "-i",
            "127.0.0.1",
            "-p",
            str(port),
            "-m",
            "2",
            "-u",
            "nobody",
            "-x",
            f"--pidfile={pid}",
        )
        server = subprocess.Popen(
            ["spamd", *words],
            env={**os.environ, "PATH": PATH, "HOME": str(path)},
            stdout=subprocess.DEVNULL,
            stderr=(path / "spamd.log").open("wb"),
        )
        try:
            wait_for(lambda: answers(port), 60, "spamd")
            yield SpamAssassin(port)
        finally:
            server.terminate()
            server.wait(20)


def dkim_says(message: bytes, records: Mapping[str, str]) -> str:
    """What opendkim says of the signature on `message`, with the DNS `records` (name: text) given.

    Its exit code is always 0; a good signature is one that "succeeded".
    """
    with folder() as path:
        (path / "dns").write_text("".join(f"{name} {text}\n" for name, text in records.items()))
        (path / "conf").write_text(f"Mode v\nTestDNSData {path / 'dns'}\n")
        (path / "mail.eml").write_bytes(message)
        return _run("opendkim", "-x", path / "conf", "-vvv", "-t", path / "mail.eml")


def _run(*command: str | Path, given: bytes = b"", check: bool = True) -> str:
    with (
        tempfile.TemporaryFile() as out
    ):  # not a pipe: a program that goes on in the background would hold it
        done = subprocess.run(
            [str(part) for part in command],
            input=given,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PATH": PATH},
            check=False,
        )
        out.seek(0)
        said = out.read().decode(errors="replace")
    assert done.returncode == 0 or not check, f"{command[0]}: {said}"
    return said
