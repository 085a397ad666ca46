"""Staff's own posts: checked at save time, approved as shown, cancelled where that is still possible."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import override_settings

from outreach.core.errors import BadInput, OutreachError
from outreach.core.models import Activity, subject_of
from outreach.feeds.models import Entry
from outreach.posts import approving, payloads, writing
from outreach.posts.models import Account, Image, Post, Publication
from outreach.posts.sending import publishing
from tests.posts.fakes import Fake, Fault

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture() -> Image:
    return Image.objects.create(sha256="a" * 64, content=b"jpeg", mime="image/jpeg", width=1, height=1)


def written(*accounts: Account, **values: object) -> Post:
    return writing.write(**{"text": "Welkom", "link": "", "accounts": accounts, "language": "nl", **values})


def states(post: Post) -> dict[str, str]:
    return {row.account.network: row.state for row in post.publications.all()}


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"text": "a" * 281}, "text", "too long for Leraren op X: 281 characters, and 280"),
        ({"text": " \n"}, "text", "nothing to post"),
        ({"link": "ftp://a.example"}, "link", "https://"),
        ({"link": "https://a.example/" + "x" * 2000}, "link", "2000"),
        ({"language": "de"}, "language", "de"),
        ({"accounts": []}, "accounts", "at least one account"),
    ],
)
def test_bad_input_is_refused_at_save_time_and_nothing_is_kept(
    x: Account, values: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        written(x, **values)
    assert caught.value.field == field
    assert not Post.objects.exists()


def test_a_planned_time_in_the_past_is_refused(x: Account, now: datetime) -> None:
    with pytest.raises(BadInput, match="past") as caught:
        written(x, planned_at=now)
    assert caught.value.field == "planned_at"


def test_an_image_needs_words_for_those_who_cannot_see_it(x: Account, picture: Image) -> None:
    for alt, said in [("", "what the image shows"), ("a" * 1001, "1000")]:
        with pytest.raises(BadInput, match=said) as caught:
            written(x, images=[(picture, alt)])
        assert caught.value.field == "image_alt_0"
    assert written(x, images=[(picture, " Een klas ")]).images.get().alt == "Een klas"


def test_images_keep_their_order_and_a_change_replaces_them(x: Account, picture: Image) -> None:
    other = Image.objects.create(sha256="b" * 64, content=b"other", mime="image/png", width=1, height=1)
    post = written(x, images=[(other, "Een bank"), (picture, "Een klas")])
    assert [(one.image, one.alt) for one in post.images.all()] == [(other, "Een bank"), (picture, "Een klas")]
    writing.change(post, images=[(picture, "Een klas"), (other, "Een bank")])
    assert [one.image for one in post.images.all()] == [picture, other]
    writing.change(post, text="Anders")
    assert post.images.count() == 2
    writing.change(post, images=[])
    assert not post.images.exists()


def test_the_sentence_names_the_image_that_has_no_words(x: Account, picture: Image) -> None:
    with pytest.raises(BadInput, match="image 2") as caught:
        written(x, images=[(picture, "Een klas"), (picture, " ")])
    assert caught.value.field == "image_alt_1"


def test_more_images_than_an_account_takes_are_refused_with_its_name(x: Account, picture: Image) -> None:
    with pytest.raises(BadInput, match="Leraren op X takes 4 images") as caught:
        written(x, images=[(picture, "Een klas")] * 5)
    assert caught.value.field == "images"
    assert not Post.objects.exists()


def test_a_post_goes_from_draft_to_waiting_to_approved(x: Account, now: datetime) -> None:
    post = written(x, planned_at=now + timedelta(days=1))
    assert post.state == "draft"
    writing.submit(post)
    writing.submit(post)
    assert post.state == "waiting"
    approving.approve(post, seen=approving.fingerprint(post))
    row = post.publications.get()
    assert (post.state, row.state, row.due_at) == ("approved", "queued", now + timedelta(days=1))


def test_a_change_that_is_wrong_changes_nothing(x: Account) -> None:
    post = written(x)
    with pytest.raises(BadInput):
        writing.change(post, text="a" * 300, language="fr")
    post.refresh_from_db()
    assert (post.text, post.language) == ("Welkom", "nl")


def test_an_approved_post_cannot_be_changed(x: Account) -> None:
    post = written(x)
    approving.approve(post)
    with pytest.raises(OutreachError, match="cannot be changed"):
        writing.change(post, text="Anders")
    assert post.publications.get().payload["text"] == "Welkom"


def test_what_was_shown_is_what_is_approved_or_nothing_is(
    x: Account, facebook: Account, entry: Entry
) -> None:
    post = Post.objects.create(kind="entry", entry=entry, state="waiting", language="nl")
    post.accounts.set([x, facebook])
    seen = approving.fingerprint(post)
    Entry.objects.filter(pk=entry.pk).update(title="Afgelast")
    with pytest.raises(OutreachError, match="changed since it was shown"):
        approving.approve(post, seen=seen)
    post.refresh_from_db()
    assert (post.state, states(post)) == ("waiting", {})
    approving.approve(post, seen=approving.fingerprint(post))
    assert all(row.payload["text"].startswith("Afgelast") for row in post.publications.all())


@pytest.mark.parametrize(
    "change", [{"text": "Anders"}, {"link": "https://a.example"}, {"planned": True}, {"account": True}]
)
def test_any_change_of_what_would_be_sent_changes_the_fingerprint(
    x: Account, facebook: Account, now: datetime, change: dict[str, object]
) -> None:
    post = written(x)
    seen = approving.fingerprint(post)
    if "planned" in change:
        change = {"planned_at": now + timedelta(hours=1)}
    if "account" in change:
        change = {"accounts": [x, facebook]}
    assert approving.fingerprint(writing.change(post, **change)) != seen


def test_each_part_of_what_is_sent_is_in_the_fingerprint(facebook: Account, picture: Image) -> None:
    """Also what stands beside the text: a card, pictures, their words and their order."""
    other = Image.objects.create(sha256="b" * 64, content=b"jpeg", mime="image/jpeg", width=1, height=1)
    post = written(facebook)
    changes: tuple[dict[str, object], ...] = (
        {},
        {"link": "https://a.example"},
        {"link": "https://a.example/b"},
        {"link": "", "images": [(picture, "Deur"), (other, "Raam")]},
        {"images": [(other, "Raam"), (picture, "Deur")]},
        {"images": [(other, "Raam"), (picture, "Poort")]},
        {"images": [(other, "Raam")]},
        {"variants": {"facebook": "Anders"}},
    )
    seen = [approving.fingerprint(writing.change(post, **one)) for one in changes]
    assert len(set(seen)) == len(seen)


def test_accounts_of_one_name_have_one_fingerprint_whatever_their_order(
    x: Account, facebook: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    Account.objects.update(name="Lerarennetwerk")
    post = written(x, facebook)
    seen, drafts = approving.fingerprint(post), approving._drafts
    monkeypatch.setattr(approving, "_drafts", lambda *words: drafts(*words)[::-1])
    approving.approve(post, seen=seen)
    assert states(post) == {"x": "queued", "facebook": "queued"}


def test_what_was_approved_is_what_is_sent_to_the_byte(
    x: Account, facebook: Account, picture: Image, now: datetime, net: dict[str, Fake]
) -> None:
    post = written(
        x, facebook, text="’s Avonds & é", link="https://a.example/é#x", images=[(picture, "Een klas")]
    )
    shown = {p.account.network: (p.text, p.link) for p in approving.preview(post)}
    approving.approve(post, seen=approving.fingerprint(post))
    while publishing.publish_one(now):
        pass
    for network in ("x", "facebook"):
        (sent,) = net[network].posts
        assert (sent.text, sent.link) == shown[network]
        assert sent.tag in sent.text
        assert [(one.content, one.alt) for one in sent.pictures] == [(b"jpeg", "Een klas")]


def test_what_was_frozen_when_there_was_one_image_still_thaws(picture: Image) -> None:
    old = {"text": "Dag", "link": "", "tag": "o1", "image": picture.sha256, "alt": "Een klas"}
    thawed = payloads.thawed(old)
    assert [(one.content, one.mime, one.alt) for one in thawed.pictures] == [
        (b"jpeg", "image/jpeg", "Een klas")
    ]
    assert payloads.thawed({**old, "image": "", "alt": ""}).pictures == ()


def test_a_later_edit_of_the_entry_changes_nothing_that_was_approved(
    x: Account, entry: Entry, now: datetime, net: dict[str, Fake]
) -> None:
    post = Post.objects.create(kind="entry", entry=entry, state="waiting", language="nl")
    post.accounts.add(x)
    shown = approving.preview(post)[0].text
    approving.approve(post)
    Entry.objects.filter(pk=entry.pk).update(title="Afgelast", summary="", link="https://elsewhere.example")
    assert approving.preview(Post.objects.get(pk=post.pk))[0].text == shown
    publishing.publish_one(now)
    assert net["x"].posts[0].text == shown


def test_approving_twice_is_harmless(x: Account) -> None:
    post = written(x)
    approving.approve(post)
    payload = post.publications.get().payload
    approving.approve(post, seen="something older")
    assert post.publications.get().payload == payload
    assert (
        Activity.objects.filter(subject=subject_of(post), sentence__text__startswith="Approved").count() == 1
    )


def test_a_cancelled_post_is_not_approved_until_it_is_taken_up_again(x: Account) -> None:
    post = written(x)
    approving.cancel(post, why="Verkeerde datum")
    with pytest.raises(OutreachError, match="cancelled"):
        approving.approve(post)
    with pytest.raises(OutreachError, match="cancelled"):
        writing.submit(post)
    approving.restore(post)
    approving.approve(post)
    assert states(post) == {"x": "queued"}


def test_a_post_that_was_approved_cancelled_and_changed_goes_out_as_changed(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    post = written(x)
    approving.approve(post)
    approving.cancel(post)
    approving.restore(post)
    writing.change(post, text="Beter")
    approving.approve(post)
    publishing.publish_one(now)
    assert [sent.text for sent in net["x"].posts] == ["Beter"]


def test_cancelling_stops_what_is_queued_and_says_what_is_out_already(
    x: Account, facebook: Account, now: datetime, net: dict[str, Fake]
) -> None:
    post = written(x, facebook)
    approving.approve(post)
    Publication.objects.filter(account=facebook).update(due_at=now + timedelta(hours=1))
    publishing.publish_one(now)
    said = str(approving.cancel(post))
    assert "Leraren op X" in said
    assert states(post) == {"x": "published", "facebook": "cancelled"}
    assert post.state == "approved"
    assert "too late" in str(approving.cancel(post))
    assert not publishing.publish_one(now + timedelta(hours=2))
    assert not net["facebook"].posts


def test_what_may_be_out_cannot_be_cancelled(x: Account, now: datetime, net: dict[str, Fake]) -> None:
    post = written(x)
    approving.approve(post)
    net["x"].faults = [Fault(TimeoutError(), accepted=True)]
    publishing.publish_one(now)
    said = approving.cancel_publication(post.publications.get())
    assert "it is not posted again" in str(said)
    with pytest.raises(OutreachError, match="too late"):
        approving.cancel_publication(post.publications.get())
    assert states(post) == {"x": "unknown"}


def test_one_account_can_be_left_out_and_put_back(
    x: Account, facebook: Account, now: datetime, net: dict[str, Fake]
) -> None:
    post = written(x, facebook)
    approving.approve(post)
    row = post.publications.get(account=facebook)
    approving.cancel_publication(row)
    approving.cancel_publication(row)
    assert states(post) == {"x": "queued", "facebook": "cancelled"}
    approving.requeue(row)
    with pytest.raises(OutreachError):
        approving.requeue(row)
    while publishing.publish_one(now):
        pass
    assert [len(net[name].posts) for name in ("x", "facebook")] == [1, 1]


def test_words_of_staff_replace_those_of_an_entry_and_its_link_stays(
    x: Account, entry: Entry, make_entry: Callable[..., Entry]
) -> None:
    post = Post.objects.create(kind="entry", entry=entry, state="waiting", language="nl")
    post.accounts.add(x)
    writing.change(post, text="In onze woorden")
    assert approving.preview(post)[0].text.startswith(f"In onze woorden\n\n{entry.link}?utm_id=o")


def test_a_tag_is_one_per_post_and_account_and_left_out_where_it_is_not_wanted(
    x: Account, facebook: Account
) -> None:
    one, two = written(x, facebook, link="https://a.example"), written(x, link="https://a.example")
    texts = [approving.preview(one)[0], approving.preview(one)[1], approving.preview(two)[0]]
    assert len({shown.text + shown.link for shown in texts}) == 3
    assert len({payloads.tag_for(one, x), payloads.tag_for(one, facebook), payloads.tag_for(two, x)}) == 3
    with override_settings(SECRET_KEY="of another installation with the same numbers"):
        elsewhere = payloads.tag_for(one, x)
    assert elsewhere != payloads.tag_for(one, x)
    assert approving.preview(one) == approving.preview(one)
    Account.objects.update(tag_links=False)
    assert approving.preview(Post.objects.get(pk=two.pk))[0].text == "Welkom\n\nhttps://a.example"


def test_one_network_gets_other_words_and_each_account_on_it_is_sent_them(
    x: Account, facebook: Account, now: datetime, net: dict[str, Fake]
) -> None:
    post = written(x, facebook, text="a" * 300, variants={"x": " Kort\r\n"}, link="https://a.example")
    shown = {p.account.network: p.text for p in approving.preview(post)}
    assert shown["facebook"] == "a" * 300
    assert shown["x"].startswith("Kort\n\nhttps://a.example?utm_id=o")
    approving.approve(post, seen=approving.fingerprint(post))
    Post.objects.update(variants={}, text="Later")
    while publishing.publish_one(now):
        pass
    assert {name: net[name].posts[0].text for name in shown} == shown


@pytest.mark.parametrize(
    ("variants", "field", "words"),
    [
        ({"x": "b" * 281}, "text_x", "too long for Leraren op X: 281 characters, and 280.*“b”"),
        ({"x": "$ABC of $DEF"}, "text_x", "dollar sign.*\\$ABC, \\$DEF"),
        ({"mastodon": "Dag"}, "variants", "mastodon"),
    ],
)
def test_a_variant_is_checked_when_it_is_saved(
    x: Account, variants: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        written(x, variants=variants)
    assert caught.value.field == field
    assert not Post.objects.exists()


def test_a_change_of_a_variant_changes_the_fingerprint(x: Account, facebook: Account) -> None:
    post = written(x, facebook)
    seen = approving.fingerprint(post)
    writing.change(post, variants={"facebook": "Anders"})
    assert approving.fingerprint(post) != seen
    with pytest.raises(OutreachError, match="changed since"):
        approving.approve(post, seen=seen)
    writing.change(post, variants={"facebook": ""})
    assert (post.variants, approving.fingerprint(post)) == ({}, seen)


def test_a_variant_of_an_entrys_post_replaces_the_composed_text_of_that_network_only(
    x: Account, facebook: Account, entry: Entry
) -> None:
    post = Post.objects.create(kind="entry", entry=entry, state="waiting", language="nl")
    post.accounts.set([x, facebook])
    before = {p.account.network: p.text for p in approving.preview(post)}
    writing.change(post, variants={"x": "Met onze woorden"})
    after = {p.account.network: p.text for p in approving.preview(post)}
    assert after["facebook"] == before["facebook"]
    assert after["x"].startswith(f"Met onze woorden\n\n{entry.link}?utm_id=o")


def test_what_goes_beyond_the_limit_is_told_in_words(x: Account) -> None:
    with pytest.raises(BadInput, match="There is no room for this: “past niet”"):
        written(x, text="woord " * 46 + "dit past niet")


def test_what_was_refused_goes_out_anew_when_the_post_is_taken_up_changed_and_approved(
    x: Account, now: datetime, net: dict[str, Fake]
) -> None:
    post = written(x)
    approving.approve(post)
    Publication.objects.update(state="refused", says_duplicate=True)
    approving.cancel(post)
    approving.restore(post)
    writing.change(post, text="Beter")
    approving.approve(post)
    row = post.publications.get()
    assert (row.state, row.says_duplicate) == ("queued", False)
    publishing.publish_one(now)
    assert [sent.text for sent in net["x"].posts] == ["Beter"]
