"""Lengths as X counts them, and shortening that hurts neither words, emoji nor links."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from twitter_text import parse_tweet

from outreach.core.measure import shorten, weighted_length
from tests.shared import shared

# X's own conformance cases.
_CASES = shared("twitter-text/validate.yml")
_CURRENT = ("WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest")


if _CASES:
    _TESTS = yaml.safe_load(_CASES.read_text(encoding="utf-8"))["tests"]
    _ALL = [pytest.param(case, id=case["description"]) for group in _CURRENT for case in _TESTS[group]]

    @pytest.mark.parametrize("case", _ALL)
    def test_x_counts_its_own_cases_alike(case: dict[str, Any]) -> None:
        assert weighted_length(case["text"]) == case["expected"]["weightedLength"]


LENGTHS = {
    "": 0,
    "Dag allemaal": 12,
    "één": 3,
    "e\u0301e\u0301n": 3,  # composed first
    "日本": 4,
    "…": 2,
    "“Zo” – zei ze": 13,
    "a\r\nb": 3,
    "https://www.kleuter.be": 23,
    "https://www.kleuter.be/nieuws/een-heel-lang-adres?utm_id=o7f3a9c21&x=1#top": 23,
    "Kijk (https://www.kleuter.be/a_(b)).": 6 + 23 + 2,
    "Kijk op kleuter.be!": 8 + 23 + 1,
    "https://één.be/pad": 23,
    "http://www.x.be https://www.y.be": 23 + 1 + 23,
    "jan.peeters@kleuter.be": 22,  # an address of a mailbox is no link
    "d.w.z. o.a. 3.5 m": 17,
    "https://www.kleuter.be/日本": 23 + 4,  # the path ends there
    "\N{PARTY POPPER}": 2,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466": 2,  # a family
    "\U0001f1e7\U0001f1ea": 2,  # the flag of Belgium
    "\U0001f1e7\U0001f1ea\U0001f1f3\U0001f1f1": 4,
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": 2,  # that of England
    "1\ufe0f\u20e3": 2,
    "\U0001f44d\U0001f3fd": 2,
    "\u2764\ufe0f": 2,
    "\U0001f9d1\U0001f3fd\u200d\U0001f91d\u200d\U0001f9d1\U0001f3fb": 2,
    "\U0001f426\u200d\u2b1b": 2,  # of 2022, and later than the reference's table
    "\U0001fae8": 2,
    "\U0001f642\u200d\u2194\ufe0f": 2,  # of 2023
}


@pytest.mark.parametrize(("text", "length"), LENGTHS.items())
def test_a_text_is_as_long_as_x_says(text: str, length: int) -> None:
    assert weighted_length(text) == length


_SAID = """
Dag allemaal, één zie https://www.kleuter.be/a?b=c kleuter.be a.pdf 日本語 … @jan #toren l’école 🎉 👍🏽 €5
(http://x.com/a) jan@x.be http://t.co/abc's www.x.be/é. http://kleuter_.be http://127.0.0.1:8000/a/b/c/d/e/f/g/h
"""
WORDS = st.sampled_from(_SAID.split())


@given(st.lists(WORDS | st.text(max_size=8), max_size=12).map(" ".join))
def test_it_never_finds_less_than_the_reference(text: str) -> None:
    assert weighted_length(text) >= parse_tweet(text).weightedLength


def test_an_endless_text_is_counted_at_once() -> None:
    for text in (
        "a." * 20_000,
        "https://a/" + "(" * 20_000,
        "https://a.be/" + "(a" * 9_000,
        "-a" * 20_000 + ".",
    ):
        assert weighted_length(text) >= 23


def test_a_text_that_fits_is_left_alone() -> None:
    assert shorten("  Dag allemaal ", 12, len) == "Dag allemaal"


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Een toren van blokken", 12, "Een toren…"),
        ("Een toren van blokken", 10, "Een toren…"),
        ("Een toren van blokken", 9, "Een…"),
        ("Een toren, van blokken", 12, "Een toren…"),
        ("Toren. Dan nog iets", 8, "Toren…"),
        ("Arbeidsongeschiktheidsverzekering", 10, "Arbeidson…"),
        ("Een", 1, ""),
        ("Een", 0, ""),
        ("... wacht", 5, ""),
        ("", 0, ""),
        ("https://www.kleuter.be/nieuws toren", 20, ""),
    ],
)
def test_a_long_text_is_cut_at_a_word(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit, len) == short


@pytest.mark.parametrize(
    "whole", ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e7\U0001f1ea", "e\u0323\u0302"]
)
def test_a_cut_tears_no_character_apart(whole: str) -> None:
    for limit in range(1, 40):
        short = shorten(whole * 9, limit, len).removesuffix("…")
        assert short == whole * (len(short) // len(whole))


@given(st.text(max_size=60) | st.lists(WORDS, max_size=20).map(" ".join), st.integers(0, 60))
def test_what_is_shortened_fits_and_begins_alike(text: str, limit: int) -> None:
    short = shorten(text, limit, weighted_length)
    assert weighted_length(short) <= limit
    assert text.strip().startswith(short.removesuffix("…"))
