"""What X makes a link of, by X's own cases and by ours."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from twitter_text import extract_urls_with_indices

from outreach.core.autolinks import links, top_level_domains, urls
from tests.shared import shared

# X's own conformance cases: the groups that are about links, and how many cases each has.
_CASES = shared("twitter-text/extract.yml")
_GROUPS = {"urls": 91, "tco_urls_with_params": 5, "urls_with_indices": 10, "urls_with_directional_markers": 2}


def _as_in(case: dict[str, Any]) -> list[Any]:
    """What is found, told as `case` tells it: the link, or the link and its place."""
    found = list(links(case["text"]))
    if case["expected"] and isinstance(case["expected"][0], dict):
        return [{"url": link.url, "indices": [link.start, link.end]} for link in found]
    return [link.url for link in found]


if _CASES:
    _TESTS = yaml.safe_load(_CASES.read_text(encoding="utf-8"))["tests"]

    @pytest.mark.once
    @pytest.mark.parametrize(("group", "cases"), _GROUPS.items())
    def test_all_of_xs_own_cases_of_links_are_found_alike(group: str, cases: int) -> None:
        wrong = {
            case["description"]: _as_in(case) for case in _TESTS[group] if _as_in(case) != case["expected"]
        }
        assert (wrong, len(_TESTS[group]) - len(wrong)) == ({}, cases)


FOUND = {
    "": [],
    "Dag allemaal.": [],
    "https://www.kleuter.be/a?b=c#d": ["https://www.kleuter.be/a?b=c#d"],
    "Kijk op kleuter.be!": ["kleuter.be"],
    "Kijk op KLEUTER.BE.": ["KLEUTER.BE"],
    "Zie (https://kleuter.be/a_(b)).": ["https://kleuter.be/a_(b)"],
    "https://kleuter.be/a_(b_(c))": ["https://kleuter.be/a_(b_(c))"],
    "https://kleuter.be/()": ["https://kleuter.be/"],
    "https://één.be/pad/é, zei ze": ["https://één.be/pad/é"],
    "één.be": ["één.be"],
    # The full stop with no space behind it.
    "Wij gaan naar school.In de klas": ["school.In"],
    "Daarna.De leraar": ["Daarna.De"],
    "Daarna.Iedereen mag mee": [],
    "d.w.z. o.a. 3.5 m en 14.30 uur": [],
    "o.a.be": ["o.a.be"],
    "verslag.pdf en foto.jpg": [],
    "ASP.NET": ["ASP.NET"],
    # What is glued to a sign is no link.
    "jan.peeters@kleuter.be": [],
    "@kleuter.be #kleuter.be $kleuter.be": [],
    "naam-van.be": ["naam-van.be"],
    "-kleuter.be _kleuter.be": [],
    "http://-kleuter.be http://kleuter-.be http://a_b.be": [],
    "https://a_b.kleuter.be": ["https://a_b.kleuter.be"],
    "kleuter.be-vandaag": [],
    "kleuter.be+ kleuter.be@": [],
    "kleuter.be:8080": ["kleuter.be"],
    "kleuter.be:8080/pad": ["kleuter.be:8080/pad"],
    "https://kleuter.be:8080": ["https://kleuter.be:8080"],
    "kleuter.be?a=1": ["kleuter.be"],
    "kleuter.be/?a=1&": ["kleuter.be/?a=1&"],
    "https://kleuter.be?!": ["https://kleuter.be"],
    "http:// kleuter.be": ["kleuter.be"],
    "http://localhost:8000/a http://127.0.0.1/a http://school": [],
    # Other scripts.
    "日本kleuter.be日本": ["kleuter.be"],
    "https://kleuter.be/日本": ["https://kleuter.be/"],
    "https://пример.рф/слово": ["https://пример.рф/слово"],
    "пример.рф": [],
    "\u2066kleuter.be\u2069": ["kleuter.be"],
    "\u202bhttps://kleuter.be/\u202c": ["https://kleuter.be/"],
    # X's own short addresses.
    "http://t.co/abc's": ["http://t.co/abc"],
    "https://t.co/abc?x=1.": ["https://t.co/abc?x=1"],
    "https://t.co/" + "a" * 41: [],
    # What no name system holds.
    "a" * 64 + ".be": [],
    "https://" + "a" * 64 + ".be/pad": [],
    "https://kleuter.be/" + "a" * 4096: [],
    "https://kleuter.be/" + "a" * 3000: ["https://kleuter.be/" + "a" * 3000],
    "xn--kleuter-1a.xn--p1ai": ["xn--kleuter-1a.xn--p1ai"],
}


@pytest.mark.once
@pytest.mark.parametrize(("text", "found"), FOUND.items())
def test_what_x_makes_a_link_of(text: str, found: list[str]) -> None:
    assert urls(text) == found
    assert all(text[link.start : link.end] == link.url for link in links(text))


@pytest.mark.once
def test_a_link_without_a_scheme_is_bare() -> None:
    assert [link.bare for link in links("kleuter.be HTTPS://kleuter.be http.be")] == [True, False, True]


@pytest.mark.once
def test_top_level_domains_of_every_kind_are_known_and_those_of_firms_are_not_among_them() -> None:
    known, longest = top_level_domains()
    assert {"be", "nl", "vlaanderen", "brussels", "gent", "eu", "com", "ck", "рф", "한국"} <= known
    assert not {"pdf", "example", "blogspot", "github.io", ""} & known
    assert max(map(len, known)) == longest
    assert len(known) > 1300


_SAID = """
Dag allemaal, één zie https://www.kleuter.be/a?b=c kleuter.be a.pdf 日本語 … @jan #toren l’école.Is 🎉
op.In €5
(http://x.com/a) jan@x.be http://t.co/abc's www.x.be/é. http://kleuter_.be http://127.0.0.1/a/b x.be日本y.be/a
-a.be _a.be a_b.be a-b.co.uk/(a) ://a.be http://a.be?x. a.be:80/x/ a.be/日.be
"""
_WORDS = st.sampled_from(_SAID.split())


@pytest.mark.once
@given(
    st.lists(_WORDS | st.text("ab.be/:@-_?é日 ()#", max_size=12) | st.just("http://"), max_size=12),
    st.sampled_from(["", " "]),
)
def test_the_reference_finds_the_same(words: list[str], between: str) -> None:
    text = between.join(words)
    theirs = [(found["url"], tuple(found["indices"])) for found in extract_urls_with_indices(text)]
    assert [(link.url, (link.start, link.end)) for link in links(text)] == theirs


@pytest.mark.once
@given(st.text(max_size=60))
def test_any_text_can_be_looked_through(text: str) -> None:
    ends = [0]
    for link in links(text):
        assert link.start >= ends[-1]
        ends.append(link.end)
    assert ends[-1] <= len(text)


@pytest.mark.once
@pytest.mark.parametrize(
    "piece",
    ["a.", "a.be.", "日本", "日.be_", "_a.be.", "http://a.be.", "-a", "a.be日", "https://a.be/(a", "a(b)"],
)
def test_an_endless_text_is_looked_through_at_once(piece: str) -> None:
    assert sum(1 for _ in links(piece * (60_000 // len(piece)) + ".")) <= 60_000
