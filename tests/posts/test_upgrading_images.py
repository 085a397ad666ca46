"""What was written when there was one picture at most, and no hours, keeps its picture and its time."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from outreach.core import clock
from outreach.posts import payloads
from outreach.posts.models import Post, Publication

BEFORE, AFTER = ("posts", "0007_health_and_cost"), ("posts", "0009_no_single_image")


def migrated(to: tuple[str, str]) -> MigrationExecutor:
    executor = MigrationExecutor(connection)
    executor.migrate([to])
    return MigrationExecutor(connection)


@pytest.mark.django_db(transaction=True)
def test_the_picture_of_a_post_is_the_first_of_several() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    old = migrated(BEFORE).loader.project_state(BEFORE).apps
    image = old.get_model("posts", "Image").objects.create(
        sha256="a" * 64, content=b"jpeg", mime="image/jpeg", width=1, height=1
    )
    posts = old.get_model("posts", "Post").objects
    with_image = posts.create(text="Met", image=image, image_alt="Een klas")
    without = posts.create(text="Zonder")
    migrated(AFTER)
    MigrationExecutor(connection).migrate(latest)
    (kept,) = Post.objects.get(pk=with_image.pk).images.all()
    assert (kept.image_id, kept.alt, kept.position) == (image.pk, "Een klas", 0)
    assert not Post.objects.get(pk=without.pk).images.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_queued_for_a_chosen_moment_keeps_it_and_goes_out_as_it_was_frozen() -> None:
    latest, before = MigrationExecutor(connection).loader.graph.leaf_nodes(), ("posts", "0006_laid_aside")
    old = migrated(before).loader.project_state(before).apps
    account = old.get_model("posts", "Account").objects.create(network="x", name="X", credentials={"a": "b"})
    frozen = {"text": "Kom https://a.example", "link": "", "tag": "", "image": "b" * 64, "alt": "Een klas"}
    rows = []
    for planned_at in (clock.now(), None):
        post = old.get_model("posts", "Post").objects.create(
            text="Kom", state="approved", planned_at=planned_at
        )
        columns = {"post": post, "account": account, "payload": frozen, "due_at": clock.now()}
        rows.append(old.get_model("posts", "Publication").objects.create(**columns).pk)
    MigrationExecutor(connection).migrate(latest)
    kept = Publication.objects.in_bulk(rows)
    assert [kept[pk].timing for pk in rows] == ["fixed", "hours"]
    assert {(row.held, row.page_state, row.unwanted) for row in kept.values()} == {("", "unseen", False)}
    assert payloads.frozen_images(kept[rows[0]].payload) == [{"image": "b" * 64, "alt": "Een klas"}]
