"""`outreach mail dkim-record`."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.cli.conftest import Outreach
from tests.mail.test_dkim import pem


@pytest.fixture
def key(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "dkim.pem"
    path.write_bytes(pem(rsa.generate_private_key(65537, 1024)))
    return {
        "OUTREACH_DKIM_DOMAIN": "school.example",
        "OUTREACH_DKIM_SELECTOR": "s1",
        "OUTREACH_DKIM_KEY_FILE": str(path),
    }


def test_the_record_is_one_line_of_a_zone_file_with_a_word_on_a_short_key(
    outreach: Outreach, key: dict[str, str]
):
    ran = outreach("mail", "dkim-record", **key)
    assert ran.code == 0, ran.err
    assert ran.out.startswith('s1._domainkey.school.example. IN TXT "v=DKIM1; k=rsa; p=MI')
    assert "1024 bits" in ran.err
    (record,) = outreach("mail", "dkim-record", "--json", **key).data
    assert record["name"] == "s1._domainkey.school.example"
    assert len(base64.b64decode(record["value"].partition("p=")[2])) > 128


def test_without_a_key_it_says_what_to_set(outreach: Outreach):
    ran = outreach("mail", "dkim-record")
    assert ran.code == 2
    assert "OUTREACH_DKIM_KEY_FILE" in ran.err
