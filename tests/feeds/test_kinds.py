"""Every kind of feed that the real ones of `facts/` show, in short feeds of our own."""

from datetime import UTC, datetime

import pytest

from outreach.core import clock
from outreach.feeds.entries import entry_from
from outreach.feeds.models import Source
from outreach.feeds.parsing import Feed, Item, parse

HOME = "https://www.kleuter.example"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ATOM, RSS1 = "http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"
XHTML = "http://www.w3.org/1999/xhtml"
PREFIXES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)


def read(body: str | bytes, url: str = f"{HOME}/nieuws/feed") -> Feed:
    with clock.frozen(NOW):
        return parse(body.encode() if isinstance(body, str) else body, {}, url)


def rss(*items: str, version: str = "2.0", head: str = "<language>nl-BE</language>") -> Feed:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return read(f'<rss version="{version}" {PREFIXES}><channel>{head}{inside}</channel></rss>')


def atom(*entries: str, head: str = "", url: str = f"{HOME}/nieuws/feed", attributes: str = "") -> Feed:
    inside = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return read(f'<feed xmlns="{ATOM}" {PREFIXES} {attributes}>{head}{inside}</feed>', url)


def first(feed: Feed) -> Item:
    return feed.items[0]


def item(inside: str) -> Item:
    return first(rss("<title>Voorlezen</title>" + inside))


def entry(inside: str, **options: str) -> Item:
    return first(atom("<title>Voorlezen</title><id>urn:1</id>" + inside, **options))


def content(markup: str) -> Item:
    return item(f"<content:encoded><![CDATA[{markup}]]></content:encoded>")


# ── Formats ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_each_rss_with_a_channel_is_read(version: str) -> None:
    feed = rss(
        f"<title>Voorlezen</title><link>{HOME}/voorlezen</link><description>Zo begin je.</description>",
        "<title>Rekenen</title>",
        version=version,
        head=f"<title>Kleuter</title><link>{HOME}</link><image><url>{HOME}/logo.png</url></image>",
    )
    assert (feed.title, feed.home) == ("Kleuter", HOME)
    assert [one.title for one in feed.items] == ["Voorlezen", "Rekenen"]
    assert (first(feed).link, first(feed).summary) == (f"{HOME}/voorlezen", "Zo begin je.")
    assert first(feed).image_url == ""


def test_rss_without_a_version_is_read() -> None:
    assert read("<rss><channel><item><title>Voorlezen</title></item></channel></rss>").items


@pytest.mark.parametrize("namespace", [RSS1, "http://my.netscape.com/rdf/simple/0.9/"])
def test_rdf_is_read(namespace: str) -> None:
    feed = read(
        f'<rdf:RDF {PREFIXES} xmlns="{namespace}" xml:lang="nl"><channel><title>Kleuter</title></channel>'
        f'<item rdf:about="{HOME}/voorlezen"><title>Voorlezen</title><link>{HOME}/voorlezen</link>'
        "<dc:creator>An</dc:creator><dc:date>2026-03-02</dc:date><dc:subject>Taal</dc:subject>"
        f'<enc:enclosure resource="{HOME}/a.jpg" type="image/jpeg"/></item></rdf:RDF>'
    )
    one = first(feed)
    assert (feed.language, one.title, one.author, one.categories) == ("nl", "Voorlezen", "An", ["Taal"])
    assert one.published_at == datetime(2026, 3, 1, 23, tzinfo=UTC)
    assert one.image_url == f"{HOME}/a.jpg"


def test_atom_in_the_old_manner_is_read() -> None:
    feed = read(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Kleuter</title><entry>'
        f'<title mode="escaped" type="text/html">Voorlezen &amp;amp; vertellen</title>'
        f'<link rel="alternate" type="text/html" href="{HOME}/voorlezen"/>'
        "<issued>2026-03-02T10:00:00+01:00</issued></entry></feed>"
    )
    one = first(feed)
    assert (one.title, one.link) == ("Voorlezen & vertellen", f"{HOME}/voorlezen")
    assert one.published_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_feed_that_loses_only_its_last_tag_keeps_its_last_item() -> None:
    feed = read("<rss version='2.0'><channel><item><title>Een</title></item><item><title>Twee</title></item>")
    assert [one.title for one in feed.items] == ["Een", "Twee"]
    assert (feed.cut, feed.complete) == (True, False)


# ── Texts ─────────────────────────────────────────────────────────────────────────────────────────────


