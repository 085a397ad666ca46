"""Pictures that staff upload."""

import io
import struct
import zlib

import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from outreach.core import pictures
from outreach.core.errors import BadInput
from outreach.networks.base import Limits
from outreach.posts import images
from outreach.posts.models import Image

pytestmark = pytest.mark.django_db


def saved(picture: Pillow.Image, kind: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def opened(image: Image) -> Pillow.Image:
    return Pillow.open(io.BytesIO(bytes(image.content)))


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says it is `width` × `height`."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


SMALL = Pillow.new("RGB", (30, 20), "red")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG or PNG"),
        (b"%PDF-1.7", "JPEG or PNG"),
        (saved(SMALL, "TIFF"), "JPEG or PNG"),
        (saved(SMALL, "BMP"), "JPEG or PNG"),
        (saved(Pillow.effect_noise((300, 300), 90), "JPEG")[:900], "damaged"),
        (saved(SMALL, "PNG")[:60], "damaged"),
        (bomb(50_000, 50_000), "million pixels"),
        (bomb(8_000, 5_001), "million pixels"),
        (saved(SMALL, "GIF", save_all=True, append_images=[Pillow.new("RGB", (30, 20), "blue")]), "Moving"),
        (saved(SMALL, "WEBP", save_all=True, append_images=[Pillow.new("RGB", (30, 20), "blue")]), "Moving"),
        (b"\0" * (images.MOST_BYTES + 1), "20 MB"),
    ],
)
def test_what_is_no_picture_that_can_be_posted_gets_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        images.accept(content)
    assert caught.value.field == "image"
    assert not Image.objects.exists()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_still_picture_of_a_usual_kind_is_taken(kind: str) -> None:
    image = images.accept(saved(SMALL, kind))
    assert (image.width, image.height) == (30, 20)
    assert opened(image).get_format_mimetype() == image.mime in {"image/jpeg", "image/png"}


def test_a_picture_is_turned_upright_and_tells_nothing_of_its_maker() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # held sideways
    exif[0x013B] = "An Peeters"
    exif.get_ifd(0x8825)[2] = (51.0, 3.0, 0.0)  # a place
    image = images.accept(saved(SMALL, "JPEG", exif=exif, comment=b"An Peeters"))
    assert (image.width, image.height) == (20, 30)
    kept = opened(image)
    assert not kept.getexif()
    assert b"Peeters" not in bytes(image.content)
    assert "comment" not in kept.info


def test_text_in_a_png_is_left_out() -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", "An Peeters")
    image = images.accept(saved(Pillow.new("RGBA", (9, 9), (255, 0, 0, 99)), "PNG", pnginfo=told))
    assert b"Peeters" not in bytes(image.content)
    assert opened(image).getpixel((0, 0)) == (255, 0, 0, 99)


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    image = images.accept(saved(Pillow.new("RGB", (6000, 3000), "green"), "JPEG"))
    assert (image.width, image.height) == (2048, 1024)


def test_a_picture_with_transparent_parts_that_is_too_heavy_gets_a_white_ground() -> None:
    noise = Pillow.merge("RGBA", [Pillow.effect_noise((1600, 1600), 250) for _ in range(4)])
    image = images.accept(saved(noise, "PNG", compress_level=0))
    assert image.mime == "image/jpeg"
    assert len(image.content) <= images.MOST_BYTES_KEPT


def test_the_first_picture_of_a_phone_s_double_one_is_meant() -> None:
    double = saved(SMALL, "MPO", save_all=True, append_images=[Pillow.new("RGB", (10, 10), "blue")])
    image = images.accept(double)
    assert (image.width, image.height, image.mime) == (30, 20, "image/jpeg")


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "I;16"])
def test_other_ways_to_store_colours_are_turned_into_the_usual_one(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(images.accept(saved(Pillow.new(mode, (12, 12)), kind))).mode in {"RGB", "RGBA"}


def test_a_broken_colour_profile_does_not_stop_a_picture() -> None:
    assert images.accept(saved(SMALL, "JPEG", icc_profile=b"no profile")).width == 30
    good = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = opened(images.accept(saved(Pillow.new("RGB", (9, 9), "blue"), "JPEG", icc_profile=good)))
    assert "icc_profile" not in kept.info


def test_the_same_picture_twice_is_kept_once() -> None:
    content = saved(SMALL, "PNG")
    assert images.accept(content) == images.accept(content)
    assert Image.objects.count() == 1


def test_sixteen_bits_of_grey_stay_grey() -> None:
    grey = opened(images.accept(saved(Pillow.new("I;16", (12, 12), 0x8000), "PNG"))).getpixel((5, 5))
    assert all(abs(value - 128) < 4 for value in grey)


def test_a_process_that_takes_too_much_hurts_nobody_but_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_START", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(BadInput, match="too much work"):
        images.accept(saved(SMALL, "PNG"))
    monkeypatch.setattr(pictures, "_START", "import time; time.sleep(60)")
    monkeypatch.setattr(pictures, "SECONDS", 0.2)
    with pytest.raises(BadInput, match="too much work"):
        images.accept(saved(SMALL, "PNG"))


_BUSY = """
import sys, time
sys.path.insert(0, sys.argv[1])
from outreach.core import pixels
pixels.CPU_SECONDS = 1
pixels.answer_to = lambda *_, **limits: ({"wrong": "moving"}, %s)
pixels.main()
"""


@pytest.mark.parametrize(
    "work",
    ["bytes(bytearray(1_200_000_000)[:0])", "b'' * any(time.process_time() > 4 for _ in iter(int, 1))"],
    ids=["memory", "time"],
)
def test_its_memory_and_its_work_are_limited(monkeypatch: pytest.MonkeyPatch, work: str) -> None:
    """Without its limits this process would answer in the end."""
    monkeypatch.setattr(pictures, "_START", _BUSY % work)
    with pytest.raises(BadInput, match="too much work"):
        images.accept(saved(SMALL, "PNG"))


def test_the_largest_picture_that_is_taken_fits_into_the_memory_of_the_process() -> None:
    largest = saved(Pillow.new("RGBA", (8_000, 5_000), (9, 99, 9, 99)), "PNG", compress_level=1)
    assert images.accept(largest).width == 2048


def test_a_picture_is_fitted_to_what_a_network_takes_at_approval() -> None:
    image = images.accept(saved(Pillow.effect_noise((1000, 500), 90), "JPEG"))
    assert images.fitted(image, Limits(text=280)) == image
    small = images.fitted(image, Limits(text=280, picture_side=400))
    assert (small.width, small.height) == (400, 200)
    light = images.fitted(image, Limits(text=280, picture_bytes=9_000))
    assert len(light.content) <= 9_000
    assert light.width == 2 * light.height
