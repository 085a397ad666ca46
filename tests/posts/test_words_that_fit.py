"""Articles as websites really write them, and the right post for each."""

import pytest

from outreach.core.measure import beyond, weighted_length
from outreach.feeds.models import Entry
from outreach.posts.text.composing import compose, compose_staff

LINK = "https://school.example/a"
LONG = "Hottentottententententoonstellingsmakersopleidingsverantwoordelijkheidsgevoel"


def post(title: str, summary: str = "", categories: tuple[str, ...] = (), link: str = LINK) -> str:
    """What X gets, without the link at the end."""
    entry = Entry(title=title, summary=summary, categories=list(categories), link=link, language="nl")
    made = compose("x", entry)
    assert made.length == weighted_length(made.text) <= 280
    assert made.text.endswith(link)
    return made.text.removesuffix(link).rstrip("\n")


TABLE = [
    # title, summary, categories → the post
    ("Taal &#038; rekenen", "", (), "Taal & rekenen"),
    ("Taal &amp;#038; rekenen", "", (), "Taal & rekenen"),
    ("Q&amp;A over AT&amp;T", "", (), "Q&A over AT&T"),
    ("R&D; en dan", "", (), "R&D; en dan"),
    ("&laquo;L&rsquo;&eacute;cole&raquo;", "", (), "«L’école»"),
    ('"Recht" en “krom”', "'Zo' zei ze", (), "\"Recht\" en “krom”\n\n'Zo' zei ze"),
    (
        "’s avonds",
        "’s-Hertogenbosch",
        ("’s-Hertogenbosch",),
        "’s avonds\n\n’s-Hertogenbosch\n\n#sHertogenbosch",
    ),
    ("IJsland in de klas", "", ("ijsland leren",), "IJsland in de klas\n\n#IJslandLeren"),
    ("Feest 👩🏽‍🏫🇧🇪1️⃣", "", (), "Feest 👩🏽‍🏫🇧🇪1️⃣"),
    ("שלום \u200f(שלום)", "", (), "שלום \u200f(שלום)"),
    ("\u2067مرحبا\u2069 Gent", "", (), "\u2067مرحبا\u2069 Gent"),
    ("Kop.", "Tekst!", (), "Kop.\n\nTekst!"),
    ("Kop", "Kop. En dan de rest.", (), "Kop\n\nEn dan de rest."),
    ("Kop", "KOP – en dan", (), "Kop\n\nen dan"),
    ("Kop", "Kopzorgen van een leraar", (), "Kop\n\nKopzorgen van een leraar"),
    ("Kop", "Kop", (), "Kop"),
    ("", "Alleen de samenvatting.", (), "Alleen de samenvatting."),
    ("", "", (), ""),
    ("https://school.example/b", "", (), ""),
    ("www.school.be", "Onze site", (), "Onze site"),
    ("Kom naar school.In de klas", "", (), "Kom naar school. In de klas"),
    ("Onze site is kleuter.be", "", (), "Onze site is kleuter.be"),
    ("Mail naar jan@kleuter.be", "", (), "Mail naar jan@kleuter.be"),
    ("@vrt vertelt", "", (), ".@vrt vertelt"),
    ("#onderwijs is leuk", "", (), "#onderwijs is leuk"),
    ("$ABC en $DEF en $5", "Ook $GHI", (), "$ABC en DEF en $5\n\nOok GHI"),
    ("Kop", "", ("kleuter- en lager onderwijs", "ict", "2026"), "Kop\n\n#KleuterEnLagerOnderwijs #ict"),
    ("Kop", "", ("Uncategorized", "Geen categorie"), "Kop"),
    ("Kop\nop\ttwee\r\nregels", "", (), "Kop op twee regels"),
    ("E\u0301e\u0301n", "", (), "Één"),
]


@pytest.mark.parametrize(("title", "summary", "categories", "said"), TABLE)
def test_the_right_post_for_each(title: str, summary: str, categories: tuple[str, ...], said: str) -> None:
    assert post(title, summary, categories) == said


def test_a_very_long_title_ends_at_a_word_and_the_hashtags_and_the_summary_are_gone() -> None:
    said = post(f"{'Studiedag ' * 40}", "Een samenvatting die er niet bij kan.", ("taal",))
    assert said == "Studiedag " * 24 + "Studiedag…"


def test_one_very_long_word_is_cut_between_two_letters() -> None:
    said = post(LONG * 5)
    assert said.endswith("…")
    assert (LONG * 5).startswith(said.removesuffix("…"))
    assert 250 <= weighted_length(said) <= 280 - 2 - 24


def test_a_dutch_compound_is_never_cut_where_a_word_before_it_can_end() -> None:
    said = post("Kop", f"{'woord ' * 38}{LONG}")
    assert said.endswith("woord…")


def test_a_text_that_only_x_reads_otherwise_stays_as_it_is_elsewhere() -> None:
    entry = Entry(title="@vrt $ABC $DEF", link=LINK, language="nl")
    assert compose("facebook", entry).text == "@vrt $ABC $DEF"


@pytest.mark.parametrize(
    ("text", "link", "left"),
    [
        ("a" * 280, "", ""),
        ("a" * 281, "", "a"),
        ("woord " * 47, "", "woord"),
        ("woord " * 43 + "einde", "https://school.be/" + "x" * 99, "woord einde"),
        ("日" * 141, "", "日"),
        ("👩🏽‍🏫" * 141, "", "👩🏽‍🏫"),
        ("x " * 10, "https://school.example/" + "x" * 290, "x x x x x x x x x x"),
    ],
)
def test_the_words_that_have_no_room_are_told(text: str, link: str, left: str) -> None:
    made = compose_staff("x", text, link)
    assert made.beyond == left
    assert bool(left) != made.fits


def test_nothing_is_beyond_an_endless_limit() -> None:
    assert beyond("", 0, len) == ""
    assert beyond("een twee", 5, len) == "twee"
