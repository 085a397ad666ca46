"""Which entries go where, as staff say it, in words and patterns."""

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.core.errors import BadInput
from outreach.feeds import matching, rule_text, rule_words, rules
from outreach.feeds.models import Entry, Event, Rule, Source

SOURCE = Source(name="Site", mode="review", cooling_minutes=10)


def article(**values: object) -> Entry:
    known: dict[str, object] = {
        "title": "Vacature: leraar Frans in Café Étoile",
        "summary": "We zoeken een leraar. Covid-19 is voorbij.",
        "link": "https://school.example/jobs/leraar-frans",
        "author": "An Peeters",
        "categories": ["Vacatures", "Talen & Co"],
        "language": "nl",
    }
    return Entry(source=SOURCE, **(known | values))


def event() -> Entry:
    entry = article(title="Studiedag", categories=["Agenda"])
    Event(entry=entry, starts_at=datetime.fromisoformat("2026-12-03T08:00:00+00:00"))
    return entry


def decided(text: str, entry: Entry) -> str:
    return rules.decide(entry, rule_text.parse(text, SOURCE), SOURCE).action


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("category = Vacatures", True),
        ("category = vacatures", True),
        ("category = Vacature", False),
        ("category = Vacature*", True),
        ("category = Nieuws, Vacatures", True),
        ('category = "Talen & Co"', True),
        ("category has Talen", False),
        ("not category = Vacatures", False),
        ("not category = Nieuws", True),
        ("title has leraar", True),
        ("title has lera", False),
        ("title has lera*", True),
        ("title has cafe etoile", True),
        ("title has CAFÉ", True),
        ("title has zoeken", False),
        ("text has zoeken", True),
        ("text has we zoeken een leraar", True),
        ("text matches /covid-\\d+/", True),
        ("text matches /covid-\\d{3}/", False),
        ("title matches /^vacature:/", True),
        ("link has /jobs/", True),
        ("link matches /leraar-[a-z]+$/", True),
        ("author = an peeters", True),
        ("language = nl", True),
        ("language = fr", False),
        ("type = article", True),
        ("type = event", False),
        ("category = Vacatures and title has leraar", True),
        ("category = Vacatures and title has directeur", False),
        ("category = Nieuws or title has leraar", True),
        ("category = Nieuws or title has directeur", False),
        ("category = Nieuws and title has leraar or language = nl", True),
        ("category = Vacatures and not title has intern, extern", True),
        ("category = Vacatures and not title has intern, frans", False),
    ],
)
def test_a_condition_fits_or_not(condition: str, fits: bool) -> None:
    assert decided(f"ignore if {condition}", article()) == ("ignore" if fits else "review")


def test_events_are_told_from_articles() -> None:
    assert decided("automatic if type = event", event()) == "automatic"
    assert decided("automatic if type = event", article()) == "review"
    assert decided("automatic if type = evenement", event()) == "automatic"
    assert decided("automatic if type = artikel", article()) == "automatic"


def test_the_first_rule_that_fits_decides() -> None:
    own = [
        *rule_text.parse("newsletter if title has leraar", SOURCE),
        *rule_text.parse("ignore if language = nl", SOURCE),
    ]
    decision = rules.decide(article(), own, SOURCE)
    assert decision.action == "newsletter"
    assert (decision.posts, decision.mails) == (False, True)
    assert "The rule “the title holds leraar” keeps it off the networks" in str(decision.reason)
    assert not rules.decide(event(), own, SOURCE).mails


@pytest.mark.parametrize("mode", ["review", "automatic"])
def test_without_a_rule_that_fits_the_mode_of_the_source_counts(mode: str) -> None:
    source = Source(mode=mode, cooling_minutes=7)
    decision = rules.decide(article(), rule_text.parse("ignore if language = fr", source), source)
    assert (decision.action, decision.rule, str(decision.reason)) == (mode, None, "")
    assert decision.cooling == timedelta(minutes=7)


def test_a_rule_may_wait_longer_or_not_at_all() -> None:
    for minutes in (0, 120):
        rule = Rule(action="automatic", conditions=[{"field": "language", "op": "has", "value": "nl"}])
        rule.cooling_minutes = minutes
        assert rules.decide(article(), [rule], SOURCE).cooling == timedelta(minutes=minutes)


