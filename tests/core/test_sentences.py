"""Sentences: kept in English, shown in the reader's language, also what stands inside another."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.utils import translation

from outreach.core import clock
from outreach.core.sentences import N_, NOTHING, Sentence, say, say_many


def kept(sentence: Sentence) -> Sentence:
    return Sentence.from_json(json.loads(json.dumps(sentence.to_json())))


def test_a_sentence_inside_another_is_shown_in_the_language_of_its_reader() -> None:
    with translation.override("en"):
        inner = say(N_("There is nothing at %(url)s (answer %(status)s)."), url="https://site.be", status=404)
        outer = kept(say(N_("Its own page could not be read: %(reason)s"), reason=inner))
        english = str(outer)
    assert english.endswith("There is nothing at https://site.be (answer 404).")
    with translation.override("nl"):
        assert str(outer).endswith(str(inner))
        assert str(inner) != "There is nothing at https://site.be (answer 404)."
    assert outer.values["reason"] == inner


def test_one_and_many_are_two_sentences() -> None:
    with translation.override("en"):
        for count, words in [(1, "1 dog barks"), (2, "2 dogs bark"), (0, "0 dogs bark")]:
            assert str(kept(say_many("%(count)s dog barks", "%(count)s dogs bark", count))) == words


def test_a_moment_is_said_as_its_reader_says_it() -> None:
    noon = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
    sentence = kept(say("%(when)s", when=noon))
    for language, now, words in [
        ("en", noon, "today 12:00"),
        ("nl", noon - timedelta(days=1), "morgen 12.00"),
        ("nl", noon + timedelta(days=9), "10 maart 12.00"),
    ]:
        with translation.override(language), clock.frozen(now):
            assert str(sentence) == words


def test_nothing_is_kept_as_nothing() -> None:
    assert kept(NOTHING) == NOTHING
    assert str(NOTHING) == ""
    assert not NOTHING


def test_a_nul_in_the_words_of_a_server_is_left_out() -> None:
    assert kept(say("%(reply)s", reply="5\0 no")) == say("%(reply)s", reply="5 no")


def test_an_amount_is_written_as_its_reader_writes_it() -> None:
    said = kept(say("Budget: %(amount)s", amount=Decimal("20.0000")))
    for language, words in (("nl", "20,00"), ("fr", "20,00"), ("en", "20.00")):
        with translation.override(language):
            assert str(said) == f"Budget: {words}"
    with translation.override("nl"):
        assert str(say("%(amount)s", amount=Decimal("0.0150"))) == "0,015"
