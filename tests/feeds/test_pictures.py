"""Which picture goes with an article, and with which words."""

import pytest

from tests.feeds.writing import HOME, content, item


@pytest.mark.parametrize(
    "named",
    [
        f'<enclosure url="{HOME}/a.jpg" type="image/jpeg" length="1"/>',
        f'<enclosure url="{HOME}/a.jpg"/>',
        '<enclosure url="/a.jpg" type="image/jpeg"/>',
        f'<media:content url="{HOME}/a.jpg" medium="image"/>',
        f'<media:content url="{HOME}/a.jpg" type="image/jpeg"/>',
        f'<media:group><media:content url="/a.mp4"/><media:thumbnail url="{HOME}/a.jpg"/></media:group>',
        f'<media:thumbnail url="{HOME}/a.jpg" width="640" height="360"/>',
        f'<itunes:image href="{HOME}/a.jpg"/>',
        f"<image><url>{HOME}/a.jpg</url></image>",
        f'<description>&lt;img src="{HOME}/a.jpg"&gt;</description>',
        f'<description>&lt;img data-src="{HOME}/a.jpg" src="data:image/gif;base64,R0lGOD"&gt;</description>',
    ],
)
def test_a_picture_is_found_wherever_it_is_named(named: str) -> None:
    assert item(named).image_url == f"{HOME}/a.jpg"


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://tel.example/p.gif" width="1" height="1">',
        '<img src="https://tel.example/p.gif" height="1px">',
        '<img src="https://pixel.wp.com/b.gif?host=kleuter">',
        '<img src="http://feeds.feedburner.com/~ff/kleuter?d=abc">',
        '<img src="https://s.w.org/images/core/emoji/15.0.3/72x72/1f600.png" class="wp-smiley">',
        f'<img src="{HOME}/lach.png" class="emoji">',
        '<img src="https://secure.gravatar.com/avatar/0?s=96&amp;d=mm">',
        '<img src="https://avatars1.githubusercontent.com/u/1?v=4">',
        f'<img src="{HOME}/an.jpg" class="avatar avatar-96 photo">',
        f'<img src="{HOME}/an.jpg" width="40" height="40">',
        f'<img src="{HOME}/pijl.svg">',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        '<img src="">',
    ],
)
def test_a_counter_a_smiley_a_face_or_an_icon_is_no_picture(markup: str) -> None:
    assert content(f"<p>Tekst</p>{markup}").image_url == ""
    assert content(f'{markup}<img src="{HOME}/a.jpg">').image_url == f"{HOME}/a.jpg"


def test_a_thumbnail_of_a_face_is_no_picture_either() -> None:
    assert item(f'<media:thumbnail url="{HOME}/an.jpg" width="30" height="30"/>').image_url == ""
    faces = '<media:content url="https://0.gravatar.com/avatar/1?s=96" medium="image"/>'
    assert item(faces + f'<media:content url="{HOME}/a.jpg" medium="image"/>').image_url == f"{HOME}/a.jpg"


def test_of_several_sizes_one_that_is_wide_enough_is_taken() -> None:
    sizes = (140, 460, 1200)
    named = "".join(f'<media:content url="{HOME}/{w}.jpg" medium="image" width="{w}"/>' for w in sizes)
    assert item(named).image_url == f"{HOME}/460.jpg"
    small = "".join(f'<media:thumbnail url="{HOME}/{w}.jpg" width="{w}"/>' for w in (60, 120))
    assert item(small).image_url == f"{HOME}/120.jpg"


@pytest.mark.parametrize(
    ("beside", "inside"),
    [
        ("/a.jpg", "/a.jpg?w=300"),
        ("/foto.jpg", "/foto-300x200.jpg"),
        ("/foto-scaled.jpg", "/foto-1024x683.jpg"),
        ("/sites/default/files/styles/large/public/foto.jpg", "/sites/default/files/foto.jpg"),
    ],
)
def test_the_words_of_the_article_for_the_same_picture_go_with_it(beside: str, inside: str) -> None:
    text = f'<img src="/kaart.png" alt="Een kaart"><img src="{inside}" alt="Juf leest voor">'
    one = item(
        f'<media:content url="{beside}" medium="image"/><content:encoded><![CDATA[{text}]]></content:encoded>'
    )
    assert (one.image_url, one.image_alt) == (f"{HOME}{beside}", "Juf leest voor")


def test_words_for_another_picture_do_not() -> None:
    text = '<content:encoded><![CDATA[<img src="/kaart.png" alt="Een kaart">]]></content:encoded>'
    assert item(f'<media:content url="/a.jpg" medium="image"/>{text}').image_alt == ""
