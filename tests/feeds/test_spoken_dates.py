"""Dates in running text: what a person would say they mean, and what is refused.

Wall clocks are those of Brussels. "W" stands for a whole day, an end for a midnight after the last one.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.feeds import spoken_dates, spoken_words
from outreach.feeds.spoken_dates import Spoken

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
THIRD = "2026-12-03"  # a Thursday


def find(text: str, title: str = "", published: datetime | None = None, now: datetime = NOW) -> Spoken | None:
    return spoken_dates.find(title, text, BRUSSELS, now, published)


def said(found: Spoken | None) -> str:
    """ "2026-12-03 14:00", "2026-12-03 14:00 > 2026-12-03 16:00", "2026-12-03 W"."""
    if found is None:
        return ""
    local = [at.astimezone(BRUSSELS) for at in (found.starts_at, found.ends_at) if at]
    if found.all_day:
        return " > ".join(f"{at:%Y-%m-%d}" for at in local) + " W"
    return " > ".join(f"{at:%Y-%m-%d %H:%M}" for at in local)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        # Dutch
        ("Donderdag 3 december 2026 om 14u30 in Gent", f"{THIRD} 14:30"),
        ("We spreken af op 3 december om 14 uur.", f"{THIRD} 14:00"),
        ("do 3 dec., 9u - 16u30", f"{THIRD} 09:00 > {THIRD} 16:30"),
        ("Op donderdag 3 december, van 9 tot 12 uur", f"{THIRD} 09:00 > {THIRD} 12:00"),
        ("Op 3 december van 9.30 tot 12.15 uur", f"{THIRD} 09:30 > {THIRD} 12:15"),
        ("Om 20 uur op donderdag 3 december", f"{THIRD} 20:00"),
        ("Van 9 tot 12u, 3 december", f"{THIRD} 09:00 > {THIRD} 12:00"),
        ("donderdag 3 december vanaf 19u00", f"{THIRD} 19:00"),
        ("De studiedag is op 3 december", f"{THIRD} W"),
        ("donderdag 3/12, 13.30 uur", f"{THIRD} 13:30"),
        ("03/12/2026 - 09:00", f"{THIRD} 09:00"),
        ("3-12-2026, 10h", f"{THIRD} 10:00"),
        ("2026-12-03 om 9u", f"{THIRD} 09:00"),
        ("3 en 4 december 2026", "2026-12-03 > 2026-12-05 W"),
        ("3, 4 en 5 december", "2026-12-03 > 2026-12-06 W"),
        ("3 tot 5 december", "2026-12-03 > 2026-12-06 W"),
        ("3-5 december 2026", "2026-12-03 > 2026-12-06 W"),
        ("van 3 t.e.m. 5 december", "2026-12-03 > 2026-12-06 W"),
        ("van donderdag 3 december tot en met zaterdag 5 december", "2026-12-03 > 2026-12-06 W"),
        ("30 november t/m 2 december", "2026-11-30 > 2026-12-03 W"),
        ("30 december tot 2 januari 2027", "2026-12-30 > 2027-01-03 W"),
        ("zaterdag 12 december van 20u tot 2u", "2026-12-12 20:00 > 2026-12-13 02:00"),
        ("maandag 1 mrt. 2027", "2027-03-01 W"),
        ("Op 14 januari om 9u30", "2027-01-14 09:30"),  # the next one
        ("Op 1 december, 8 december en 15 december", "2026-12-01 W"),  # a series: its first day
        ("12 januari, 9 februari en 9 maart 2027, 9u30 - 12u", "2027-01-12 09:30 > 2027-01-12 12:00"),
        ("14/01, 21/01 en 4/02/2027 van 9u tot 12u", "2027-01-14 09:00 > 2027-01-14 12:00"),
        ("do 3/12, 10/12 en 17/12", f"{THIRD} W"),
        ("van 9-12u, donderdag 3 december", f"{THIRD} 09:00 > {THIRD} 12:00"),
        ("3 december, 9u-16u30", f"{THIRD} 09:00 > {THIRD} 16:30"),
        ("vrijdag 4 dec (14u-17u), zaterdag 5 dec (9u-12u)", "2026-12-04 14:00 > 2026-12-04 17:00"),
        ("Zaterdag 28 november (14u)", "2026-11-28 14:00"),
        ("12 september 2025 was mooi; tot op 3 december om 14u", ""),  # a deadline is all that is left
        # French
        ("Le jeudi 3 décembre 2026 à 14h30", f"{THIRD} 14:30"),
        ("Rendez-vous le 3 décembre de 9h à 12h", f"{THIRD} 09:00 > {THIRD} 12:00"),
        ("jeudi 3 décembre, 13h30", f"{THIRD} 13:30"),
        ("Du 3 au 5 décembre", "2026-12-03 > 2026-12-06 W"),
        ("Le 1er décembre à 18 heures", "2026-12-01 18:00"),
        ("les 3 et 4 décembre", "2026-12-03 > 2026-12-05 W"),
        ("Colloque, mardi 9 févr. 2027", "2027-02-09 W"),
        # English
        ("Thursday, December 3, 2026 at 2 pm", f"{THIRD} 14:00"),
        ("Thursday 3rd of December, 2 to 4 p.m.", f"{THIRD} 14:00 > {THIRD} 16:00"),
        ("Dec 3, 10 am - 2 pm", f"{THIRD} 10:00 > {THIRD} 14:00"),
        ("December 3-5, 2026", "2026-12-03 > 2026-12-06 W"),
        ("December 3 and 4, 2026", "2026-12-03 > 2026-12-05 W"),
        ("Join us on 3 December at 14:00", f"{THIRD} 14:00"),
        ("Dec 3 at 12 am", "2026-12-03 00:00"),
        ("Dec 3 at 12 pm", "2026-12-03 12:00"),
        # The nights on which the clocks change
        ("zondag 28 maart 2027 om 1u30", "2027-03-28 01:30"),
        ("zondag 28 maart 2027 van 1u tot 4u", "2027-03-28 01:00 > 2027-03-28 04:00"),
        ("zondag 31 oktober 2027 om 2u30", "2027-10-31 02:30"),
        ("28 maart 2027 en 29 maart 2027", "2027-03-28 > 2027-03-30 W"),
        # Today is still to come, while its hour is
        ("woensdag 25 november om 20u", "2026-11-25 20:00"),
        ("woensdag 25 november", "2026-11-25 W"),
    ],
)
def test_a_date_in_a_text_is_read_as_people_mean_it(text: str, meant: str) -> None:
    assert said(find(text)) == meant
    assert said(find("", title=text)) == meant


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("zondag 28 maart 2027 van 1u tot 4u", "2027-03-28 00:00", "2027-03-28 02:00"),
        ("zondag 28 maart 2027 om 2u30", "2027-03-28 01:30", ""),  # an hour that does not exist
        ("zondag 31 oktober 2027 van 1u tot 4u", "2027-10-30 23:00", "2027-10-31 03:00"),
        ("zondag 31 oktober 2027 om 2u30", "2027-10-31 00:30", ""),  # the first of two
        ("zaterdag 27 en zondag 28 maart 2027", "2027-03-26 23:00", "2027-03-28 22:00"),
        ("zaterdag 30 en zondag 31 oktober 2027", "2027-10-29 22:00", "2027-10-31 23:00"),
        ("3 december om 14u", "2026-12-03 13:00", ""),
        ("3 juni om 14u", "2027-06-03 12:00", ""),
    ],
)
def test_a_date_in_a_text_is_an_instant(text: str, start: str, end: str) -> None:
    found = find(text)
    assert found
    assert f"{found.starts_at:%Y-%m-%d %H:%M}" == start
    assert (f"{found.ends_at:%Y-%m-%d %H:%M}" if found.ends_at else "") == end


@pytest.mark.parametrize(
    "text",
    [
        # Another weekday
        "vrijdag 3 december 2026 om 14u",
        "lundi 3 décembre 2026",
        "Monday, December 3, 2026",
        "donderdag 3 en zaterdag 4 december",
        # Deadlines
        "Schrijf je in voor 3 december",
        "inschrijven voor 3 december om 14u",
        "Inschrijven kan tot en met 3 december",
        "uiterlijk op 3 december",
        "De deadline is 3 december",
        "3 december is de deadline",
        "Inscription avant le 3 décembre",
        "jusqu’au 3 décembre",
        "Register before December 3",
        "Submit by 3 December 2026",
        "De inschrijvingen sluiten op 3 december",
        "vanaf 3 december",
        # Days of something else
        "Gepubliceerd op 3 december 2026",
        "Publié le 3 décembre 2026",
        "Posted on December 3, 2026",
        "de wet van 3 december 2026",
        "het decreet van 3 december",
        "de omzendbrief van 3 december 2026",
        "geboren op 3 december",
        # Over
        "12 september 2025 om 9u",
        "woensdag 25 november om 9u",
        "Op 24 november 2026",
        "van 20 tot 27 november",
        # Days and hours that no calendar has
        "31 november 2026",
        "30 februari 2027",
        "0 december",
        "33/12/2026",
        "3/13/2026",
        "2026-02-30",
        # Years, prices, numbers
        "het schooljaar 2026-2027",
        "in december 2026",
        "samen in mei",
        "3 december 2999",
        "Het kost 3 euro in december",
        "€ 3,12 per persoon",
        "Bel 09 123 45 67",
        "0470/12.03.26",
        "versie 3.12",
        "uitslag 3-1",
        "3/4 van de leraren",
        "3/4, 1/2 en 2/3 van de leraren",
        "Openingsuren: 9u tot 16u30",
        "zo 3",
        "",
    ],
)
def test_a_date_that_is_doubtful_is_none(text: str) -> None:
    assert said(find(text)) == ""


def test_a_date_without_a_year_is_the_next_one_after_its_article() -> None:
    last_year = datetime(2025, 10, 1, tzinfo=UTC)
    assert said(find("Op 3 december om 14u", published=last_year)) == ""
    assert said(find("Op 3 december om 14u", published=datetime(2026, 11, 1, tzinfo=UTC))) == f"{THIRD} 14:00"
    assert said(find("Op 3 november om 14u", published=datetime(2026, 11, 20, tzinfo=UTC))) == ""


def test_the_day_of_the_title_counts_and_the_text_knows_its_hour() -> None:
    text = "Op 7 december om 20u is er iets anders. Welkom op 3 december van 14u tot 16u."
    assert said(find(text, title="Studiedag donderdag 3 december")) == f"{THIRD} 14:00 > {THIRD} 16:00"


def test_of_several_dates_the_most_explicit_counts() -> None:
    assert said(find("In de week van 7 december. Afspraak: donderdag 3 december om 14u.")) == f"{THIRD} 14:00"


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        ("Op 1 december, 8 december en 15 december", True),
        ("Op 3 december om 14u. De volgende is op 10 december.", False),
        ("Op 3 december om 14u", False),
        ("3 en 4 december", False),
        ("van 3 tot 10 december", False),
    ],
)
def test_the_first_of_a_list_of_days_is_that_of_a_series(text: str, repeats: bool) -> None:
    found = find(text)
    assert found
    assert found.repeats == repeats


def test_a_price_is_no_hour() -> None:
    assert said(find("3 december, 14 euro")) == f"{THIRD} W"
    assert said(find("3 december, 14.50 euro")) == f"{THIRD} W"


SOME = (
    "3 31 0 99 2026 20 december dec. mei may mar do donderdag lundi om van tot au en , . - / : ( u uur 14u30"
    " 2pm p.m 9.30 3/12 3/12/26 2026-12-03 voor deadline le de t/m jusqu'au £ İ ٣ ² é 00:60 24u"
)
WORDS = st.sampled_from(SOME.split())


@settings(deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map(" ".join)))
def test_whatever_the_text_holds_an_answer_comes_out(text: str) -> None:
    for found in (find(text), find(text, title=text)):
        assert found is None or found.ends_at is None or found.ends_at > found.starts_at


@pytest.mark.parametrize(
    "word", ["3 ", "3, ", "ma ", "ma, ", "3 en ", "3 december ", ", ", "9u ", "van 3 tot "]
)
def test_long_texts_take_time_in_proportion(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: how often a token is looked at, for each token of the text."""
    looked = 0
    at = spoken_words.Tokens.at

    def counting(tokens: spoken_words.Tokens, place: int) -> spoken_words.Token:
        nonlocal looked
        looked += 1
        return at(tokens, place)

    monkeypatch.setattr(spoken_words.Tokens, "at", counting)
    text = word.replace("_", " ") * (4000 // len(word))
    find(text)
    assert looked < 150 * len(spoken_words.Tokens(text))


def test_of_a_very_long_text_only_the_beginning_is_read() -> None:
    assert said(find("Woord " * 1000 + "op donderdag 3 december om 14u")) == ""
