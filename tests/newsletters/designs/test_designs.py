"""Each design in each language with each kind of content: the floor that no mail goes below."""

import email
import email.policy
import re
from html import unescape
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from outreach.core import colours
from outreach.core.models import Logo
from outreach.newsletters.designs import mjml
from tests.newsletters.designs import reading, samples
from tests.newsletters.designs.reading import Element

pytestmark = pytest.mark.django_db
DESIGNS = mjml.shipped()
LANGUAGES = ("nl", "en", "fr")
ACCENTS = ("#0b6e69", "#ffffff", "#000000", "#ffee00", "#ff2d8a", "#777777", "#1a237e", "#7fffd4")

each_design = pytest.mark.parametrize("design", DESIGNS)
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_kind = pytest.mark.parametrize("kind", samples.KINDS)


def test_there_are_four_designs():
    assert set(DESIGNS) == {"plain", "magazine", "letter", "bulletin"}


@each_design
@each_language
@each_kind
def test_a_mail_can_be_read_by_everybody(design, language, kind):
    root = reading.read(samples.rendered(design, language, kind).html)
    page = next(root.all("html"))
    assert (page.attrs["lang"], page.attrs["dir"]) == (language, "ltr")
    assert next(root.all("title")).text == "Kleurrijk Nieuws: voorlezen"
    assert [table for table in root.all("table") if table.attrs.get("role") != "presentation"] == []
    assert [image for image in root.all("img") if "alt" not in image.attrs or not image.attrs["src"]] == []
    levels = [int(heading.tag[1]) for heading in root.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert [heading for heading in root.all("h1", "h2", "h3") if not heading.text] == []


@each_design
@each_kind
def test_every_link_says_where_it_leads(design, kind):
    root = reading.read(samples.rendered(design, "en", kind).html)
    names: dict[str, str] = {}
    for link in root.all("a"):
        name = link.attrs.get("aria-label") or link.text or next(link.all("img")).attrs["alt"]
        assert name
        assert name.lower().strip(" →.") not in {"read on", "click here", "join online", "into my calendar"}
        assert (
            link.text in name or not link.text or link.text.strip(" →") in name or "aria-label" in link.attrs
        )
        assert kind == "hostile" or names.setdefault(name, link.attrs["href"]) == link.attrs["href"], name


@each_design
@each_kind
def test_no_word_is_smaller_than_14_pixels(design, kind):
    root = reading.read(samples.rendered(design, "nl", kind).html)
    sizes = {_size(element): words for words, element in reading.seen(root)}
    assert min(sizes) >= 14, sizes


@pytest.mark.parametrize("accent", ACCENTS)
@each_design
def test_every_word_can_be_read_by_day_and_by_night_in_any_colour(design, accent):
    html = samples.rendered(design, "nl", "full", accent).html
    root = reading.read(html)
    rules = reading.night(html)
    assert len(rules) > 8
    for screen in ([], rules):
        for words, element in reading.seen(root):
            ink, ground = reading.ink_and_ground(element, screen)
            assert colours.contrast(ink, ground) >= 4.5, (words, ink, ground, bool(screen))


@each_design
def test_outlook_com_is_told_the_same_colours_for_the_dark(design):
    html = samples.rendered(design).html
    by_media = [rule for rule in reading.night(html) if rule[0] != "body"]
    assert reading.outlook(html) == by_media


@each_design
def test_no_colour_is_quite_white_or_quite_black(design):
    html = samples.rendered(design, accent="#000000").html
    words = [
        element.attrs.get("style", "") + element.attrs.get("bgcolor", "")
        for element in reading.read(html).all()
    ]
    assert re.findall(r"#(?:fff|000|ffffff|000000)\b", " ".join(words)) == []


@each_design
def test_what_is_to_be_pressed_is_44_pixels_high(design):
    for link in reading.read(samples.rendered(design).html).all("a"):
        if "background" in link.style:
            height = int(link.style["line-height"].rstrip("px")) + 2 * int(
                link.style["padding"].split("px")[0]
            )
            assert height >= 44


@each_design
@each_kind
def test_nothing_is_asked_of_a_stranger(design, kind):
    html = samples.rendered(design, "nl", kind).html
    root = reading.read(html)
    asked = [image.attrs["src"] for image in root.all("img")] + re.findall(r"url\(([^)]*)\)", html)
    assert {urlsplit(address).hostname for address in asked} <= {"school.example"}
    assert list(root.all("link", "script", "iframe", "form", "base", "object")) == []
    assert "@import" not in html
    assert {urlsplit(link.attrs["href"]).scheme for link in root.all("a")} <= {"https", "http", "mailto"}


@each_design
@each_kind
def test_the_text_part_says_and_links_all_that_the_html_does(design, kind):
    found = samples.rendered(design, "nl", kind)
    root = reading.read(found.html)
    said = " ".join(found.text.split())
    for link in root.all("a"):
        assert link.attrs["href"].removeprefix("mailto:") in found.text
    for heading in root.all("h1", "h2", "h3"):
        assert heading.text.lower() in said.lower()


@each_design
@each_language
def test_no_place_is_left_unfilled(design, language):
    found = samples.rendered(design, language)
    for part in (found.html, found.text):
        assert not re.search(r"\{\{|\{%|\[\[|\[%|\bNone\b|Undefined|%\(", part)


@each_design
def test_what_an_article_says_is_never_markup(design):
    found = samples.rendered(design, "nl", "hostile")
    root = reading.read(found.html)
    assert list(root.all("script")) == []
    title = next(link for link in root.all("a") if link.attrs["href"] == f"{samples.SITE}/nieuws/1")
    assert title.text == " ".join(samples.HOSTILE.split())
    assert " ".join(samples.HOSTILE.split()) in " ".join(found.text.split())
    assert "{{ 7 * 7 }}" in unescape(found.html)


@each_design
def test_six_entries_stay_below_30_kilobytes_and_24_below_what_gmail_cuts_off(design):
    assert len(samples.rendered(design, "nl", "no pictures").html.encode()) < 30_000
    assert len(samples.rendered(design, "nl", "24 entries").html.encode()) < 80_000
    for style in reading.read(samples.rendered(design).html).all("style"):
        assert len(style.text.encode()) < 16_000


@each_design
@each_kind
def test_the_same_issue_is_the_same_bytes(design, kind):
    assert samples.rendered(design, "nl", kind) == samples.rendered(design, "nl", kind)


@each_design
def test_every_cell_names_its_font(design):
    """Outlook for Windows forgets, at the edge of a table, what was said outside of it."""
    for words, element in reading.seen(reading.read(samples.rendered(design).html)):
        above = list(element.up())
        inside = above[: 1 + next(place for place, one in enumerate(above) if one.tag == "td")]
        assert any("font-family" in one.style for one in inside), words


@each_design
def test_what_a_mailbox_shows_behind_the_subject_has_no_colour_of_its_own(design):
    """White on white costs a point with SpamAssassin."""
    body = next(reading.read(samples.rendered(design).html).all("body"))
    preheader = next(element for element in body.all("div") if element.style.get("display") == "none")
    assert "Artikel 2" in preheader.text
    assert "color" not in preheader.style


def _size(element: Element) -> float:
    said = next(one.style["font-size"] for one in element.up() if "font-size" in one.style)
    return float(said.removesuffix("px"))


@each_design
def test_the_logo_has_the_name_for_who_does_not_see_it(design):
    logo = Logo(key="0123abcd", content=b"", width=440, height=110)
    logo.save()
    html = samples.rendered(design, logo=logo).html
    [shown] = [image for image in reading.read(html).all("img") if "/logo/" in image.attrs["src"]]
    assert shown.attrs["alt"] == "Netwerk Diversiteit"
    assert (shown.attrs["width"], shown.attrs["height"]) == ("220", "55")
    assert shown.attrs["src"].startswith(f"{settings.BASE_URL}/logo/0123abcd.png")


@pytest.mark.parametrize(("name", "greeting"), [("Ann & Bo", "Hello Ann & Bo,"), ("", "Hello,")])
def test_the_letter_greets_its_reader_in_both_parts(name, greeting):
    mail = email.message_from_bytes(samples.mailed("letter", "en", name=name), policy=email.policy.default)
    text, html = (mail.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert greeting in text.splitlines()
    assert greeting in [paragraph.text for paragraph in reading.read(html).all("p")]


@each_design
@each_language
def test_a_mail_that_is_filled_has_no_mark_left(design, language):
    mail = email.message_from_bytes(samples.mailed(design, language), policy=email.policy.default)
    for kind in ("plain", "html"):
        body = mail.get_body([kind]).get_content()
        assert ".invalid" not in body
        assert "ann@inbox.example" in body
        assert "https://post.example/unsubscribe/abcdefgh/" in body
