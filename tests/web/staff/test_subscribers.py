"""Subscribers in the pages: finding, adding, importing, taking off."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from outreach.newsletters import making
from outreach.newsletters.models import Newsletter
from outreach.subscribers import bounces, joining, lists, tokens
from outreach.subscribers.models import Bounce, Consent, Import, Segment, Subscriber, Tag, Tagging
from tasks import ticks
from tests.subscribers.bringing import work

pytestmark = pytest.mark.django_db

CSV = "e-mail;naam\nanna@example.org;Anna\ngeen-adres;Bert\ncarla@example.org;Carla\nanna@example.org;Anna\n"


@pytest.fixture
def newsletter() -> Newsletter:
    return making.create("Nieuwsbrief")


def upload(
    client: Client, newsletter: Newsletter, content: bytes, wording: str = "Lijst van de infodag"
) -> Any:
    file = SimpleUploadedFile("lijst.csv", content, content_type="text/csv")
    form = {"newsletter": newsletter.pk, "wording": wording, "basis": "paper", "file": file}
    return client.post(reverse("subscribers-import"), form)


def looked_at(client: Client, newsletter: Newsletter, content: bytes) -> Import:
    """Uploaded, its columns as they were guessed, and looked at by the tick."""
    page = client.get(upload(client, newsletter, content)["Location"]).content.decode()
    job = Import.objects.latest("pk")
    roles = dict(re.findall(r'name="(column-\d+)".*?<option value="(\w*)" selected', page, re.DOTALL))
    client.post(reverse("subscribers-import-columns", args=[job.pk]), {**roles, "header": "on"})
    work()
    return job


def confirmed(client: Client, job: Import) -> str:
    client.post(reverse("subscribers-import-confirm", args=[job.pk]))
    work()
    return client.get(reverse("subscribers-import-job", args=[job.pk])).content.decode()


def test_a_list_is_looked_at_first_and_then_imported(staff: Client, newsletter: Newsletter) -> None:
    job = looked_at(staff, newsletter, CSV.encode())
    page = staff.get(reverse("subscribers-import-job", args=[job.pk])).content.decode()
    assert "<tr><td>3</td><td>geen-adres</td>" in page
    assert not Subscriber.objects.exists()
    confirmed(staff, job)
    got = lists.recipients(newsletter.topic).values_list("address", flat=True)
    assert sorted(got) == ["anna@example.org", "carla@example.org"]
    assert {consent.wording for consent in Consent.objects.all()} == {"Lijst van de infodag"}


def test_confirming_twice_imports_once(staff: Client, newsletter: Newsletter) -> None:
    job = looked_at(staff, newsletter, CSV.encode())
    confirmed(staff, job)
    confirmed(staff, job)
    assert Subscriber.objects.count() == Consent.objects.count() == 2


def test_the_columns_are_shown_with_five_lines_and_can_be_said_otherwise(
    staff: Client, newsletter: Newsletter
) -> None:
    content = "wie;oud;nieuw\n" + "".join(f"Lezer {n};o{n}@example.org;n{n}@example.org\n" for n in range(9))
    where = upload(staff, newsletter, content.encode())["Location"]
    page = staff.get(where).content.decode()
    assert page.count("<td>Lezer ") == 5
    job = Import.objects.get()
    columns = reverse("subscribers-import-columns", args=[job.pk])
    two = {"column-1": "address", "column-2": "address", "header": "on", "delimiter": ";"}
    refused = staff.post(columns, two)
    assert refused.status_code == 422
    assert 'class="error"' in refused.content.decode()
    staff.post(columns, {"column-0": "name", "column-2": "address", "header": "on", "delimiter": ";"})
    work()
    confirmed(staff, job)
    assert [one.address for one in Subscriber.objects.all()] == [f"n{n}@example.org" for n in range(9)]


def test_another_sign_between_the_columns_shows_them_anew(staff: Client, newsletter: Newsletter) -> None:
    upload(staff, newsletter, b"wie#mail\nAn#an@example.org\n")
    columns = reverse("subscribers-import-columns", args=[Import.objects.get().pk])
    page = staff.post(columns, {"delimiter": "|", "again": "yes", "header": "on"}).content.decode()
    assert page.count('<select id="column-') == 1


def test_while_it_is_worked_on_the_page_shows_how_far_it_is(staff: Client, newsletter: Newsletter) -> None:
    upload(staff, newsletter, CSV.encode())
    job = Import.objects.get()
    staff.post(reverse("subscribers-import-columns", args=[job.pk]), {"column-0": "address", "header": "on"})
    page = staff.get(reverse("subscribers-import-job", args=[job.pk])).content.decode()
    asks = reverse("subscribers-import-progress", args=[job.pk])
    assert f'hx-get="{asks}"' in page
    assert "HX-Refresh" not in staff.get(asks, headers={"HX-Request": "true"})
    work()
    assert staff.get(asks, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_whole_report_is_a_file(staff: Client, newsletter: Newsletter) -> None:
    content = "e-mail\nan@example.org\n" + "".join(f"kapot{n}\n" for n in range(150))
    job = looked_at(staff, newsletter, content.encode())
    page = staff.get(reverse("subscribers-import-job", args=[job.pk])).content.decode()
    assert page.count("<td>kapot") == 100
    answer = staff.get(reverse("subscribers-import-report", args=[job.pk]))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(";")[:2] for line in lines[1:]] == [[str(n + 3), f"kapot{n}"] for n in range(150)]


def test_a_list_that_was_thrown_away_is_gone(staff: Client, newsletter: Newsletter) -> None:
    job = looked_at(staff, newsletter, CSV.encode())
    staff.post(reverse("subscribers-import-drop", args=[job.pk]))
    assert not Import.objects.exists()
    assert staff.get(reverse("subscribers-import-job", args=[job.pk])).status_code == 404


@pytest.mark.parametrize(
    ("content", "wording", "field"),
    [(b"", "ja", "file"), (CSV.encode(), "", "wording"), (b"\x00\x01\x02", "ja", "file")],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(
    staff: Client, newsletter: Newsletter, content: bytes, wording: str, field: str
) -> None:
    response = upload(staff, newsletter, content, wording)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'class="error"' in page
    assert field in page
    assert not Subscriber.objects.exists()


def test_somebody_is_added_with_the_words_they_agreed_to(staff: Client, newsletter: Newsletter) -> None:
    form = {
        "newsletter": newsletter.pk,
        "address": "Anna@Example.org",
        "name": "Anna",
        "wording": "Op de infodag",
    }
    staff.post(reverse("subscriber-add"), form)
    assert [one.address_key for one in lists.recipients(newsletter.topic)] == ["anna@example.org"]
    assert Consent.objects.get().wording == "Op de infodag"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"address": "anna"}, "address"), ({"wording": " "}, "wording"), ({"newsletter": "99"}, "newsletter")],
)
def test_what_is_missing_is_said_beside_its_field(
    staff: Client, newsletter: Newsletter, wrong: dict[str, str], field: str
) -> None:
    form = {"newsletter": newsletter.pk, "address": "anna@example.org", "wording": "ja", **wrong}
    response = staff.post(reverse("subscriber-add"), form)
    assert response.status_code == 422
    assert f'id="error-{field}"' in response.content.decode()
    assert not Subscriber.objects.exists()


def test_somebody_who_asks_for_it_is_taken_off_the_list(staff: Client, newsletter: Newsletter) -> None:
    anna = joining.add(
        newsletter.topic, "anna@example.org", name="", language="nl", how="test", wording="ja"
    ).subscriber
    page = reverse("subscriber", args=[anna.pk])
    assert staff.get(page).status_code == 200
    staff.post(reverse("subscriber-unsubscribe", args=[anna.pk]), {"topic": newsletter.topic})
    assert not lists.recipients(newsletter.topic).exists()
    assert staff.get(page).status_code == 200


def many(count: int) -> None:
    addresses = [f"lezer{number:05}@example.org" for number in range(count)]
    Subscriber.objects.bulk_create([Subscriber(address=one, address_key=one) for one in addresses])


def test_the_list_goes_on_where_the_last_part_ended(staff: Client, newsletter: Newsletter) -> None:
    many(120)
    shown: list[str] = []
    after = ""
    while True:
        response = staff.get(reverse("subscribers"), {"after": after}, headers={"HX-Request": "true"})
        page = response.content.decode()
        shown += [one.address for one in Subscriber.objects.all() if f">{one.address}<" in page]
        if 'rel="next"' not in page:
            break
        after = shown[-1]
    assert len(shown) == len(set(shown)) == 120


def test_a_search_finds_by_a_part_of_the_address(staff: Client, newsletter: Newsletter) -> None:
    many(120)
    page = staff.get(reverse("subscribers"), {"search": "LEZER0011"}).content.decode()
    assert page.count("@example.org</a>") == 10


def test_what_looks_like_a_pattern_is_searched_for_as_it_is(staff: Client, newsletter: Newsletter) -> None:
    many(3)
    page = staff.get(reverse("subscribers"), {"search": "%"}, headers={"HX-Request": "true"}).content.decode()
    assert "@example.org" not in page


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize("name", ["subscribers", "subscriber-add", "subscribers-import"])
def test_every_page_renders_in_the_readers_language_empty_and_filled(
    staff: Client, language: str, name: str
) -> None:
    for _ in range(2):
        page = staff.get(reverse(name), headers={"Accept-Language": language}).content.decode()
        assert f'<html lang="{language}"' in page
        making.create(f"Brief {Newsletter.objects.count()}")
        many(0 if Subscriber.objects.exists() else 60)


def test_somebody_who_asks_to_be_forgotten_is_erased_and_not_imported_again(
    staff: Client, newsletter: Newsletter
) -> None:
    wish = joining.add(newsletter.topic, "anna@example.org", how="test", wording="ja")
    staff.post(reverse("subscriber-forget", args=[wish.subscriber_id]))
    assert not Subscriber.objects.exists()
    confirmed(staff, looked_at(staff, newsletter, CSV.encode()))
    assert [one.address for one in Subscriber.objects.all()] == ["carla@example.org"]


def test_who_did_not_confirm_left_or_cannot_be_reached_is_counted(
    staff: Client, newsletter: Newsletter
) -> None:
    for name in ("anna", "bert", "carla", "dirk"):
        joining.add(newsletter.topic, f"{name}@example.org", how="test", wording="ja")
    joining.ask(newsletter.topic, "eva@example.org", wording="ja")
    dirk = Subscriber.objects.get(address_key="dirk@example.org")
    joining.leave(tokens.unsubscribe_token(dirk, newsletter.topic))
    lists.suppress("carla@example.org", "bounce")
    answer = staff.get(reverse("subscribers"), headers={"accept-language": "en"})
    page = " ".join(answer.content.decode().split())
    numbers = page[page.index('<dl class="numbers') : page.index("</dl>")]
    assert "2 readers" in numbers
    for words in ("not confirmed yet", "left", "did not arrive"):
        assert re.search(rf'class="count-line">1 <span[^>]*>.*?</svg>{words}', numbers), words


def test_the_list_is_exported_with_its_states(staff: Client, newsletter: Newsletter) -> None:
    joining.add(newsletter.topic, "anna@example.org", name="=1+1", how="test", wording="ja")
    answer = staff.get(reverse("subscribers-export"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == 'attachment; filename="subscribers.csv"'
    assert lines[1].startswith("anna@example.org;'=1+1;nl;confirmed;nieuwsbrief;")


def test_what_cannot_be_undone_asks_first(staff: Client, newsletter: Newsletter) -> None:
    anna = joining.add(newsletter.topic, "anna@example.org", how="test", wording="ja").subscriber
    page = staff.get(reverse("subscriber", args=[anna.pk])).content.decode()
    for door in ("subscriber-forget", "subscriber-unsubscribe"):
        asking = page.partition(reverse(door, args=[anna.pk]))[0]
        assert asking.rfind('<details class="ask">') > asking.rfind("</details>")


def test_nobody_is_taken_off_a_list_they_are_not_on(staff: Client, newsletter: Newsletter) -> None:
    anna = joining.add(newsletter.topic, "anna@example.org", how="test", wording="ja").subscriber
    answer = staff.post(reverse("subscriber-unsubscribe", args=[anna.pk]), {"topic": "iets-anders"})
    assert answer.status_code == 404
    assert lists.recipients(newsletter.topic).count() == 1


def test_the_proof_of_consent_is_a_page_and_a_file(staff: Client, newsletter: Newsletter) -> None:
    person = joining.add(newsletter.topic, "zoë@example.org", how="added by staff", wording="<Ja>").subscriber
    detail = staff.get(reverse("subscriber", args=[person.pk])).content.decode()
    address = reverse("subscriber-proof", args=[person.pk])
    assert f'href="{address}"' in detail
    page = staff.get(address).content.decode()
    assert "&lt;Ja&gt;" in page
    assert Consent.objects.get().version in page
    file = staff.get(reverse("subscriber-proof-file", args=[person.pk]))
    assert 'attachment; filename="consent-' in file["Content-Disposition"]
    assert file.json()["address"] == "zoë@example.org"
    assert Client().get(address).status_code == 302


def test_everybody_found_gets_a_tag_and_the_search_is_kept(staff: Client, newsletter: Newsletter) -> None:
    many(120)
    staff.post(reverse("subscribers-tag"), {"search": "lezer0001", "word": "Gent"})
    assert Tag.objects.get().people.count() == 10
    answer = staff.post(reverse("segment-keep"), {"tag": "gent", "name": "Uit Gent"})
    page = staff.get(answer["Location"]).content.decode()
    assert page.count("@example.org</a>") == 10
    assert re.search(r'aria-current="page">Uit Gent<', page)
    lines = b"".join(staff.get(reverse("subscribers-export"), {"tag": "gent"}).streaming_content).splitlines()
    assert len(lines) == 11
    staff.post(reverse("segment-forget", args=[Segment.objects.get().pk]))
    assert not Segment.objects.exists()


def test_the_enter_key_puts_a_tag_on_and_never_takes_it_off(staff: Client, newsletter: Newsletter) -> None:
    many(3)
    page = staff.get(reverse("subscribers")).content.decode()
    form = page[page.index(f'action="{reverse("subscribers-tag")}"') :]
    buttons = re.findall(r"<button[^>]*>", form[: form.index("</form>")])
    assert len(buttons) == 2
    # A browser presses the first button of the form (HTML, implicit submission).
    assert "name=" not in buttons[0]
    assert 'name="off"' in buttons[1]


def test_many_people_are_tagged_by_a_worker_while_the_page_says_how_far_it_is(
    staff: Client, newsletter: Newsletter
) -> None:
    many(2_500)
    where = staff.post(reverse("subscribers-tag"), {"word": "Gent"})["Location"]
    job = Tagging.objects.get()
    assert where == reverse("subscribers-tagging", args=[job.pk])
    assert job.done == 1000  # the page does one batch, so that few people need no worker
    assert where in staff.get(reverse("subscribers")).content.decode()
    assert f'hx-get="{where}"' in staff.get(where).content.decode()
    assert "HX-Refresh" not in staff.get(where, headers={"HX-Request": "true"})
    ticks.lists()
    assert staff.get(where, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = staff.get(where, headers={"accept-language": "en"}).content.decode()
    assert "Put on 2500 people." in page
    assert "hx-get" not in page
    assert where not in staff.get(reverse("subscribers")).content.decode()
    assert Tag.objects.get().people.count() == 2_500


def test_a_day_that_is_none_is_said_beside_its_field(staff: Client, newsletter: Newsletter) -> None:
    many(3)
    answer = staff.get(reverse("subscribers"), {"since": "gisteren"})
    assert answer.status_code == 422
    assert 'id="error-since"' in answer.content.decode()


def test_one_person_gets_tags_and_loses_one(staff: Client, newsletter: Newsletter) -> None:
    many(1)
    where = reverse("subscriber-tags", args=[Subscriber.objects.get().pk])
    staff.post(where, {"word": "Gent, leraar"})
    staff.post(where, {"off": "Gent"})
    page = staff.get(reverse("subscriber", args=[Subscriber.objects.get().pk])).content.decode()
    assert "<span>leraar</span>" in page
    assert "<span>Gent</span>" not in page


def test_why_a_mail_did_not_arrive_is_said_in_plain_words(staff: Client, newsletter: Newsletter) -> None:
    joining.add(newsletter.topic, "anna@example.org", how="test", wording="ja")
    person = Subscriber.objects.get()
    bounces.note_refusal(person, "552 5.2.2 <x>: over quota", Bounce.Kind.SOFT, "full")
    Bounce.objects.create(subscriber=person, kind="hard", reply="550 5.1.1 gone")  # from before it was kept
    page = staff.get(
        reverse("subscriber", args=[person.pk]), headers={"accept-language": "en"}
    ).content.decode()
    assert re.findall(r"<td>([^<]*)</td><td class=\"said-by-server\">", page) == [
        "There is no such mailbox.",
        "The mailbox is full.",
    ]


def test_two_who_are_one_are_shown_side_by_side_and_then_made_one(
    staff: Client, newsletter: Newsletter
) -> None:
    kept, other = (
        joining.add(newsletter.topic, f"{name}@example.org", how="test", wording="ja").subscriber
        for name in ("anna", "a.peeters")
    )
    where = reverse("subscriber-merge", args=[kept.pk])
    assert staff.get(where, {"other": "niemand@example.org"}).status_code == 422
    assert staff.get(where, {"other": "anna@example.org"}).status_code == 422
    assert other.address in staff.get(where, {"other": other.address}).content.decode()
    assert Subscriber.objects.count() == 2
    staff.post(where, {"other": other.address})
    assert Subscriber.objects.get() == kept


def test_a_mailbox_that_was_mended_is_mailed_again(staff: Client, newsletter: Newsletter) -> None:
    person = joining.add(newsletter.topic, "an@example.org", how="command", wording="Ja.").subscriber
    page, door = (reverse(name, args=[person.pk]) for name in ("subscriber", "subscriber-again"))
    assert door not in staff.get(page).content.decode()
    bounces.note_refusal(person, "550 no such user", Bounce.Kind.HARD)
    assert not lists.recipients(newsletter.topic).exists()
    assert door in staff.get(page).content.decode()
    assert staff.get(door).status_code == 405
    staff.post(door)
    assert lists.recipients(newsletter.topic).get() == person
    assert not lists.is_suppressed(person.address)
    staff.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Staff let this address be mailed again" in staff.get(page).content.decode()


def test_who_complained_by_mistake_signs_up_again_themselves(staff: Client, newsletter: Newsletter) -> None:
    person = joining.add(newsletter.topic, "an@example.org", how="command", wording="Ja.").subscriber
    bounces.note_complaint(person, "abuse")
    staff.post(reverse("subscriber-again", args=[person.pk]))
    person.refresh_from_db()
    assert (person.state, lists.is_suppressed(person.address)) == ("unsubscribed", False)
    assert not lists.recipients(newsletter.topic).exists()
    joining.ask(newsletter.topic, person.address, wording="Ja.")
    joining.confirm(tokens.confirm_token(person.subscriptions.get()))
    assert lists.recipients(newsletter.topic).get() == person