def test_a_pattern_that_never_ends_is_stopped_and_a_person_decides() -> None:
    entry = article(title="a" * 60 + "!")
    decision = rules.decide(entry, rule_text.parse("ignore if title matches /^(a|a)*$/", SOURCE), SOURCE)
    assert decision.action == "review"
    assert "takes too long" in str(decision.reason)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no rule"),
        ("ignore", "is no rule"),
        ("delete if category = X", "not with “delete”"),
        ("ignore if kategorie = X", "“kategorie” is nothing that a rule can look at"),
        ("ignore if category", "cannot be read from here: “category”"),
        ("ignore if category = X and title", "cannot be read from here: “title”"),
        ("ignore if category = X and", "cannot be read from here: “”"),
        ("ignore if title matches /(/", "is no pattern that can be used"),
        ("ignore if title matches covid", "cannot be read from here"),
        ("ignore if not title matches /x/", "cannot be turned around"),
        ("ignore if title has " + "x" * 400, "too long"),
        ('ignore if title has ""', "Say what the title must hold"),
        ("ignore if " + " and ".join(["title has x"] * 9), "at most 8 conditions"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        rule_text.parse(text, SOURCE)
    assert says in str(caught.value)


_WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters='"', exclude_categories=("C", "Z")),
    min_size=1,
    max_size=20,
).filter(lambda text: any(matching.folded(part) for part in text.split(",")))  # "¸" alone is no word


def typed(action: str, conditions: list[dict[str, str]]) -> str:
    parts = (f'{"not " * (one["op"] == "has-not")}{one["field"]} has "{one["value"]}"' for one in conditions)
    return f"{action} if {' and '.join(parts)}"


@given(
    st.sampled_from(rules.Action.values),
    st.lists(
        st.tuples(st.sampled_from(rules.FIELDS), st.sampled_from(["has", "has-not"]), _WORDS),
        min_size=1,
        max_size=4,
    ),
)
def test_a_rule_is_read_as_it_was_written(action: str, given_conditions: list[tuple[str, str, str]]) -> None:
    conditions = [{"field": field, "op": op, "value": value.strip()} for field, op, value in given_conditions]
    found = rule_text.parse(typed(action, rules.check(conditions)), SOURCE)
    assert [(rule.action, rule.conditions) for rule in found] == [(action, conditions)]


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_rule_or_a_sentence(text: str) -> None:
    for line in (text, f"ignore if {text}", f"ignore if title matches /{text}/"):
        try:
            found = rule_text.parse(line, SOURCE)
        except BadInput:
            continue
        assert all(rules.decide(article(), [rule], SOURCE).action for rule in found)


@pytest.mark.parametrize("value", [",", " , ,", "\u0301"])
def test_a_rule_without_a_word_is_refused_and_fits_nothing(value: str) -> None:
    with pytest.raises(BadInput, match="Give a word"):
        rules.check([{"field": "category", "op": "has-not", "value": value}])
    stored = Rule(conditions=[{"field": "category", "op": "has-not", "value": value}], action="ignore")
    assert rules.decide(article(), [stored], SOURCE).rule is None


@given(st.text("ab*", max_size=8), st.text("ab ", max_size=12))
def test_stars_find_what_they_stand_for(phrase: str, text: str) -> None:
    phrase = "a" + phrase  # one that begins with a letter, like a word
    plain = matching.folded(text)
    words = re.escape(phrase).replace(r"\*", r"\w*")
    whole = re.escape(phrase).replace(r"\*", ".*")
    assert matching.holds_words(text, [phrase]) == bool(re.search(rf"(?<!\w){words}(?!\w)", plain))
    assert matching.is_one_of(text, [phrase]) == bool(re.fullmatch(whole, plain))


@pytest.mark.timeout(20)
def test_many_stars_take_no_more_time_than_one() -> None:
    stars = "*e" * 60 + "*x"
    assert not matching.is_one_of("e" * 5000, [stars])
    assert not matching.holds_words("e" * 5000, [stars])


def test_a_rule_is_said_in_words() -> None:
    [rule] = rule_text.parse(
        "ignore if category = Vacatures, Stages and not title has intern and link matches /job/", SOURCE
    )
    assert str(rule_words.whole(rule)) == (
        "the category is Vacatures, Stages and the title does not hold intern "
        "and the web address fits the pattern job → it goes nowhere"
    )
