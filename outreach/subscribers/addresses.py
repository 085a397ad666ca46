"""Mail addresses: one spelling of each, and a hint when one looks mistyped. No DNS is asked."""

import re
import string
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, Sentence, say

_LONGEST_NAME = 200
_LONGEST_LOCAL = 64  # octets, not letters (RFC 5321, 4.5.3.1.1)
# As nearly all are: nothing in it is quoted, and so short that no length needs to be counted.
_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@([a-zA-Z0-9.-]{{1,63}})")
# Where people in Belgium and its neighbours have their mail; a near miss of one of these is a typing error.
_COMMON = (
    "gmail.com",
    "hotmail.com",
    "hotmail.be",
    "hotmail.fr",
    "outlook.com",
    "outlook.be",
    "live.be",
    "live.com",
    "icloud.com",
    "yahoo.com",
    "yahoo.fr",
    "telenet.be",
    "skynet.be",
    "proximus.be",
    "scarlet.be",
    "pandora.be",
    "ziggo.nl",
    "kpnmail.nl",
    "orange.fr",
    "protonmail.com",
)
# Real providers that happen to look like one above.
_ALSO_REAL = frozenset(
    {
        "mail.com",
        "hotmail.de",
        "hotmail.it",
        "hotmail.es",
        "outlook.de",
        "outlook.es",
        "live.co.uk",
        "yahoo.de",
        "yahoo.es",
        "yahoo.it",
        "yahoo.nl",
        "gmx.com",
        "ymail.com",
        "live.fr",
        "live.nl",
        "outlook.fr",
        "hotmail.nl",
        "yahoo.be",
        "me.com",
    }
)
_UNSEEN = "\u00ad\u200b\u2060\ufeff"  # soft hyphen, spaces of no width, byte order mark
_EDGES = f"{string.whitespace}\u00a0{_UNSEEN}"
_WITHOUT_DOTS = ("gmail.com", "googlemail.com")


@dataclass(frozen=True)
class Address:
    """A mail address in one spelling.

    `address` is what is mailed to: the domain in lower case and ASCII (punycode); what stands before the @ as
    it was given, in Unicode's composed form (NFC). `key` is what is unique: all in lower case, because no
    mailbox in use tells upper from lower case.
    """

    address: str
    key: str

    @property
    def international(self) -> bool:
        """Whether only mail servers with SMTPUTF8 (RFC 6531) take it."""
        return not self.address.isascii()

    @property
    def mailbox(self) -> str:
        """What all spellings that commonly end in one mailbox share: without "+word", and at Google without
        dots. Only for counting: who else does so is not known, and nobody is taken for somebody else by it.
        """
        local, _, domain = self.key.rpartition("@")
        plain = local.partition("+")[0] or local
        if domain in _WITHOUT_DOTS:
            plain, domain = plain.replace(".", ""), _WITHOUT_DOTS[0]
        return f"{plain}@{domain}"


def normalise(address: str) -> Address:
    """`address` in its one spelling. Raises BadInput (field "address") that says what is wrong."""
    given = address.strip(_EDGES)
    if "@" not in given:
        raise _bad(say(N_("An e-mail address has an @ in it, such as name@example.org.")))
    local, domain = _parts(given)
    if "." not in domain or len(local.encode()) > _LONGEST_LOCAL:
        raise _bad(_not_an_address(given))
    return Address(f"{local}@{domain}", f"{local.lower()}@{domain}")


def likely(address: str) -> str:
    """What `address` was probably meant to be, or "" when nothing looks mistyped."""
    local, _, domain = address.strip(_EDGES).rpartition("@")
    domain = domain.lower()
    if not local or domain in _COMMON or domain in _ALSO_REAL:
        return ""
    near = get_close_matches(domain, _COMMON, n=1, cutoff=0.86)
    return f"{local}@{near[0]}" if near else ""


def hint(address: str) -> Sentence | None:
    """A question to ask when `address` looks mistyped."""
    meant = likely(address)
    return say(N_("Did you mean %(address)s?"), address=meant) if meant else None


def clean_name(name: str) -> str:
    """A person's name, fit for a header. Raises BadInput (field "name").

    Line breaks would add headers of a stranger's choice to our mails; web addresses would make them carry a
    stranger's advertisement.
    """
    name = _as_typed(name)
    if not name.strip().isprintable():
        raise BadInput(say(N_("A name cannot hold line breaks or other invisible characters.")), "name")
    cleaned = " ".join(name.split())
    if len(cleaned) > _LONGEST_NAME:
        raise BadInput(say(N_("A name can have %(limit)s characters at most."), limit=_LONGEST_NAME), "name")
    if "://" in cleaned or "www." in cleaned.lower():
        raise BadInput(say(N_("A name cannot hold a web address.")), "name")
    return cleaned


def _as_typed(pasted: str) -> str:
    """Without what comes along from a page or a text processor and nobody sees: hard and thin spaces become
    spaces; soft hyphens, byte order marks and spaces of no width go.
    """
    seen = pasted.translate(dict.fromkeys(map(ord, _UNSEEN)))
    return "".join(" " if unicodedata.category(char) == "Zs" else char for char in seen)


def _parts(given: str) -> tuple[str, str]:
    """What stands before the @, and the domain in lower case and ASCII. Raises BadInput."""
    # A list has the same domains over and over; to judge one takes longer than all else about a line.
    if (plain := _PLAIN.fullmatch(given)) and (domain := _known_domain(plain[2])):
        return plain[1], domain
    found = _validated(given)
    return found.local_part, found.ascii_domain.lower()


@lru_cache(4096)
def _known_domain(domain: str) -> str:
    """`domain` in its one spelling; "" where an address in it needs a closer look."""
    try:
        return str(_validated(f"a@{domain}").ascii_domain).lower()
    except BadInput:
        return ""


def _validated(given: str) -> ValidatedEmail:
    try:
        # "Globally deliverable" would refuse the names that tests and closed networks use (.test, .local).
        return validate_email(given, check_deliverability=False, globally_deliverable=False, strict=True)
    except EmailNotValidError:
        raise _bad(_not_an_address(given)) from None


def _not_an_address(given: str) -> Sentence:
    return say(
        N_("“%(address)s” is not an e-mail address. One looks like name@example.org."), address=_shown(given)
    )


def _bad(sentence: Sentence) -> BadInput:
    return BadInput(sentence, "address")


def _shown(given: str) -> str:
    printable = "".join(char if char.isprintable() else "·" for char in given)
    return printable if len(printable) <= 80 else f"{printable[:79]}…"
