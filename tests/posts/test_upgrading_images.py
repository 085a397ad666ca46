"""A post that was written when there was one picture at most keeps it."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from outreach.posts.models import Post

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
