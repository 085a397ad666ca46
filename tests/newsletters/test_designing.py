"""Staff copy a design, change it, and take it into use; what is wrong is kept and never mailed."""

import json
from collections.abc import Callable

import pytest

from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Organisation
from outreach.feeds.models import Entry
from outreach.newsletters import designing, issues, links, making
from outreach.newsletters.designs.own.sources import Sources
from outreach.newsletters.models import Design, Issue, Newsletter
from tests.newsletters.conftest import NOW

pytestmark = pytest.mark.django_db
Write = Callable[..., Entry]


@pytest.fixture
def design(newsletter: Newsletter) -> Design:
    """A copy that the newsletter uses."""
    Organisation.objects.update_or_create(pk=1, defaults={"postal_address": "Straat 1, 9000 Gent"})
    made = designing.copy("letter", "Onze brief")
    making.change(newsletter, design=made.slug)
    return made


def write_into(design: Design, mjml: str = "", text: str = "") -> None:
    kept = Sources(mjml or design.mjml, text or design.text)
    designing.save(design, name=design.name, sources=kept, edits=design.edits)


def test_a_copy_is_used_at_once_and_a_change_only_when_it_is_taken_into_use(
    design: Design, newsletter: Newsletter, write: Write
):
    write("Een")
    issue = issues.make_now(Newsletter.objects.get())
    before = issues.preview(issue)
    write_into(design, design.mjml.replace("</mj-body>", "<mj-section></mj-section></mj-body>"))
    assert issues.preview(issue) == before
    assert designing.take_into_use(design).number == 2
    assert issues.preview(issue) != before


def test_what_was_approved_stays_what_it_was(design: Design, write: Write):
    write("Een")
    issue = issues.make_now(Newsletter.objects.get())
    issues.approve(issue)
    before = issues.preview(issue)
    write_into(design, text="Heel anders {{ recipient.unsubscribe_url }}")
    designing.take_into_use(design)
    assert issues.preview(Issue.objects.get()) == before


@pytest.mark.parametrize(
    ("mjml", "text", "said"),
    [
        ("<mjml>{{ ", "", "Line 1 cannot be read"),
        ("<mjml><mj-body><mj-text></mj-body></mjml>", "", "<mj-text> is not closed"),
        ("<mjml><mj-body></mj-body></mjml>", "", "link to unsubscribe is missing"),
        ("", "Dag {{ newsletter.name }}", "link to unsubscribe is missing in the part without formatting"),
        ("", "{{ newsletr }}", "Did you mean “newsletter”?"),
    ],
)
def test_what_is_wrong_is_kept_but_not_taken_into_use(design: Design, mjml: str, text: str, said: str):
    write_into(design, mjml, text)
    assert Design.objects.get().mjml == (mjml or design.mjml)
    with pytest.raises(OutreachError, match=said.replace("?", ".")):
        designing.take_into_use(design)
    assert design.versions.count() == 1


def test_a_script_is_kept_and_never_taken_into_use(design: Design):
    bad = "<mj-section><mj-column><mj-text><script>alert(1)</script></mj-text></mj-column></mj-section>"
    write_into(design, design.mjml.replace("</mj-body>", f"{bad}</mj-body>"))
    with pytest.raises(OutreachError, match="<script>"):
        designing.take_into_use(design)


def test_one_can_go_back_to_an_earlier_version(design: Design):
    first = design.text
    write_into(design, text="Anders {{ recipient.unsubscribe_url }}")
    designing.take_into_use(design)
    designing.go_back(design, 1)
    assert (design.text, design.versions.count()) == (first, 2)
    assert designing.take_into_use(design).number == 3
    with pytest.raises(OutreachError, match="no such version"):
        designing.go_back(design, 9)


def test_two_people_do_not_overwrite_each_other(design: Design):
    mine, hers = Design.objects.get(), Design.objects.get()
    write_into(mine, text="mijn")
    with pytest.raises(BadInput, match="Somebody else"):
        write_into(hers, text="haar")
    with pytest.raises(OutreachError):
        designing.take_into_use(hers)
    assert Design.objects.get().text == "mijn"


def test_a_design_in_use_is_not_deleted_and_says_by_whom(design: Design, newsletter: Newsletter):
    with pytest.raises(OutreachError, match="in use by: Nieuwsbrief"):
        designing.delete(design)
    making.change(newsletter, design="plain")
    designing.delete(design)
    assert not Design.objects.exists()
    with pytest.raises(BadInput, match="no design"):
        making.change(newsletter, design="onze-brief")


def test_names_are_given_once_and_never_that_of_a_shipped_design(design: Design):
    with pytest.raises(BadInput, match="already"):
        designing.copy("plain", "onze BRIEF")
    assert designing.copy("plain", "Plain").slug == "plain-2"
    for wrong in ("", "a\nb", "x" * 61):
        with pytest.raises(BadInput):
            designing.copy("plain", wrong)
    with pytest.raises(BadInput, match="Choose the design"):
        designing.copy("weg", "Nieuw")


def test_a_design_goes_to_another_installation_as_a_file(design: Design):
    brought = designing.imported(designing.exported(design).encode())
    assert (brought.name, brought.mjml, brought.text) == ("Onze brief 2", design.mjml, design.text)
    assert not brought.versions.exists()
    with pytest.raises(BadInput):
        making.change(Newsletter.objects.get(), design=brought.slug)
    designing.take_into_use(brought)
    making.change(Newsletter.objects.get(), design=brought.slug)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"name": "x"}', b"[" * 90_000, json.dumps("x").encode()]
)
def test_a_file_that_is_no_design_is_refused(content: bytes, db: None):
    with pytest.raises(BadInput, match="not a design"):
        designing.imported(content)


def test_a_draft_whose_design_cannot_be_filled_does_not_stop_the_others(design: Design, write: Write):
    write("Een")
    issues.make_now(Newsletter.objects.get())
    design.versions.update(mjml="<mjml>{{ oeps }}")
    assert links.look_one(NOW)
    assert not links.look_one(NOW)


def test_a_copy_is_never_one_of_what_is_still_being_worked_on(design: Design):
    write_into(design, "<mjml>nothing that was looked at</mjml>")
    with pytest.raises(BadInput):
        designing.copy(f"draft:{design.pk}", "Sluipweg")
    assert "nothing that was looked at" not in designing.copy(design.slug, "Kopie").mjml
