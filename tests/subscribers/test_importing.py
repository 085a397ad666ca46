"""Lists as people really keep them."""

import io
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from outreach.core.errors import BadInput
from outreach.subscribers import joining, lists, tokens
from outreach.subscribers.exporting import export_csv
from outreach.subscribers.importing import Report, import_csv
from outreach.subscribers.models import Consent, Subscriber, Suppression

pytestmark = pytest.mark.django_db

WORDING = "Signed up on paper at the open day."


def bring_in(content: str | bytes, topic: str = "news", *, dry_run: bool = False) -> Report:
    data = content.encode() if isinstance(content, str) else content
    return import_csv(io.BytesIO(data), topic, wording=WORDING, language="nl", dry_run=dry_run)


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
    assert (report.lines, report.added, report.refused) == (1, 1, [])
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
    assert [line for line, _ in report.refused] == [3, 4, 6]
    assert [str(sentence)[:20] for _, sentence in report.refused] == [
        "An e-mail address ha",
        "This line has no e-m",
        "A name cannot hold l",
    ]
    assert {address for address, _, _ in people()} == {"an@example.org", "els@example.org"}


def test_an_unclosed_quotation_mark_is_named_with_what_it_swallowed() -> None:
    rest = "".join(f"p{n}@example.org;Person\n" for n in range(40))
    report = bring_in(f'e-mail;naam\nan@example.org;An\nbert@example.org;"Bert\n{rest}')
    assert report.added == 1
    ((line, sentence),) = report.refused
    assert line == 3
    assert "line 43 " in str(sentence)


def test_running_it_again_is_harmless() -> None:
    content = "e-mail\nan@example.org\nAN@example.org\nbert@example.org\n"
    assert [(r.added, r.known) for r in (bring_in(content), bring_in(content))] == [(2, 1), (0, 3)]
    assert Consent.objects.count() == 2


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    content = "e-mail\nan@example.org\n" + "bert@example.org\n" * 1200 + "x\n"
    dry = bring_in(content, dry_run=True)
    assert not Subscriber.objects.exists()
    real = bring_in(content)
    assert (
        (dry.added, dry.known, dry.refused)
        == (real.added, real.known, real.refused)
        == (
            2,
            1199,
            [(1203, dry.refused[0][1])],
        )
    )


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
    assert (report.added, [line for line, _ in report.refused]) == (1, [1, 2, 3, 4])
    assert [person.address for person in lists.recipients("news")] == ["new@example.org"]


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


def test_the_wording_is_required() -> None:
    with pytest.raises(BadInput) as refused:
        import_csv(io.BytesIO(b"an@example.org"), "news", wording="  ")
    assert refused.value.field == "wording"


def test_an_upload_and_a_pipe_can_be_read_too() -> None:
    upload = SimpleUploadedFile("list.csv", b"an@example.org\n")
    assert import_csv(upload, "news", wording=WORDING).added == 1  # type: ignore[arg-type]
    assert not upload.closed
    text = io.StringIO("e-mail;naam\nbert@example.org;Bert\n")
    assert import_csv(text, "news", wording=WORDING).added == 1

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    assert import_csv(Pipe(b"chris@example.org\n"), "news", wording=WORDING).added == 1


class Watched(io.BytesIO):
    """Notes how many people were in the database at each read."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.written: list[int] = []

    def read(self, size: int | None = -1, /) -> bytes:
        self.written.append(Subscriber.objects.count())
        return super().read(size)

    read1 = read


def test_a_long_list_is_written_while_it_is_read_and_never_held_whole() -> None:
    people = 4000
    stream = Watched(b"".join(b"person%d@example.org;Person %d\n" % (n, n) for n in range(people)))
    assert import_csv(stream, "news", wording=WORDING).added == people
    # What is held at the end: one batch, and one chunk of the file (8 KB).
    assert stream.written[-1] >= people - 1000
    assert all(later - before <= 1000 for before, later in pairwise(stream.written))


def test_the_export_is_read_back_and_holds_no_formula() -> None:
    joining.add("news", "an@example.org", how="command", wording=WORDING, name="=HYPERLINK(1)", language="fr")
    joining.add("events", "bert@example.org", how="command", wording=WORDING)
    whole = "".join(export_csv("news"))
    assert "bert" not in whole
    assert ";'=HYPERLINK(1);" in whole
    report = bring_in(whole, topic="other")
    assert (report.added, report.refused) == (1, [])