def test_xhtml_is_text_too() -> None:
    one = first(
        atom(
            f'<title type="xhtml"><div xmlns="{XHTML}">Lezen <i>en</i> leven</div></title>'
            f'<id>urn:1</id><content type="xhtml"><div xmlns="{XHTML}"><p>Eén.</p>'
            '<p>Twee &lt; drie.</p><img src="/a.jpg" alt="Een kring"/></div></content>'
        )
    )
    assert (one.title, one.summary) == ("Lezen en leven", "Eén. Twee < drie.")
    assert (one.image_url, one.image_alt) == (f"{HOME}/a.jpg", "Een kring")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Kind &amp;amp; taal", "Kind & taal"),
        ("Kind &amp;#8217;s middags", "Kind ’s middags"),
        ("<![CDATA[Kind & taal]]>", "Kind & taal"),
        ("<![CDATA[ Kind &amp; <b>taal</b> ]]>", "Kind & taal"),
        ("Cafe&#x301;", "Café"),
        ("een&#x202E;twee&#x200B;&#xAD;&#x2066;drie", "eentweedrie"),
        ("een&#x85;twee&#x2028;drie", "een…twee drie"),  # 0x85 is the dots of windows-1252
        ("Als 5 &lt; 6", "Als 5 < 6"),
        ("cafÃ© Ã©n taal", "café én taal"),
    ],
)
def test_titles_are_clean_text_however_they_are_escaped(written: str, read_as: str) -> None:
    assert first(rss(f"<title>{written}</title><link>{HOME}/a</link>")).title == read_as


def test_an_article_about_html_keeps_its_examples_and_text_that_was_escaped_twice_loses_its_tags() -> None:
    assert content("<p>Schrijf <code>&lt;rss version='2.0'&gt;</code>.</p>").summary == (
        "Schrijf <rss version='2.0'>."
    )
    assert content("&lt;p&gt;Zo begin&lt;/p&gt;&lt;p&gt;je eraan.&lt;/p&gt;").summary == "Zo begin je eraan."
    assert content("<div>Zo &lt;b&gt;begin&lt;/b&gt; &lt;p&gt;je.&lt;/p&gt;</div>").summary == "Zo begin je."


def test_of_summary_and_content_the_summary_is_taken_and_a_caption_is_neither() -> None:
    both = "<content:encoded>Alles.</content:encoded>"
    assert item(f"<description>Kort.</description>{both}").summary == "Kort."
    words = "<media:description>Een kring</media:description>"
    caption = f'<media:content url="{HOME}/a.jpg" medium="image">{words}</media:content>'
    assert item(caption + both).summary == "Alles."
    assert item(caption + both).image_alt == "Een kring"
    assert item(caption).summary == "Een kring"


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("iso-8859-1", "cp1252"),  # a browser's latin-1 has curly quotes and the euro
        ("windows-1252", "cp1252"),
        ("utf-8", "cp1252"),
        ("", "utf-8"),
        ("", "cp1252"),
        ("us-ascii", "utf-8"),
    ],
)
def test_letters_survive_what_a_feed_says_of_its_encoding(declared: str, sent: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = f"{head}<rss version='2.0'><channel><item><title>’t Café: 5 €</title></item></channel></rss>"
    assert first(read(body.encode(sent))).title == "’t Café: 5 €"


# ── Addresses ─────────────────────────────────────────────────────────────────────────────────────────


def test_of_several_links_the_page_itself_is_taken() -> None:
    one = entry(
        f'<link rel="self" href="{HOME}/atom/1"/><link rel="hub" href="https://hub.example/"/>'
        f'<link rel="replies" type="text/html" href="{HOME}/1#reacties"/>'
        f'<link rel="enclosure" type="audio/mpeg" href="{HOME}/a.mp3"/>'
        f'<link rel="alternate" type="text/html" href="{HOME}/voorlezen"/>'
        f'<link rel="edit" href="{HOME}/edit/1"/>'
    )
    assert one.link == f"{HOME}/voorlezen"
    assert item(f'<atom:link rel="payment" href="{HOME}/betalen"/>').link == ""


def test_the_home_of_a_channel_is_its_page_and_not_the_feed_or_its_hub() -> None:
    links = f'<atom:link rel="self" href="{HOME}/feed"/><atom:link rel="hub" href="https://hub.example/"/>'
    assert rss("<title>T</title>", head=f"{links}<link>{HOME}/nieuws</link>").home == f"{HOME}/nieuws"
    assert rss("<title>T</title>", head=f"<link>{HOME}/nieuws</link>{links}").home == f"{HOME}/nieuws"


def test_a_link_through_a_counting_service_is_replaced_by_the_one_behind_it() -> None:
    through = "<link>http://feedproxy.example/~r/kleuter/~3/abc/</link>"
    assert item(f"{through}<feedburner:origLink>{HOME}/a</feedburner:origLink>").link == f"{HOME}/a"


def test_relative_addresses_start_where_xml_base_says_else_where_the_feed_came_from() -> None:
    inside = '<link href="voorlezen"/><content type="html">&lt;img src="a.jpg"&gt;</content>'
    one = entry(inside)
    assert (one.link, one.image_url) == (f"{HOME}/nieuws/voorlezen", f"{HOME}/nieuws/a.jpg")
    one = entry(inside, attributes='xml:base="https://elders.example/map/"')
    assert (one.link, one.image_url) == (
        "https://elders.example/map/voorlezen",
        "https://elders.example/map/a.jpg",
    )
    own = '<content type="html" xml:base="https://beelden.example/">&lt;img src="a.jpg"&gt;</content>'
    assert entry(own).image_url == "https://beelden.example/a.jpg"
    assert entry('<link href="voorlezen"/>', attributes='xml:base="/map/"').link == f"{HOME}/map/voorlezen"


def test_relative_addresses_of_a_file_start_where_it_says_that_it_lives() -> None:
    links = f'<link rel="self" href="{HOME}/blog/feed"/>'
    assert entry('<link href="/voorlezen"/>', head=links, url="feed.xml").link == f"{HOME}/voorlezen"
    assert entry('<link href="/voorlezen"/>', url="feed.xml").link == ""


def test_a_guid_that_is_a_permalink_is_the_link_and_another_one_is_not() -> None:
    assert item(f"<guid>{HOME}/voorlezen</guid>").link == f"{HOME}/voorlezen"
    assert item(f'<guid isPermaLink="false">{HOME}/voorlezen</guid>').link == ""
    assert item("<guid>tag:kleuter,2026:1</guid>").link == ""


# ── People, subjects, languages, documents ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("<author>an@kleuter.example (An Peeters)</author>", "An Peeters"),
        ("<author>An Peeters &lt;an@kleuter.example&gt;</author>", "An Peeters"),
        ("<author>an@kleuter.education (An Peeters)</author>", "An Peeters"),
        ("<author>an@kleuter.example</author>", ""),
        ("<dc:creator>An Peeters</dc:creator>", "An Peeters"),
        ("<dc:creator>An</dc:creator><dc:creator>Bert</dc:creator>", "An, Bert"),
        ("<author>An Peeters</author><dc:creator/>", "An Peeters"),
        ("<dc:creator>An</dc:creator><itunes:author>An</itunes:author>", "An"),
    ],
)
def test_authors_are_names_and_never_addresses(written: str, read_as: str) -> None:
    assert item(written).author == read_as


