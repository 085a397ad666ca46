"""Lengths as X counts them, and shortening that hurts neither words, emoji nor links."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from twitter_text import parse_tweet

from outreach.core.measure import shorten, weighted_length
from tests.shared import shared

# X's own conformance cases: the groups that are about length, and how many cases each has.
_CASES = shared("twitter-text/validate.yml")
_GROUPS = {
    "WeightedTweetsWithDiscountedEmojiCounterTest": 22,
    "UnicodeDirectionalMarkerCounterTest": 2,
    "WeightedTweetsCounterTest": 18,
}
# The last group is of the configuration before, and has 20: in these two each part of an emoji counts, where
# the group of the present one (22 cases, the same texts among them) counts 2.
_OF_BEFORE = {
    "Count a mix of single byte single word, and double word unicode characters",
    "Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers",
}


if _CASES:
    _TESTS = yaml.safe_load(_CASES.read_text(encoding="utf-8"))["tests"]

    @pytest.mark.once
    @pytest.mark.parametrize(("group", "cases"), _GROUPS.items())
    def test_x_counts_all_of_its_own_cases_alike(group: str, cases: int) -> None:
        before = _OF_BEFORE if group == "WeightedTweetsCounterTest" else set()
        lengths = {
            case["description"]: (weighted_length(case["text"]), case["expected"]["weightedLength"])
            for case in _TESTS[group]
            if case["description"] not in before
        }
        assert {name: both for name, both in lengths.items() if both[0] != both[1]} == {}
        assert (len(lengths), len(before)) == (cases, len(_TESTS[group]) - cases)


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
    "\U0001fae9": 2,  # of 2024
    "\U0001faea": 2,  # of 2025
    "Wij gaan naar school.In de klas": 14 + 23 + 8,  # X makes a link of it
    "Daarna.Iedereen mag mee": 23,
    "https://school.example": 23,  # whether X knows the domain or not: the more of both
    "https://school.example/een/wat/langer/pad": 41,
    "\u2066kleuter.be\u2069": 2 + 23 + 2,
    "\u200fשלום": 2 + 4,
    "'s Avonds ’s avonds": 19,
    "ĳ Ĳ \u0132Ssel": 9,
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


_TONES = st.sampled_from([chr(c) for c in range(0x1F3FB, 0x1F400)])
# Blocks that hold emoji, with the places that Unicode keeps free for those to come.
_PICTURE = st.sampled_from(
    [chr(c) for block in ((0x1F300, 0x1F3FB), (0x1F400, 0x1F650), (0x1F680, 0x1F700), (0x1F900, 0x1FB00))
     for c in range(*block)]
)  # fmt: skip
_DRESSED = st.builds("{}{}".format, _PICTURE, st.just("") | st.just("\ufe0f") | _TONES)
_LETTERS = st.sampled_from([chr(c) for c in range(0x1F1E6, 0x1F200)])
_EMOJI = st.one_of(
    _DRESSED,
    st.lists(_DRESSED, min_size=2, max_size=5).map("\u200d".join),
    st.tuples(_LETTERS, _LETTERS).map("".join),
    st.builds("{}{}\u20e3".format, st.sampled_from("0123456789#*"), st.sampled_from(["", "\ufe0f"])),
)


@pytest.mark.once
@given(st.lists(_EMOJI, max_size=10))
def test_every_emoji_of_today_and_of_later_years_counts_two(emoji: list[str]) -> None:
    assert weighted_length("".join(emoji)) == 2 * len(emoji)
    assert weighted_length(" ".join(emoji)) == 2 * len(emoji) + max(len(emoji) - 1, 0)


_OLD = [
    "\U0001f44d\U0001f3fd",
    "\U0001f468\u200d\U0001f3a4",
    "\U0001f1e7\U0001f1ea",
    "1\u20e3",
    "\u2764\ufe0f",
    "\U0001f389",
]
_KNOWN = st.sampled_from([word for word in _SAID.split() if "127" not in word and "_" not in word] + _OLD)


@pytest.mark.once
@given(st.lists(_KNOWN | st.text("aé日 .…“\u200f\u2066", max_size=8), max_size=14).map(" ".join))
def test_the_reference_counts_the_same_where_its_tables_reach(text: str) -> None:
    assert weighted_length(text) == parse_tweet(text).weightedLength


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
