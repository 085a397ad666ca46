"""Which keys sign our mail: what the settings say, and what is wrong with them."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from outreach.core.errors import BadInput
from outreach.relays import signing
from tests.mail.test_building import letter
from tests.mail.test_dkim import pem

KEY = pem(rsa.generate_private_key(65537, 1024))


@pytest.fixture
def key(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "dkim.pem"
    path.write_bytes(KEY)
    settings.DKIM_DOMAIN, settings.DKIM_SELECTOR, settings.DKIM_KEY_FILE = "School.example", "S1", str(path)
    return path


def test_without_a_key_the_mail_server_signs():
    assert signing.signer() is None
    assert b"DKIM-Signature" not in signing.build(letter())


def test_with_a_key_every_letter_is_signed(key: Path):
    assert b" d=school.example; s=s1; " in signing.build(letter())


def test_a_second_key_signs_too(key: Path, settings: Any, tmp_path: Path):
    second = tmp_path / "second.pem"
    second.write_bytes(pem(Ed25519PrivateKey.generate()))
    settings.DKIM_SECOND_KEY_FILE, settings.DKIM_SECOND_SELECTOR = str(second), "s2"
    assert [one.algorithm for one in signing.own_keys()] == ["rsa-sha256", "ed25519-sha256"]
    assert signing.build(letter()).count(b"DKIM-Signature: ") == 2


def test_a_key_that_is_changed_is_read_again(key: Path):
    import os

    before = signing.own_keys()[0].public
    key.write_bytes(pem(rsa.generate_private_key(65537, 1024)))
    os.utime(key, ns=(1, 1))
    assert signing.own_keys()[0].public != before


def test_a_file_that_is_not_there_is_named(key: Path):
    key.unlink()
    with pytest.raises(BadInput, match=r"dkim\.pem of OUTREACH_DKIM_KEY_FILE cannot be read") as caught:
        signing.signer()
    assert caught.value.field == "OUTREACH_DKIM_KEY_FILE"


def test_a_key_without_a_domain_says_what_to_set(key: Path, settings: Any):
    settings.DKIM_DOMAIN = ""
    with pytest.raises(BadInput, match="OUTREACH_DKIM_DOMAIN"):
        signing.signer()
