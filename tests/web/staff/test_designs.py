"""The pages of designs: a copy is made, changed, looked at and taken into use."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from outreach.newsletters import designing
from outreach.newsletters.models import Design, Newsletter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(staff: Client) -> None:
    staff.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def design(staff: Client) -> Design:
    staff.post(reverse("design-copy"), {"based_on": "letter", "name": "Onze brief"})
    return Design.objects.get()


def page(staff: Client, design: Design) -> str:
    return staff.get(reverse("design", args=[design.pk])).content.decode()


def send(staff: Client, design: Design, **changes: str) -> int:
    form = {"name": design.name, "mjml": design.mjml, "text": design.text, "edits": str(design.edits)}
    return staff.post(reverse("design-save", args=[design.pk]), {**form, **changes}).status_code


def test_a_copy_is_made_and_listed_and_can_be_chosen_for_a_newsletter(
    staff: Client, design: Design, newsletter: Newsletter
):
    assert "Onze brief" in staff.get(reverse("designs")).content.decode()
    assert (
        'value="onze-brief"' in staff.get(reverse("newsletter-edit", args=[newsletter.pk])).content.decode()
    )
    shown = page(staff, design)
    assert "&lt;mjml" in shown
    assert "Can be used" in shown


def test_what_is_wrong_is_kept_and_told_with_its_line(staff: Client, design: Design):
    assert send(staff, design, mjml="<mjml>\n{{ newsletr.name }}", then="use") == 302
    shown = page(staff, design)
    assert "Line 2: there is nothing that is called “newsletr”" in shown
    assert "<pre>{{ newsletr.name }}</pre>" in shown
    assert design.versions.count() == 1


def test_it_is_saved_and_then_taken_into_use(staff: Client, design: Design):
    text = design.text + "\nTot ziens."
    send(staff, design, text=text)
    assert "Changed, not in use yet" in page(staff, design)
    design.refresh_from_db()
    send(staff, design, then="use")
    assert design.versions.first().text == text


def test_what_somebody_else_saved_meanwhile_is_not_lost_and_nothing_typed_either(
    staff: Client, design: Design
):
    send(staff, design, name="Van haar")
    answer = staff.post(
        reverse("design-save", args=[design.pk]),
        {"name": "Van mij", "mjml": design.mjml, "text": "mijn woorden", "edits": "0"},
    )
    assert answer.status_code == 422
    assert "mijn woorden" in answer.content.decode()
    assert Design.objects.get().name == "Van haar"


def test_the_preview_may_run_nothing_and_be_framed_by_nobody_else(staff: Client, design: Design):
    bad = "<mj-section><mj-column><mj-text><script>alert(1)</script></mj-text></mj-column></mj-section>"
    send(staff, design, mjml=design.mjml.replace("</mj-body>", f"{bad}</mj-body>"))
    answer = staff.get(reverse("design-draft", args=[design.pk]))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert "frame-ancestors 'self'" in policy
    shown = page(staff, design)
    assert 'sandbox=""' in shown
    assert "<script>alert" not in shown
    assert "mail servers take it for an attack" in shown


def test_the_preview_of_what_cannot_be_filled_says_why(staff: Client, design: Design):
    send(staff, design, mjml="<mjml>{{ <script>")
    answer = staff.get(reverse("design-draft", args=[design.pk]))
    assert answer["Content-Type"].startswith("text/plain")
    assert "cannot be read" in answer.content.decode()


def test_it_goes_back_is_saved_as_a_file_comes_back_and_is_deleted(staff: Client, design: Design):
    file = staff.get(reverse("design-export", args=[design.pk])).content
    send(staff, design, text="weg")
    staff.post(reverse("design-go-back", args=[design.pk]), {"number": "1"})
    assert Design.objects.get().text == design.text
    staff.post(reverse("design-upload"), {"file": SimpleUploadedFile("d.json", file)})
    assert Design.objects.count() == 2
    staff.post(reverse("design-delete", args=[design.pk]))
    assert Design.objects.get().name == "Onze brief 2"


def test_a_design_in_use_is_not_deleted(staff: Client, design: Design, newsletter: Newsletter):
    Newsletter.objects.update(design=design.slug)
    answer = staff.post(reverse("design-delete", args=[design.pk]), follow=True)
    assert "in use by: Nieuwsbrief" in answer.content.decode()
    assert Design.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"based_on": "weg", "name": "x"}, {"based_on": "plain", "name": ""}])
def test_a_copy_of_nothing_or_without_a_name_is_refused_beside_the_field(
    staff: Client, wrong: dict[str, str]
):
    assert staff.post(reverse("design-copy"), wrong).status_code == 422
    assert not Design.objects.exists()


def test_a_file_that_is_no_design_is_refused(staff: Client):
    answer = staff.post(reverse("design-upload"), {"file": SimpleUploadedFile("d.json", b"{}")})
    assert "not a design" in answer.content.decode()
    assert staff.post(reverse("design-upload"), {}).status_code == 422


def test_an_issue_whose_design_cannot_be_filled_says_so_on_its_page(
    staff: Client, design: Design, issue: object
):
    Newsletter.objects.update(design=design.slug)
    design.versions.update(text="{{ oeps }}")
    answer = staff.get(reverse("issue", args=[issue.pk]))  # type: ignore[attr-defined]
    assert "called “oeps”" in answer.content.decode()
    assert staff.get(reverse("issue-body", args=[issue.pk])).status_code == 200  # type: ignore[attr-defined]
    assert designing.look(design)[0] is None, "what is being worked on is another"