def test_an_atom_entry_without_an_author_has_that_of_its_source_or_of_the_feed() -> None:
    feed, own = "<author><name>Redactie</name></author>", "<author><name>An</name></author>"
    assert entry(own, head=feed).author == "An"
    assert entry("", head=feed).author == "Redactie"
    taken_over = "<source><title>Elders</title><author><name>Bert</name></author></source>"
    assert (entry(taken_over, head=feed).author, entry(taken_over).title) == ("Bert", "Voorlezen")
    assert first(rss("<title>T</title>", head="<managingEditor>Redactie</managingEditor>")).author == ""


def test_categories_are_what_people_read_each_once() -> None:
    assert entry(
        '<category term="t1" label="Taal"/><category term="Taal"/><category term="zorg"/>'
    ).categories == [
        "Taal",
        "zorg",
    ]
    assert item("<category>Taal &amp;amp; zorg</category><category/>").categories == ["Taal & zorg"]


def test_an_item_in_another_language_than_its_feed_says_so() -> None:
    assert item("<dc:language>fr</dc:language>").language == "fr"
    assert item("<dc:language>nl</dc:language>").language == ""
    one = '<title xml:lang="en">Reading aloud</title><id>urn:1</id>'
    assert first(atom(one, attributes='xml:lang="nl"')).language == "en"
    assert first(atom("<title>Voorlezen</title><id>urn:1</id>", attributes='xml:lang="nl"')).language == ""


def test_an_entry_is_in_its_own_language_if_that_is_one_of_ours() -> None:
    source = Source(language="nl")
    assert entry_from(item("<dc:language>fr-BE</dc:language>"), source).language == "fr"
    assert entry_from(item("<dc:language>ur</dc:language>"), source).language == "nl"


def test_a_document_that_is_enclosed_is_a_download_and_no_picture() -> None:
    one = item(
        f'<enclosure url="/files/Brochure%20taal.pdf" type="application/pdf" length="9"/>'
        f'<enclosure url="{HOME}/a.mp3" type="audio/mpeg" length="9"/>'
        f'<enclosure url="{HOME}/verslag.docx?v=2" length="9"/>'
    )
    assert one.downloads == [
        {"url": f"{HOME}/files/Brochure%20taal.pdf", "name": "Brochure taal.pdf"},
        {"url": f"{HOME}/verslag.docx?v=2", "name": "verslag.docx"},
    ]
    assert one.image_url == ""
    named = f'<link rel="enclosure" type="application/pdf" href="{HOME}/a.pdf" title="De brochure"/>'
    assert entry(named).downloads == [{"url": f"{HOME}/a.pdf", "name": "De brochure"}]


