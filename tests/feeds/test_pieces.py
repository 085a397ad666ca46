"""A feed in pieces: a digest stays while the bytes do, and nothing is taken for an item that is none."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outreach.feeds import pieces
from tests.fakes.rendering import FLAVOURS
from tests.feeds.test_parsing import HOME, article

HEAD = b'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>'
TAIL = b"</channel></rss>"


def of(inner: bytes, context: bytes = b"", head: bytes = HEAD) -> pieces.Pieces | None:
    return pieces.of(head + inner + TAIL, context)


def items(*names: str) -> bytes:
    return b"\n".join(f"<item><title>{name}</title></item>".encode() for name in names)


@pytest.mark.parametrize("flavour", ["wordpress", "drupal", "atom"])
def test_a_feed_of_every_flavour_has_as_many_pieces_as_articles(flavour: str) -> None:
    articles = [article(number=n, title=f"Deel {n}") for n in range(3)]
    found = pieces.of(FLAVOURS[flavour]("N", HOME, articles).encode(), b"")
    assert found is not None
    assert len(found.digests) == 3


def test_the_pieces_of_before_keep_their_digests_in_the_same_frame() -> None:
    before, after = of(items("a", "b")), of(items("c", "a", "b"))
    assert before is not None
    assert after is not None
    assert (after.frame, after.digests[1:]) == (before.frame, before.digests)


def test_the_date_of_the_feed_is_no_part_of_its_frame() -> None:
    stamps = (b"<lastBuildDate>today</lastBuildDate>", b"<lastBuildDate>tomorrow</lastBuildDate>")
    one, other = (of(stamp + items("a")) for stamp in stamps)
    assert one is not None
    assert other is not None
    assert one.frame == other.frame


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace(b'"1.0"?', b'"1.0" encoding="iso-8859-1"?'),
        HEAD.replace(b"<rss", b'<rss xmlns:ev="http://purl.org/rss/1.0/modules/event/"'),
        HEAD.replace(b"</title>", b"</title><language>fr</language>"),
    ],
)
def test_what_may_change_the_meaning_of_an_item_changes_the_frame(head: bytes) -> None:
    plain, other = of(items("a")), of(items("a"), head=head)
    assert plain is not None
    assert other is not None
    assert plain.frame != other.frame


def test_another_zone_or_address_is_another_frame() -> None:
    one, other = of(items("a"), b"Europe/Brussels"), of(items("a"), b"Europe/London")
    assert one is not None
    assert other is not None
    assert one.frame != other.frame


@pytest.mark.parametrize(
    ("inner", "count"),
    [
        (b"<!-- <item>old</item> -->" + items("a"), 1),
        (b"<item><description><![CDATA[<item>quoted</item>]]></description></item>", 1),
        (b"<item><!-- </item> --><title>a</title></item>", 1),
        (items("a") + b"<items>1</items><itemCount/>", 1),
        (b"<item><title>a</title></item\n>", 1),
    ],
)
def test_marks_in_comments_and_texts_are_none(inner: bytes, count: int) -> None:
    found = of(inner)
    assert found is not None
    assert len(found.digests) == count


@pytest.mark.parametrize(
    "inner",
    [
        b"",
        items("a", "a"),
        b"<item><title>a</title>",
        b"<item><item><title>a</title></item></item>",
        b"<item><title>a</title></entry>",
        b"<item/>",
        b"</item>" + items("a"),
        items("a") + b"<!-- never closed",
        items("a") + b"<item><![CDATA[never closed</item>",
        items("a").decode().encode("utf-16"),
    ],
)
def test_what_is_not_plainly_one_item_after_the_other_is_read_whole(inner: bytes) -> None:
    head = b"" if inner[:2] in {b"\xff\xfe", b"\xfe\xff"} else HEAD
    assert of(inner, head=head) is None


def test_without_the_known_ones_the_others_stand_in_the_same_frame() -> None:
    body = HEAD + items("a", "b", "c") + TAIL
    found = pieces.of(body, b"")
    assert found is not None
    rest = pieces.without(body, found, set(found.digests[:2]))
    assert rest == HEAD + b"\n\n" + items("c") + TAIL


_MARKUP = st.lists(
    st.sampled_from(
        [b"<item>", b"</item>", b"<entry ", b"</entry>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"a>"]
    )
)


@given(_MARKUP.map(b"".join))
@example(b"<item><entry></item></entry>")
def test_any_heap_of_marks_is_taken_apart_or_refused(body: bytes) -> None:
    """What is taken out, put back in its places, is what was there."""
    found = pieces.of(body, b"")
    if found is not None:
        taken = [body[start:end] for start, end in found.spans]
        assert all(one.startswith((b"<item", b"<entry")) and one.endswith(b">") for one in taken)
        assert len(pieces.without(body, found, found.digests)) + sum(map(len, taken)) == len(body)


def test_a_million_openings_take_no_longer_than_a_million_letters() -> None:
    """Each opening would look to the end of the body, if a pattern did the looking."""
    for mark in (b"<item>", b"<!--", b"<![CDATA[", b"<item><!--"):
        assert pieces.of(mark * 300_000, b"") is None
