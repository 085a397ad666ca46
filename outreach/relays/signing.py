"""Our DKIM keys, as the settings name them; and the one place where a letter becomes bytes that may leave."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from outreach.core.errors import BadInput
from outreach.core.sentences import N_, say
from outreach.mail import building
from outreach.mail.base import Letter
from outreach.mail.dkim import Key, Signer, load


def build(letter: Letter) -> bytes:
    """`letter` as a message, signed where a key is set. Raises BadInput about the letter or a setting."""
    return building.build(letter, signer())


def signer() -> Signer | None:
    """None when the mail server signs. Raises BadInput that says what to mend in which setting."""
    found = own_keys()
    return Signer(found) if found else None


def own_keys() -> tuple[Key, ...]:
    """The keys that are set, RSA first. Raises BadInput."""
    domain = settings.DKIM_DOMAIN
    pairs = (
        ("OUTREACH_DKIM_KEY_FILE", settings.DKIM_KEY_FILE, settings.DKIM_SELECTOR),
        ("OUTREACH_DKIM_SECOND_KEY_FILE", settings.DKIM_SECOND_KEY_FILE, settings.DKIM_SECOND_SELECTOR),
    )
    used = [(name, path, selector) for name, path, selector in pairs if path]
    if used and not domain:
        words = N_(
            "A DKIM key is set, but no domain to sign for. Set OUTREACH_DKIM_DOMAIN, such as example.org."
        )
        raise BadInput(say(words), "OUTREACH_DKIM_DOMAIN")
    return tuple(_key(name, Path(path), domain.lower(), selector.lower()) for name, path, selector in used)


def _key(setting: str, path: Path, domain: str, selector: str) -> Key:
    try:
        written = path.stat().st_mtime_ns
    except OSError as error:
        raise _unreadable(setting, path, error) from None
    return _loaded(setting, path, domain, selector, written)


@lru_cache(maxsize=8)
def _loaded(setting: str, path: Path, domain: str, selector: str, written: int) -> Key:
    """Read again when the file was `written` anew: a key can be changed while we run."""
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise _unreadable(setting, path, error) from None
    return load(pem, domain, selector, setting)


def _unreadable(setting: str, path: Path, error: OSError) -> BadInput:
    words = N_("The DKIM key %(path)s of %(setting)s cannot be read: %(why)s.")
    return BadInput(say(words, path=str(path), setting=setting, why=error.strerror or ""), setting)
