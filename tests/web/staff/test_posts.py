"""Writing, approving and stopping posts in the pages."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture

from outreach.core import clock
from outreach.posts import images
from outreach.posts.models import Account, Post, Publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def facebook(tmp_path: Path) -> Account:
    return Account.objects.create(
        network="sandbox-facebook",
        name="Lerarenopleiding",
        credentials={"folder": str(tmp_path / "facebook")},
    )


@pytest.fixture
def x(tmp_path: Path) -> Account:
    return Account.objects.create(
        network="sandbox-x", name="@leraren", credentials={"folder": str(tmp_path / "x")}
    )


def png(green: int = 128) -> bytes:
    made = io.BytesIO()
    Picture.new("RGB", (40, 30), (0, green, 128)).save(made, "PNG")
    return made.getvalue()


def write(client: Client, *accounts: Account, **fields: object) -> object:
    form = {
        "text": "Infodag op 3 december",
        "accounts": [account.pk for account in accounts],
        "when": "now",
        "language": "nl",
        "action": "draft",
        **fields,
    }
    return client.post(reverse("post-write"), form)


def test_writing_and_approving_freezes_the_text_for_each_account(
    staff: Client, facebook: Account, x: Account
) -> None:
    response = write(staff, facebook, x, link="https://www.example.org/infodag", action="submit")
    post = Post.objects.get()
    assert response.status_code == 302
    assert post.state == Post.State.WAITING
    page = staff.get(reverse("post", args=[post.pk])).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    staff.post(reverse("post-approve", args=[post.pk]), {"seen": seen[1]})
    post.refresh_from_db()
    frozen = {one.account_id: one.payload for one in Publication.objects.all()}
    assert post.state == Post.State.APPROVED
    assert frozen[facebook.pk]["text"] == "Infodag op 3 december"
    assert frozen[facebook.pk]["link"].startswith("https://www.example.org/infodag")
    assert frozen[x.pk]["text"].startswith("Infodag op 3 december\n\nhttps://www.example.org/infodag")


def test_approve_and_queue_in_one_go_plans_it_at_the_organisations_time(staff: Client, x: Account) -> None:
    day = (clock.now() + timedelta(days=400)).date()
    write(staff, x, when="later", day=day.isoformat(), time="09:00", action="approve")
    due = Publication.objects.get().due_at
    assert (due.hour, due.minute) in {(7, 0), (8, 0)}  # 9.00 in Brussels, summer or winter


def test_a_text_that_is_too_long_is_refused_with_account_length_and_limit(staff: Client, x: Account) -> None:
    response = write(staff, x, text="a" * 300)
    page = response.content.decode()
    assert response.status_code == 422
    assert "@leraren" in page
    assert "300" in page
    assert "280" in page
    assert not Post.objects.exists()
    assert "a" * 300 in page, "what was typed must not be lost"


def test_a_file_that_is_no_picture_is_refused_in_words(staff: Client, x: Account) -> None:
    file = SimpleUploadedFile("foto.jpg", b"%PDF-1.7 no picture", content_type="image/jpeg")
    response = write(staff, x, image=file, image_alt="Foto")
    assert response.status_code == 422
    assert 'id="error-image"' in response.content.decode()
    assert not Post.objects.exists()


def test_a_webp_picture_is_taken(staff: Client, x: Account) -> None:
    made = io.BytesIO()
    Picture.new("RGB", (40, 30), "teal").save(made, "WEBP")
    file = SimpleUploadedFile("foto.webp", made.getvalue(), content_type="image/webp")
    write(staff, x, image=file, image_alt="Blauw")
    image = Post.objects.get().images.get().image
    page = staff.get(reverse("post-picture", args=[image.pk]))
    assert page["Content-Type"] == "image/jpeg"
    assert page.content == bytes(image.content)


def test_a_picture_survives_an_error_elsewhere_in_the_form(staff: Client, x: Account) -> None:
    file = SimpleUploadedFile("foto.png", png(), content_type="image/png")
    response = write(staff, x, text="a" * 300, image=file, image_alt="Blauw")
    kept = re.search(r'name="kept_image" value="(\d+)"', response.content.decode())
    assert kept
    write(staff, x, kept_image=kept[1], kept_alt="Blauw")
    assert [(one.image_id, one.alt) for one in Post.objects.get().images.all()] == [(int(kept[1]), "Blauw")]


def test_several_pictures_go_with_it_each_with_its_words(staff: Client, x: Account) -> None:
    files = [SimpleUploadedFile(f"{n}.png", png(n), content_type="image/png") for n in (1, 2)]
    response = write(staff, x, image=files, image_alt="Een")
    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="error-image_alt_1"' in page, "the second has no words yet"
    kept = re.findall(r'name="kept_image" value="(\d+)"', page)
    write(staff, x, kept_image=kept, kept_alt=["Een", "Twee"])
    rows = Post.objects.get().images.all()
    assert [(str(row.image_id), row.alt) for row in rows] == list(zip(kept, ["Een", "Twee"], strict=True))


def test_a_picture_is_added_moved_and_removed_without_saving(staff: Client, x: Account) -> None:
    red, blue = images.accept(png(1)), images.accept(png(2))
    sent = {"kept_image": [red.pk, blue.pk], "kept_alt": ["Rood", "Blauw"]}
    file = SimpleUploadedFile("3.png", png(3), content_type="image/png")

    def shown(**more: object) -> list[str]:
        page = write(staff, x, **{**sent, **more}).content.decode()
        return re.findall(r'name="kept_alt"[^>]*value="([^"]*)"', page)

    assert shown(action="add", image=file, image_alt="Nieuw") == ["Rood", "Blauw", "Nieuw"]
    assert shown(move="1", action="") == ["Blauw", "Rood"]
    assert shown(action="add", drop_image=red.pk) == ["Blauw"]
    assert not Post.objects.exists()


def test_the_name_of_the_file_that_is_refused_is_said(staff: Client, x: Account) -> None:
    files = [SimpleUploadedFile("goed.png", png()), SimpleUploadedFile("fout.jpg", b"%PDF-1.7")]
    page = write(staff, x, image=files, image_alt="Foto").content.decode()
    assert re.search(r'id="error-image"[^>]*>\s*fout.jpg: ', page)
    assert page.count('name="kept_image"') == 1, "the good one is kept"


def test_no_account_is_refused_beside_the_accounts(staff: Client, x: Account) -> None:
    response = write(staff)
    assert response.status_code == 422
    assert 'id="error-accounts"' in response.content.decode()


def test_a_moment_that_has_passed_is_refused(staff: Client, x: Account) -> None:
    response = write(staff, x, when="later", day="2020-01-01", time="09:00")
    assert response.status_code == 422
    assert 'id="error-planned_at"' in response.content.decode()


@pytest.mark.parametrize(("day", "time"), [("", ""), ("2027-02-30", "09:00"), ("morgen", "9u")])
def test_a_moment_that_cannot_be_read_is_refused(staff: Client, x: Account, day: str, time: str) -> None:
    response = write(staff, x, when="later", day=day, time=time)
    assert response.status_code == 422
    assert 'id="error-planned_at"' in response.content.decode()


def test_approving_what_somebody_else_changed_meanwhile_is_refused(staff: Client, x: Account) -> None:
    write(staff, x, action="submit")
    post = Post.objects.get()
    page = staff.get(reverse("post", args=[post.pk])).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    form = {"text": "Iets anders", "accounts": [x.pk], "when": "now", "language": "nl", "action": "draft"}
    staff.post(reverse("post-edit", args=[post.pk]), form)
    staff.post(reverse("post-approve", args=[post.pk]), {"seen": seen[1]})
    assert not Publication.objects.exists()


def test_a_planned_post_can_be_called_off(staff: Client, x: Account) -> None:
    write(staff, x, action="approve")
    post = Post.objects.get()
    staff.post(reverse("post-cancel", args=[post.pk]), {"why": "Infodag gaat niet door"})
    assert Publication.objects.get().state == Publication.State.CANCELLED
    assert "Infodag gaat niet door" in staff.get(reverse("post", args=[post.pk])).content.decode()


@pytest.mark.parametrize(
    ("answer", "state"), [("there", Publication.State.PUBLISHED), ("again", Publication.State.QUEUED)]
)
def test_a_person_settles_what_the_network_could_not_tell(
    staff: Client, x: Account, answer: str, state: str
) -> None:
    write(staff, x, action="approve")
    Publication.objects.update(state=Publication.State.UNKNOWN)
    publication = Publication.objects.get()
    page = staff.get(reverse("post", args=[publication.post_id])).content.decode()
    assert 'value="there"' in page
    assert 'value="again"' in page
    staff.post(reverse("publication-resolve", args=[publication.pk]), {"answer": answer})
    publication.refresh_from_db()
    assert publication.state == state


def test_the_preview_counts_as_the_network_does(staff: Client, x: Account) -> None:
    form = {"text": "Hallo", "link": "https://www.example.org/" + "a" * 100, "accounts": [x.pk]}
    page = staff.post(reverse("post-preview"), form).content.decode()
    assert f"{len('Hallo') + 2 + 23}" in page  # X counts every link as 23
    assert not Post.objects.exists()


@pytest.mark.parametrize("tab", ["waiting", "planned", "published", "trouble", "drafts", "cancelled"])
def test_every_tab_renders_empty_and_filled(staff: Client, x: Account, tab: str) -> None:
    address = f"{reverse('posts')}?tab={tab}"
    assert staff.get(address).status_code == 200
    write(staff, x, text="Concept", action="draft")
    write(staff, x, text="Wacht", action="submit")
    for state in Publication.State.values:
        write(staff, x, text=f"Bericht {state}", action="approve")
        Publication.objects.filter(post__text=f"Bericht {state}").update(state=state)
    assert staff.get(address).status_code == 200


@pytest.mark.parametrize("name", ["posts", "post-write"])
@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_the_pages_speak_the_readers_language(staff: Client, x: Account, name: str, language: str) -> None:
    page = staff.get(reverse(name), headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize("name", ["posts", "post-write", "newsletters", "subscribers", "accounts"])
def test_nobody_sees_a_page_without_logging_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("log-in"))


def test_other_words_for_one_network_are_typed_shown_and_kept(
    staff: Client, x: Account, facebook: Account
) -> None:
    page = staff.get(reverse("post-write")).content.decode()
    assert 'name="text_sandbox-x"' in page
    assert 'name="text_sandbox-facebook"' in page
    form = {"text": "Overal", "text_sandbox-x": "Alleen op X", "accounts": [x.pk, facebook.pk]}
    seen = staff.post(reverse("post-preview"), form).content.decode()
    assert seen.index("Overal") < seen.index("Alleen op X")
    assert "11/280" in seen
    staff.post(reverse("post-write"), {**form, "language": "nl", "action": "submit"})
    post = Post.objects.get()
    assert post.variants == {"sandbox-x": "Alleen op X"}
    again = staff.get(reverse("post-edit", args=[post.pk])).content.decode()
    assert "Alleen op X</textarea>" in again
    assert '<details class="field" open>' in again


def test_a_variant_that_is_too_long_says_so_under_its_own_field(
    staff: Client, x: Account, facebook: Account
) -> None:
    form = {
        "text": "Overal",
        "text_sandbox-x": "woord " * 46 + "niet te veel",
        "accounts": [x.pk, facebook.pk],
    }
    response = staff.post(reverse("post-write"), {**form, "language": "nl", "action": "submit"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="error-text_sandbox-x"' in page
    assert "“te veel”" in page
    assert not Post.objects.exists()


def test_one_network_needs_no_other_words(staff: Client, x: Account) -> None:
    assert "text_sandbox-x" not in staff.get(reverse("post-write")).content.decode()


def test_a_word_that_x_makes_a_link_of_is_told_before_it_costs(staff: Client, db: None) -> None:
    x = Account.objects.create(network="x", name="Op X", credentials={})
    form = {"text": "Wij gaan naar school.In de klas", "accounts": [x.pk]}
    assert "“school.In”" in staff.post(reverse("post-preview"), form).content.decode()
