"""Every kind of feed that the real ones of `facts/` show, in short feeds of our own."""

from datetime import UTC, datetime

import pytest

from outreach.feeds.entries import entry_from
from outreach.feeds.models import Source
from tests.feeds.writing import HOME, PREFIXES, RSS1, XHTML, atom, content, entry, first, item, read, rss

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
