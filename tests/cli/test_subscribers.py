"""`outreach subscribers`: who hears of it by mail, from the command line."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Outreach

TO = ("--newsletter", "nieuws", "--wording", "Ja, ik wil Nieuws ontvangen.")
LIST = (*TO, "--basis", "paper")


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "lezers.csv"
    path.write_text("naam;e-mail\nBert;bert@example.org\nKapot;kapot\nAn;an@example.org\n", encoding="utf-8")
    return str(path)


def test_somebody_is_added_once_and_stands_in_the_list_and_the_export(
    outreach: Outreach, newsletter: str
) -> None:
    for _ in range(2):
        assert outreach("subscribers", "add", "an@example.org", *TO, "--name", "An").code == 0
    [row] = outreach("subscribers", "list", "--json").data
    assert (row["address"], row["name"], row["state"]) == ("an@example.org", "An", "confirmed")
    [line] = csv.DictReader(outreach("subscribers", "export", "--newsletter", newsletter).out.splitlines())
    assert (line["address"], line["language"]) == ("an@example.org", "nl")


def test_an_import_names_each_line_that_it_refuses(outreach: Outreach, newsletter: str, table: str) -> None:
    dry = outreach("subscribers", "import", table, *LIST, "--dry-run", "--json")
    assert (dry.code, dry.data["added"]) == (1, 2)
    assert outreach("subscribers", "list", "--json").data == []
    ran = outreach("subscribers", "import", table, *LIST)
    assert ran.code == 1
    assert "Line 3" in ran.err
    assert len(outreach("subscribers", "list", "--json").data) == 2
    again = outreach("subscribers", "import", table, *LIST, "--json").data
    assert (again["added"], again["known"]) == (0, 2)


def test_a_reader_of_dutch_gets_dutch(outreach: Outreach, newsletter: str, table: str) -> None:
    ran = outreach("subscribers", "import", table, *LIST, OUTREACH_LANGUAGE="nl")
    assert "toegevoegd: 2" in ran.out
    assert "Regel 3" in ran.err
    said = outreach("subscribers", "list", OUTREACH_LANGUAGE="nl").out
    assert "Toestand" in said
    assert "confirmed" not in said


def test_what_cannot_be_used_is_refused_whole(outreach: Outreach, newsletter: str, tmp_path: Path) -> None:
    assert outreach("subscribers", "add", "geen adres", *TO).code == 2
    assert (
        outreach("subscribers", "add", "an@example.org", "--newsletter", "Iets", "--wording", "Ja").code == 2
    )
    ran = outreach("subscribers", "import", str(tmp_path / "nergens.csv"), *LIST)
    assert ran.code == 2
    assert "nergens.csv" in ran.err
    (tmp_path / "leeg.csv").write_text("")
    (tmp_path / "zonder.csv").write_text("kleur,maat\nrood,3\n")
    for name in ("leeg.csv", "zonder.csv"):
        assert outreach("subscribers", "import", str(tmp_path / name), *LIST).code == 2
    assert outreach("subscribers", "list", "--json").data == []


def test_the_proof_of_consent_is_shown_and_given_as_json(outreach: Outreach, newsletter: str) -> None:
    outreach("subscribers", "add", "an@example.org", *TO)
    assert "Ja, ik wil Nieuws" in outreach("subscribers", "proof", "an@example.org").out
    [step] = outreach("subscribers", "proof", "an@example.org", "--json").data["steps"]
    assert (step["how"], step["wording"]) == ("command", TO[-1])
    unknown = outreach("subscribers", "proof", "bert@example.org")
    assert unknown.code == 2
    assert "bert@example.org" in unknown.err


def test_columns_are_named_where_the_guess_is_wrong_and_the_report_is_a_file(
    outreach: Outreach, newsletter: str, tmp_path: Path
) -> None:
    lines = "wie#mail#oud\nAn#an@example.org#an@oud.example\nBert#kapot#b@oud.example\n"
    (tmp_path / "lijst.csv").write_text(lines)
    words = ("subscribers", "import", str(tmp_path / "lijst.csv"), *LIST, "--delimiter", "#")
    wrong = outreach(*words, "--column", "postcode=address")
    assert wrong.code == 2
    assert "postcode=address" in wrong.err
    nowhere = outreach(*words, "--column", "mail=address", "--report", str(tmp_path / "weg" / "rapport.csv"))
    assert nowhere.code == 2
    assert "rapport.csv cannot be written" in nowhere.err
    assert outreach("subscribers", "list", "--json").data == []
    told = ("--column", "mail=address", "--column", "1=name", "--report", str(tmp_path / "rapport.csv"))
    assert outreach(*words, *told, "--tags", "gent").code == 1
    [row] = outreach("subscribers", "list", "--json").data
    assert (row["address"], row["name"]) == ("an@example.org", "An")
    assert "3;kapot;" in (tmp_path / "rapport.csv").read_text()


def test_who_asks_for_it_is_exported_and_erased(outreach: Outreach, newsletter: str) -> None:
    assert outreach("subscribers", "add", "an@example.org", *TO, "--name", "An").code == 0
    found = json.loads(outreach("subscribers", "export", "an@example.org").out)
    assert found["about"] == "an@example.org"
    assert outreach("subscribers", "erase", "an@example.org", "--yes").code == 0
    gone = outreach("subscribers", "erase", "an@example.org", "--yes")
    assert gone.code == 2
    assert "Nothing is kept about an@example.org:" in gone.err
    assert outreach("subscribers", "export").code == 2


def test_who_asks_under_an_earlier_address_is_exported_and_erased_too(
    outreach: Outreach, newsletter: str
) -> None:
    for name in ("an", "oud"):
        outreach("subscribers", "add", f"{name}@example.org", *TO)
    outreach("subscribers", "merge", "an@example.org", "oud@example.org", "--json")
    found = json.loads(outreach("subscribers", "export", "Oud@example.org").out)
    assert found["about"] == "an@example.org"
    assert outreach("subscribers", "erase", "oud@example.org", "--yes").code == 0
    assert outreach("subscribers", "list", "--json").data == []
    assert outreach("subscribers", "add", "oud@example.org", *TO).code == 2


def test_an_address_that_may_be_mailed_again_is_so_by_its_name(outreach: Outreach, newsletter: str) -> None:
    outreach("subscribers", "add", "an@example.org", *TO)
    assert outreach("subscribers", "again", "an@example.org").code == 0
    assert outreach("subscribers", "list", "--json").data[0]["state"] == "confirmed"
    assert outreach("subscribers", "again", "bo@example.org").code == 2


def test_two_who_are_one_are_made_one_and_cannot_be_found_twice(outreach: Outreach, newsletter: str) -> None:
    for name in ("an", "an.peeters"):
        outreach("subscribers", "add", f"{name}@example.org", *TO)
    both = ("subscribers", "merge", "an@example.org", "an.peeters@example.org")
    assert outreach(*both, stdin="n\n").code != 0
    assert len(outreach("subscribers", "list", "--json").data) == 2
    said = outreach(*both, stdin="y\n")
    assert said.code == 0
    assert "an.peeters@example.org is an@example.org now." in said.out
    [row] = outreach("subscribers", "list", "--json").data
    assert row["address"] == "an@example.org"
    again = outreach(*both, "--yes")
    assert again.code == 2
    assert "same subscriber already" in again.err
    found = json.loads(outreach("subscribers", "export", "an.peeters@example.org").out)
    assert found["about"] == "an@example.org"
    unknown = outreach("subscribers", "merge", "an@example.org", "niemand@example.org", "--yes")
    assert unknown.code == 2
    assert "niemand@example.org" in unknown.err


def test_a_tag_is_put_on_whom_a_search_finds_and_they_are_listed_by_it(
    outreach: Outreach, newsletter: str
) -> None:
    for name, called in (("an", "Noé Çelik"), ("bert", "Bert")):
        outreach("subscribers", "add", f"{name}@example.org", *TO, "--name", called)

    def listed(search: str) -> list[str]:
        return [row["address"] for row in outreach("subscribers", "list", "--search", search, "--json").data]

    assert listed("noe CELIK") == ["an@example.org"]
    assert listed("%") == []
    put = outreach("subscribers", "tag", "Gent", "--search", "noe", "--json")
    assert (put.code, put.data["count"]) == (0, 1)
    assert listed("gent") == ["an@example.org"]
    assert outreach("subscribers", "tag", "Gent", "--newsletter", newsletter, "--json").data["count"] == 2
    assert listed("gent") == ["an@example.org", "bert@example.org"]
    assert outreach("subscribers", "tag", "gent", "--off").code == 0
    assert listed("gent") == []
    assert outreach("subscribers", "tag", "een, twee").code == 2
    assert outreach("subscribers", "tag", "Gent", "--newsletter", "Iets").code == 2


def test_what_is_exported_holds_no_formula(outreach: Outreach, newsletter: str) -> None:
    outreach("subscribers", "add", "an@example.org", *TO, "--name", '=HYPERLINK("x")')
    [line] = csv.DictReader(outreach("subscribers", "export", "--newsletter", newsletter).out.splitlines())
    assert line["name"] == '\'=HYPERLINK("x")'
    [row] = outreach("subscribers", "export", "--newsletter", newsletter, "--json").data
    assert row["name"] == '=HYPERLINK("x")'
