"""What a post is on each of its accounts, whole: for `outreach post show`."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from outreach.cli import output

if TYPE_CHECKING:
    from outreach.posts.models import Post


def show(post: "Post") -> None:
    """All that would be sent, or was approved; with the mark by which just that can be approved."""
    found = list(_accounts(post))
    if output.wants_json():
        return output.machine({"id": post.pk, "state": post.state, "seen": mark(post), "accounts": found})
    for one in found:
        _show(one)
    if seen := mark(post):  # on one line, whatever its width: it is copied
        print(
            "\n"
            + _("Approve just this: %(command)s")
            % {"command": f"outreach post approve {post.pk} --seen {seen}"}
        )
    return None


def mark(post: "Post") -> str:
    """The fingerprint of what waits for approval; "" when nothing does."""
    from outreach.posts import approving
    from outreach.posts.models import Post

    is_open = post.state in (Post.State.DRAFT, Post.State.WAITING)
    return approving.fingerprint(post) if is_open else ""


def _accounts(post: "Post") -> Iterator[dict[str, Any]]:
    from outreach.posts import approving

    dues = dict(post.publications.values_list("account", "due_at")) or _places(post)
    for one in approving.preview(post):
        yield {
            "account": one.account.name,
            "text": one.text,
            "link": one.link,
            "images": one.images,
            "length": one.length,
            "limit": one.limit,
            "due_at": dues.get(one.account.pk),
            "problem": str(one.problem),
            "left_out": str(one.left_out),
        }


def _places(post: "Post") -> dict[int, datetime]:
    """When it would go out if it were approved now; nothing where the hours of an account leave no time."""
    from outreach.core.errors import OutreachError
    from outreach.posts import approving

    try:
        return {pk: place.at for pk, place in approving.places(post).items()}
    except OutreachError:
        return {}


def _show(one: dict[str, Any]) -> None:
    from outreach.core import dates

    count = _("%(length)s of %(limit)s") % {"length": one["length"], "limit": one["limit"]}
    output.heading(f"{one['account']} ({count})")
    print(one["text"])
    pictures = [f"{number}. {image['alt']}" for number, image in enumerate(one["images"], 1)]
    output.facts(
        {
            _("Link"): one["link"],
            _("Pictures"): "\n".join(pictures),
            _("Goes out"): dates.when(one["due_at"]) if one["due_at"] else "",
            _("Problem"): one["problem"],
            _("Picture of the article"): one["left_out"],
        }
    )