# ── Pictures ──────────────────────────────────────────────────────────────────────────────────────────


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


# ── Dates ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("woensdag 25 november 2026", "2026-11-24T23:00"),
        ("woensdag 25 november 2026 om 9u30", "2026-11-25T08:30"),
        ("wo, 25/11/2026 - 10:00", "2026-11-25T09:00"),
        ("25-11-2026 10:00", "2026-11-25T09:00"),
        ("25.11.2026, 10.00 uur", "2026-11-25T09:00"),
        ("ma 2 mrt 2026 10:00", "2026-03-02T09:00"),
        ("5 mei 2026 14u", "2026-05-05T12:00"),
        ("do, 01 okt. 2026 10:00:00 +0200", "2026-10-01T08:00"),
        ("mer., 25 nov. 2026", "2026-11-24T23:00"),
        ("mercredi 25 novembre 2026 à 14h30", "2026-11-25T13:30"),
        ("1er août 2026", "2026-07-31T22:00"),
        ("mar, 03 févr. 2026 10:00:00 +0100", "2026-02-03T09:00"),
        ("15 juillet 2026", "2026-07-14T22:00"),
        ("15 juin 2026", "2026-06-14T22:00"),
        ("Mittwoch, 4. März 2026, 10:00", "2026-03-04T09:00"),
        ("Seg, 21 Set 2026 19:00:00 -0300", "2026-09-21T22:00"),
        ("Wed, 25 Nov 2026 2:05:00 PM", "2026-11-25T13:05"),
        ("Wed, Nov 25 2026 12:05:00 AM", "2026-11-24T23:05"),
        ("November 25, 2026", "2026-11-24T23:00"),
        ("Wed, 25 Nov 2026 10:00:00", "2026-11-25T09:00"),
        ("Wed, 25 Nov 2026 10:00:00 CET", "2026-11-25T09:00"),
        ("Wed, 25 Nov 2026 10:00:00 EST", "2026-11-25T15:00"),
        ("Wed, 25 Nov 2026 10:00:00 UTC+2", "2026-11-25T08:00"),
        ("Wed, 25 Nov 2026 10:00:00 Europe/London", "2026-11-25T10:00"),
        ("Wed, 25 Nov 26 10:00:00 +0100", "2026-11-25T09:00"),
        ("25 Nov 2026 10:00:00 Z", "2026-11-25T10:00"),
        ("2026-11-25T10:00:00.250+01:00", "2026-11-25T09:00"),
        ("2026-11-25", "2026-11-24T23:00"),
        ("2026/11/25 10:00", "2026-11-25T09:00"),
        ("2026-11-25T10:00:00 EST", "2026-11-25T15:00"),
        ("Wed Nov 25 10:00:00 CET 2026", "2026-11-25T09:00"),
        ("Wed Nov 25 2026 10:00:00 GMT+0200 (midden-Europese tijd)", "2026-11-25T08:00"),
        ("de 25ste november 2026", "2026-11-24T23:00"),
    ],
)
def test_a_date_is_read_in_the_language_and_the_zone_it_is_written_in(written: str, instant: str) -> None:
    found = item(f"<pubDate>{written}</pubDate>").published_at
    assert found is not None
    assert found.isoformat()[:16] == instant


@pytest.mark.parametrize(
    "written",
    [
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 30 Nov -0001 00:00:00 +0000",
        "Wed, 25 Nov 2099 10:00:00 GMT",
        "31 februari 2026",
        "25 brumaire 2026",
        "Wed, 25 Nov 2026 29:00:00",
        "binnenkort",
        "",
    ],
)
def test_a_date_that_cannot_be_meant_is_none(written: str) -> None:
    assert item(f"<pubDate>{written}</pubDate>").published_at is None


def test_the_day_of_publication_goes_before_the_day_of_a_change() -> None:
    change = "<updated>2026-06-01T10:00:00Z</updated>"
    assert entry(f"{change}<published>2026-05-01T10:00:00Z</published>").published_at == datetime(
        2026, 5, 1, 10, tzinfo=UTC
    )
    assert entry(change).published_at == datetime(2026, 6, 1, 10, tzinfo=UTC)
    bad = "<pubDate>gisteren</pubDate><dc:date>2026-05-01T10:00:00Z</dc:date>"
    assert item(bad).published_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    feed_only = atom("<title>T</title><id>urn:1</id>", head="<published>2026-05-01T10:00:00Z</published>")
    assert first(feed_only).published_at is None
