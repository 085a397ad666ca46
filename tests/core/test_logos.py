"""The organisation's logo."""

import io

import pytest
from PIL import Image as Pillow

from outreach.core import logos
from outreach.core.errors import BadInput
from outreach.core.models import Logo, Organisation

pytestmark = pytest.mark.django_db


def saved(picture: Pillow.Image, kind: str = "PNG", **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def opened(logo: Logo) -> Pillow.Image:
    return Pillow.open(io.BytesIO(bytes(logo.content)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_becomes_a_small_png(kind: str) -> None:
    logo = logos.put(saved(Pillow.new("RGB", (1600, 400), "teal"), kind))
    assert (logo.width, logo.height) == (440, 110)
    assert opened(logo).format == "PNG"
    assert Organisation.get().logo == logo


def test_what_is_transparent_stays_so() -> None:
    picture = Pillow.new("RGBA", (200, 100), (0, 0, 0, 0))
    picture.paste((10, 90, 90, 255), (50, 25, 150, 75))
    shown = opened(logos.put(saved(picture))).convert("RGBA")
    assert shown.getpixel((2, 2))[3] == 0
    assert shown.getpixel((100, 50)) == (10, 90, 90, 255)


def test_a_logo_with_many_colours_is_made_light_and_stays_a_png() -> None:
    noise = Pillow.merge("RGB", [Pillow.effect_noise((900, 900), 90) for _ in range(3)])
    logo = logos.put(saved(noise))
    assert len(logo.content) <= 80_000
    assert opened(logo).format == "PNG"
    assert opened(logo).size == (logo.width, logo.height)


def test_the_logo_of_a_mail_that_is_out_stays_where_it_is() -> None:
    old = logos.put(saved(Pillow.new("RGB", (90, 30), "red")))
    new = logos.put(saved(Pillow.new("RGB", (90, 30), "blue")))
    logos.take_away()
    assert Organisation.get().logo is None
    assert logos.current(Organisation.get()) is None
    assert set(Logo.objects.all()) == {old, new}
    assert logos.put(saved(Pillow.new("RGB", (90, 30), "red"))) == old


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "PNG, JPEG or WebP"),
        (saved(Pillow.new("RGB", (30, 20), "red"))[:60], "damaged"),
        (saved(Pillow.new("1", (8000, 5001))), "million pixels"),
    ],
)
def test_what_cannot_be_a_logo_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        logos.put(content)
    assert caught.value.field == "logo"
    assert Organisation.get().logo is None
