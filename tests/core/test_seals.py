"""A seal is the HMAC that everybody else computes."""

import hmac

import pytest

from outreach.core.seals import Seal


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("length", [0, 1, 20, 63, 64, 65, 200])
def test_it_is_the_standard_library_s_for_a_key_of_any_length(algorithm: str, length: int) -> None:
    key = bytes(range(length))
    seal = Seal(key, algorithm)
    for words in (b"", b"23.7", b"long" * 1000):
        assert seal.of(words) == hmac.digest(key, words, algorithm)


def test_it_can_be_used_again() -> None:
    seal = Seal(b"key")
    assert seal.of(b"one") == seal.of(b"one") != seal.of(b"two")
