"""Finding some among many."""

from datetime import UTC, datetime

import pytest

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.subscribers import joining, lists, marking, searching
from outreach.subscribers.exporting import export_csv
from outreach.subscribers.models import Subscriber, Tag
from outreach.subscribers.searching import Filter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people() -> None:
    """Four of them, who joined on two days."""
    with clock.frozen(datetime(2026, 3, 1, 22, 59, tzinfo=UTC)):  # 23.59 in Brussels
        add("noe@school.example", "Noé Çelik", "fr")
        add("an.peeters@gent.example", "An", "nl")
    with clock.frozen(datetime(2026, 3, 1, 23, 0, tzinfo=UTC)):  # midnight
        add("bert@gent.example", "Bert Noens", "nl")
        add("an.peeters@gent.example", "An", "nl", "events")
    tag("Leraren", search="bert")


def add(address: str, name: str, language: str, topic: str = "news") -> None:
    joining.add(topic, address, name=name, language=language, how="command", wording="Ja")


def tag(word: str, off: bool = False, **wanted: str) -> int:
    job = marking.begin(Filter(**wanted), word, off=off)
    while marking.tag_some(clock.now()):
        pass
    job.refresh_from_db()
    return job.done


def found(**wanted: str):
    return Filter(**wanted).people()


def names(**wanted: str) -> str:
    return " ".join(one.address.partition("@")[0] for one in found(**wanted))


@pytest.mark.parametrize(
    ("wanted", "who"),
    [
        ({}, "an.peeters bert noe"),
        ({"search": "PEET"}, "an.peeters"),
        ({"search": "noe"}, "bert noe"),
        ({"search": "Noé"}, "bert noe"),
        ({"search": "celik school"}, "noe"),
        ({"search": "gent.ex"}, "an.peeters bert"),
        ({"search": "lerar"}, "bert"),
        ({"search": "%"}, ""),
        ({"search": "_"}, ""),
        ({"language": "fr"}, "noe"),
        ({"topic": "events"}, "an.peeters"),
        ({"tag": "leraren"}, "bert"),
        ({"state": "unsubscribed"}, ""),
        ({"topic": "news", "since": "2026-03-02"}, "bert"),
        ({"topic": "news", "before": "2026-03-02"}, "an.peeters noe"),
        ({"since": "2026-03-02", "search": "an"}, ""),
    ],
)
def test_who_is_found(wanted: dict[str, str], who: str) -> None:
    assert names(**wanted) == who


def test_who_left_a_newsletter_does_not_get_it_and_is_found_as_such() -> None:
    joining.leave_by_mail(Subscriber.objects.get(address_key="noe@school.example"), "news")
    assert names(topic="news") == "an.peeters bert"
    assert names(topic="news", state="unsubscribed") == "noe"


def test_who_left_one_newsletter_and_reads_another_is_found_among_those_who_left() -> None:
    joining.leave_by_mail(Subscriber.objects.get(address_key="an.peeters@gent.example"), "news")
    assert names(topic="news", state="unsubscribed") == "an.peeters"
    assert names(topic="events", state="unsubscribed") == ""
    assert len(list(Filter(topic="news", state="unsubscribed").people())) == lists.counts("news").left


def test_who_has_not_answered_about_a_newsletter_is_found() -> None:
    joining.ask("events", "chris@gent.example", wording="Ja")
    joining.ask("events", "bert@gent.example", wording="Ja")
    assert names(topic="events", state="pending") == "bert chris"
    assert names(state="pending") == "chris"
    assert lists.counts("events").waiting == 2


@pytest.mark.parametrize("field", ["since", "before"])
def test_a_day_before_all_days_is_said_to_be_none(field: str) -> None:
    with pytest.raises(BadInput):
        Filter.read({field: "0001-01-01"})
    assert Filter.read({field: "9999-12-31"}).people().count() in (0, 3)


def test_a_whole_letter_that_is_searched_for_finds_nobody() -> None:
    assert searching.part(Filter.read({"search": " ".join(f"woord{n}" for n in range(3000))})).rows == []
    assert names(search="an " * 3000) == "an.peeters"


def test_a_domain_with_accents_is_found_as_people_write_it() -> None:
    add("chris@bücher.example", "", "nl")
    for typed in ("bücher", "chris@bücher.ex", "BUCHER.example", "xn--bcher"):
        assert names(search=typed) == "chris"
    add("dirk@school.example", "xn--", "nl")
    assert names(search="xn--") == "chris dirk"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Jan Straße", "STRASSE"),
        ("Ayşe İstanbul", "istanbul"),
        ("ΝΊΚΟΣ", "νικος"),
        ("Łukasz O'Brien", "o'b"),
        ('Bob "Bo" Back\\slash', 'back\\s "bo"'),
        ("50% korting_x", "50% g_x"),
    ],
)
def test_odd_letters_are_found_as_people_type_them(name: str, typed: str) -> None:
    add("zz@zz.example", name, "nl")
    assert names(search=typed) == "zz"
    assert names(search=typed.replace("%", "x").replace("_", "x")) == ("" if "%" in typed else "zz")


def test_a_new_name_is_found_at_once() -> None:
    person = Subscriber.objects.get(address_key="bert@gent.example")
    person.name = "Gérard"
    person.save(update_fields=["name"])
    assert names(search="gerard") == "bert"
    assert names(search="noens") == ""


@pytest.mark.parametrize("field", ["since", "before", "state", "language"])
def test_what_cannot_be_read_is_said(field: str) -> None:
    with pytest.raises(BadInput) as refused:
        Filter.read({field: "gisteren"})
    assert refused.value.field == field


def test_parts_follow_each_other_and_only_the_first_counts() -> None:
    first = searching.part(Filter(), size=2)
    second = searching.part(Filter(), first.after, size=2)
    assert [len(first.rows), first.count, len(second.rows), second.count] == [2, 3, 1, 0]
    assert second.after == ""


def test_beyond_a_thousand_nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST", 2)
    assert searching.part(Filter()).many
    assert not searching.part(Filter(search="gent")).many


def test_a_tag_is_put_on_all_that_are_found_and_taken_off_again() -> None:
    assert tag(" Gent ", search="gent") == 2
    assert tag("GENT", search="gent") == 2
    assert names(tag="gent") == "an.peeters bert"
    assert tag("gent", off=True, tag="gent") == 2
    assert not Tag.objects.filter(key="gent").exists()


@pytest.mark.parametrize("word", ["", " , ", "een, twee", "x" * 61, "\u0301"])
def test_what_is_no_tag_is_refused(word: str) -> None:
    with pytest.raises(BadInput) as refused:
        marking.begin(Filter(), word)
    assert refused.value.field == "tags"


def test_a_segment_is_asked_anew_each_time() -> None:
    kept = searching.keep("Gent", Filter(search="gent"))
    add("chris@gent.example", "Chris", "nl")
    kept.refresh_from_db()
    assert Filter.read(kept.wanted).people().count() == 3
    for name, wanted in (("", Filter(search="x")), ("Iedereen", Filter())):
        with pytest.raises(BadInput):
            searching.keep(name, wanted)


def test_a_segment_is_exported_with_its_tags() -> None:
    lines = "".join(export_csv(Filter(tag="leraren"))).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("bert@gent.example;Bert Noens;nl;confirmed;news;")
    assert lines[1].endswith(";Leraren")
