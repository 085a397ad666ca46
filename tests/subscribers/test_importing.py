"""Lists as people really keep them."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from outreach.core import clock
from outreach.core.errors import BadInput
from outreach.newsletters.personal.erasing import erase
from outreach.subscribers import importing, joining, lists, tables, tokens
from outreach.subscribers.exporting import export_csv
from outreach.subscribers.models import (
    Confirmation,
    Consent,
    Import,
    ImportLine,
    ImportPiece,
    Subscriber,
    Suppression,
    Tag,
)
from tests.subscribers.bringing import WORDING, begun, bring_in, faults, looked_at, work

pytestmark = pytest.mark.django_db


def people() -> set[tuple[str, str, str]]:
    return set(Subscriber.objects.values_list("address", "name", "language"))


@pytest.mark.parametrize(
    "content",
    [
        "e-mail;naam;taal\nan@example.org;Noé Çelik;fr\n",
        "E-mailadres,Name,Language\r\nan@example.org,Noé Çelik,fr\r\n",
        "nom\tlangue\tadresse e-mail\nNoé Çelik\tfrançais\tan@example.org\n",
        '"Naam","Adres","E-mail","Taal"\n"Noé Çelik","Kerkstraat 1, Gent","an@example.org","fr"\n',
        "Prénom;Nom;Courriel;Langue\nNoé;Çelik;an@example.org;FR\n",
        "voornaam;achternaam;mail;taal\nNoé;Çelik;an@example.org;Frans\n",
        "sep=|\ne-mail|naam|taal\nan@example.org|Noé Çelik|fr\n",
        "\n\nemail;name;language\n\nan@example.org;Noé Çelik;fr\n\n",
        "an@example.org;Noé Çelik;fr\n",
        "Noé Çelik;fr;an@example.org",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_file_is_read(content: str, encoding: str) -> None:
    report = bring_in(content.encode(encoding))
    assert (report.lines, report.added, report.refused) == (1, 1, 0)
    assert people() == {("an@example.org", "Noé Çelik", "fr")}


def test_a_list_of_bare_addresses_is_read() -> None:
    assert bring_in("a@example.org\nb@example.org\n").added == 2
    assert lists.recipients("news").count() == 2


def test_bad_lines_are_named_with_their_number_and_the_good_ones_come_in() -> None:
    report = bring_in(
        "e-mail;naam\n"
        "an@example.org;An\n"
        "not-an-address;Bert\n"
        ";Chris\n"
        "\n"
        'dirk@example.org;"Dirk\nBcc: all@example.org"\n'
        "els@example.org;Els\n"
    )
    assert (report.lines, report.added, report.known) == (5, 2, 0)
    assert [line for line, _ in faults(report)] == [3, 4, 6]
    assert [sentence[:20] for _, sentence in faults(report)] == [
        "An e-mail address ha",
        "This line has no e-m",
        "A name cannot hold l",
    ]
    assert {address for address, _, _ in people()} == {"an@example.org", "els@example.org"}


def test_an_unclosed_quotation_mark_is_named_with_what_it_swallowed() -> None:
    rest = "".join(f"p{n}@example.org;Person\n" for n in range(40))
    report = bring_in(f'e-mail;naam\nan@example.org;An\nbert@example.org;"Bert\n{rest}')
    assert report.added == 1
    ((line, sentence),) = faults(report)
    assert line == 3
    assert "line 43 " in sentence


def test_who_stands_behind_an_unclosed_quotation_mark_is_not_lost_unsaid() -> None:
    """The next quotation mark closes it: the file looks whole, and Bert is part of a town."""
    report = bring_in(
        'e-mail;plaats\nan@example.org;"Gent\nbert@example.org;"Brussel\nchris@example.org;Aalst\n'
    )
    assert (report.lines, report.added, report.refused) == (2, 1, 1)
    ((line, sentence),) = faults(report)
    assert line == 2
    assert "line 3 " in sentence
    assert bring_in('"an@example.org\nbert@example.org"\n').refused == 1


def test_a_remark_over_some_lines_is_no_fault() -> None:
    report = bring_in('e-mail;wat\nan@example.org;"Belt op\nmaandag; of mailt\nnaar a@b.example"\n')
    assert (report.added, report.refused) == (1, 0)


def test_a_line_that_is_too_long_stands_in_the_report() -> None:
    report = bring_in(f"e-mail;wat\nan@example.org;{'x' * 200_000}\nbert@example.org;y\n")
    assert (report.lines, report.added, report.refused) == (2, 1, 1)
    assert faults(report) == [(2, "This line is too long to be that of one person.")]


def test_a_file_of_ten_thousand_columns_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="10001 columns; 500") as refused:
        begun("e-mail;" + ";".join(f"k{n}" for n in range(10_000)) + "\nan@example.org\n")
    assert refused.value.field == "file"


@pytest.mark.parametrize("sign", ["\n", '"', "\0", "a", "@", ";;", "."])
def test_what_cannot_stand_between_columns_is_refused(sign: str) -> None:
    with pytest.raises(BadInput) as refused:
        tables.guess(io.BytesIO(b"e-mail;naam\nan@example.org;An\n"), sign)
    assert refused.value.field == "delimiter"


def test_a_language_is_known_with_and_without_its_accents() -> None:
    bring_in("e-mail;taal\na@example.org;Français\nb@example.org;francais\nc@example.org;Anglais\n")
    bring_in("e-mail;taal\nd@example.org;Néerlandais\ne@example.org;Flamand\n")
    assert "".join(Subscriber.objects.values_list("language", flat=True)) == "frfrennlnl"


def test_the_lines_of_an_old_mac_are_counted() -> None:
    job = bring_in("e-mail;naam\ran@example.org;Noé\rbert@example.org;B\r".encode())
    assert (job.added, job.file_lines) == (2, 4)


def test_who_comes_in_by_a_list_is_not_asked_to_confirm() -> None:
    joining.ask("news", "an@example.org", wording="Ja")
    bring_in("an@example.org\n")
    assert Confirmation.objects.get().state == "cancelled"


def test_a_day_begins_when_it_does_in_brussels() -> None:
    with clock.frozen(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)):  # half past midnight in Brussels
        importing.Promise("paper", "Ja", date(2026, 3, 2)).check()
        with pytest.raises(BadInput):
            importing.Promise("paper", "Ja", date(2026, 3, 3)).check()


def test_running_it_again_is_harmless() -> None:
    content = "e-mail\nan@example.org\nAN@example.org\nbert@example.org\n"
    assert [(r.added, r.known) for r in (bring_in(content), bring_in(content))] == [(2, 1), (0, 3)]
    assert Consent.objects.count() == 2


def test_a_look_says_what_the_import_then_does_and_writes_nobody() -> None:
    content = "e-mail\nan@example.org\n" + "bert@example.org\n" * 1200 + "x\n"
    dry = looked_at(content)
    assert not Subscriber.objects.exists()
    assert (dry.lines, dry.usable, dry.known, dry.refused) == (1202, 2, 1199, 1)
    importing.confirm(dry)
    work()
    real = Import.objects.get()
    assert (real.lines, real.added, real.known, real.refused) == (1202, 2, 1199, 1)
    assert [line for line, _ in faults(real)] == [1203]


def test_nobody_who_left_or_complained_comes_back() -> None:
    for name in ("left", "elsewhere"):
        joining.add("news", f"{name}@example.org", how="command", wording=WORDING)
    joining.add("events", "elsewhere@example.org", how="command", wording=WORDING)
    for name in ("left", "elsewhere"):
        person = Subscriber.objects.get(address_key=f"{name}@example.org")
        joining.leave(tokens.unsubscribe_token(person, "news"))
    lists.suppress("complained@example.org", Suppression.Why.COMPLAINT)
    joining.add("news", "erased@example.org", how="command", wording=WORDING)
    lists.erase(Subscriber.objects.get(address_key="erased@example.org"))
    content = (
        "Left@example.org\nelsewhere@example.org\ncomplained@example.org\nerased@example.org\nnew@example.org"
    )
    report = bring_in(content)
    assert (report.added, [line for line, _ in faults(report)]) == (1, [1, 2, 3, 4])
    assert [person.address for person in lists.recipients("news")] == ["new@example.org"]


@pytest.mark.parametrize(
    "spelling",
    [
        "ÄN.PEETERS@BÜCHER.example",
        "än.peeters@xn--bcher-kva.example",
        "A\u0308n.Peeters@Bücher\u3002example",
        "  Än.Peeters@XN--BCHER-KVA.EXAMPLE\u00a0",
    ],
)
@pytest.mark.parametrize("way", ["left", "complained", "erased"])
def test_nobody_comes_back_by_another_spelling(way: str, spelling: str) -> None:
    person = joining.add("news", "än.peeters@bücher.example", how="command", wording=WORDING).subscriber
    if way == "left":
        joining.leave(tokens.unsubscribe_token(person, "news"))
    elif way == "complained":
        lists.suppress(person.address, Suppression.Why.COMPLAINT)
    else:
        erase(person)
    for topic in ("news", "news", "events"):
        report = bring_in(f"e-mail\n{spelling}\n", topic)
        assert (report.added, report.refused, report.known) == (0, 1, 0)
    assert not lists.recipients("news").exists()
    assert not lists.recipients("events").exists()


def test_who_asked_and_never_confirmed_comes_in_by_the_list() -> None:
    joining.ask("news", "an@example.org", wording="Yes.", language="nl")
    assert bring_in("an@example.org").added == 1
    assert lists.recipients("news").count() == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"PK\x03\x04 a spreadsheet", "spreadsheet"),
        (b"naam;plaats\nAn;Gent\n", "e-mail addresses"),
        (b"\x00\x01\x02\xff", "e-mail addresses"),
    ],
)
def test_what_is_no_list_is_refused_whole(content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        bring_in(content)
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    ("promise", "field"),
    [
        (importing.Promise("paper", "  "), "wording"),
        (importing.Promise("rumour", "Yes."), "basis"),
        (importing.Promise("paper", "Yes.", (clock.now() + timedelta(days=2)).date()), "given_on"),
    ],
)
def test_without_proof_of_consent_nothing_begins(promise: importing.Promise, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        importing.begin(io.BytesIO(b"an@example.org"), "news", promise, language="nl")
    assert refused.value.field == field
    assert not Import.objects.exists()


def test_what_staff_vouch_for_is_kept_as_the_proof() -> None:
    promise = importing.Promise("members", WORDING, date(2026, 1, 31))
    job = importing.begin(io.BytesIO(b"an@example.org"), "news", promise, language="nl")
    importing.lay_out(job, tables.Layout.from_json(job.layout))
    work()
    importing.confirm(job)
    work()
    proof = Consent.objects.get()
    assert (proof.how, proof.basis, proof.wording, proof.given_on) == (
        "import",
        "members",
        WORDING,
        date(2026, 1, 31),
    )


def test_an_upload_and_a_pipe_can_be_read_too() -> None:
    upload = SimpleUploadedFile("list.csv", b"an@example.org\n")
    assert bring_in(upload).added == 1  # type: ignore[arg-type]

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 7, 7))

    assert bring_in(Pipe(b"chris@example.org\ndirk@example.org\n")).added == 2


def test_the_columns_can_be_said_by_a_person() -> None:
    content = "wie;contact;groep\nNoé Çelik;an@example.org;leraren|gent\n"
    job = begun(content)
    layout = tables.Layout.from_json(job.layout)
    assert tables.roles(layout) == {1: "address"}
    chosen = replace(layout, columns=tables.columns({0: "name", 1: "address", 2: "tags"}))
    importing.lay_out(job, chosen)
    work()
    importing.confirm(job)
    work()
    person = Subscriber.objects.get()
    assert person.name == "Noé Çelik"
    assert [tag.name for tag in person.tags.all()] == ["gent", "leraren"]


def test_a_second_choice_of_columns_begins_anew() -> None:
    job = looked_at("naam;e-mail;mail2\nAn;kapot@;an@example.org\n")
    assert (job.usable, job.refused) == (0, 1)
    layout = tables.Layout.from_json(job.layout)
    importing.lay_out(job, replace(layout, columns=tables.columns({2: "address"})))
    work()
    job.refresh_from_db()
    assert (job.lines, job.usable, job.refused, faults(job)) == (1, 1, 0, [])


def test_a_postal_address_is_not_taken_for_the_mail() -> None:
    assert bring_in("naam;adres;contact\nAn;Kerkstraat 1;an@example.org\n").added == 1


def test_new_tags_reach_who_is_a_reader_already() -> None:
    bring_in("an@example.org\n")
    job = bring_in("an@example.org\nbert@example.org\n", tags="Leraren, gent")
    assert (job.added, job.known) == (1, 1)
    assert {person.address for person in Tag.objects.get(key="leraren").people.all()} == {
        "an@example.org",
        "bert@example.org",
    }


def test_nothing_of_the_file_is_kept_but_the_report() -> None:
    job = bring_in("an@example.org\nkapot\n")
    assert not ImportPiece.objects.exists()
    assert not ImportLine.objects.exists()
    text = "".join(importing.report_csv(job))
    assert text.splitlines()[1].startswith("2;kapot;")
    assert not importing.over(clock.now()).exists()
    assert importing.over(clock.now() + timedelta(days=31)).get() == job


def test_of_a_file_that_goes_away_while_it_is_read_nothing_is_kept() -> None:
    class Share(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(BadInput, match="to its end") as refused:
        begun(Share(b"an@example.org\n" * 100_000))
    assert refused.value.field == "file"
    assert not Import.objects.exists()
    assert not ImportPiece.objects.exists()


def test_every_line_stands_in_the_report() -> None:
    job = looked_at("an@example.org\n" + "".join(f"kapot{n}\n" for n in range(2500)))
    assert [line for line, _ in faults(job)] == list(range(2, 2502))


def test_the_export_is_read_back_and_holds_no_formula() -> None:
    joining.add("news", "an@example.org", how="command", wording=WORDING, name="=HYPERLINK(1)", language="fr")
    joining.add("events", "bert@example.org", how="command", wording=WORDING)
    whole = "".join(export_csv("news"))
    assert "bert" not in whole
    assert ";'=HYPERLINK(1);" in whole
    report = bring_in(whole, topic="other")
    assert (report.added, report.refused) == (1, 0)


def test_an_address_that_looks_like_a_formula_is_read_back_as_it_is() -> None:
    joining.add("news", "+an@example.org", how="command", wording=WORDING, name="-An")
    whole = "".join(export_csv("news"))
    assert "'+an@example.org;'-An;" in whole
    assert looked_at(whole).known == 1
    bring_in(whole, topic="other")
    assert Subscriber.objects.get().name == "-An"
