"""`outreach post`: what we say on the networks."""

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from django.utils.translation import gettext as _

from outreach.cli import finding, output
from outreach.cli.running import setup

if TYPE_CHECKING:
    from outreach.posts.models import Image, Post

app = typer.Typer(help="What is said on the networks.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(help="The number of the post.")]


@app.command()
def write(
    text: Annotated[str, typer.Argument(help="What to say.")],
    account: Annotated[list[str], typer.Option(help="Where: a number or name; may be given more than once.")],
    variant: Annotated[
        list[str] | None,
        typer.Option(help='Other words for one network, like x="…"; can be given again.'),
    ] = None,
    link: Annotated[str, typer.Option(help="An address to point to.")] = "",
    image: Annotated[
        list[Path] | None,
        typer.Option(help="A picture: JPEG or PNG; can be given again.", dir_okay=False, exists=True),
    ] = None,
    alt: Annotated[
        list[str] | None,
        typer.Option("--alt", "--image-alt", help="What the picture shows, in words; one for each picture."),
    ] = None,
    at: Annotated[
        str, typer.Option(help="When, like 2026-12-01 09:00; the next free time when left out.")
    ] = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also in quiet hours, or near another post.")
    ] = False,
    language: Annotated[str, typer.Option(help="nl, fr or en.")] = "",
    draft: Annotated[bool, typer.Option("--draft", help="Keep it as a draft.")] = False,
) -> None:
    """Write a post. It waits for approval, unless it is a draft."""
    setup()
    from django.conf import settings

    from outreach.posts import writing
    from outreach.posts.models import Account

    chosen = [finding.one(Account.objects.all(), name, "account", "name") for name in account]
    post = writing.write(
        text=text,
        variants=_variants(variant or [], {one.network for one in chosen}),
        link=link,
        images=_shown(image or [], alt or []),
        accounts=chosen,
        planned_at=finding.instant(at, "at") if at else None,
        language=language or settings.LANGUAGE_CODE,
        anyway=anyway,
    )
    if not draft:
        writing.submit(post)
    output.done(_("Post %(number)s is written.") % {"number": post.pk}, id=post.pk, state=post.state)


@app.command("list")
def list_(
    state: Annotated[
        str, typer.Option(help="Only those that are draft, waiting, approved or cancelled.")
    ] = "",
    most: Annotated[int, typer.Option(help="How many, newest first.", min=1)] = 30,
) -> None:
    """The posts, and where they are."""
    setup()
    from outreach.posts.models import Post

    found = Post.objects.select_related("entry").prefetch_related("publications__account")
    if state:
        found = found.filter(state=_state(state))
    output.rows(
        (_row(post) for post in found[:most]),
        {"id": _("No."), "text": _("Post"), "state": _("State"), "where": _("Where")},
        _("There are no posts."),
    )


@app.command()
def show(number: Number) -> None:
    """What a post is on each account: all of its text, link, pictures and time."""
    setup()
    from outreach.cli import post_show

    post_show.show(_post(number))


@app.command()
def approve(
    number: Number,
    seen: Annotated[
        str, typer.Option(help="What `outreach post show` gave: approve that, and nothing else.")
    ] = "",
    now: Annotated[bool, typer.Option("--now", help="At once, whatever the hours of the accounts.")] = False,
) -> None:
    """Let a post go out, as `outreach post show` and the page show it."""
    setup()
    from outreach.posts import approving

    post = _post(number)
    approving.approve(post, seen=seen, at_once=now)
    output.done(_("Post %(number)s is approved.") % {"number": post.pk}, id=post.pk, state=post.state)


@app.command()
def move(
    number: Annotated[str, typer.Argument(help="The number of the publication (see: outreach post list).")],
    to: Annotated[str, typer.Argument(help="A moment like 2026-12-01 09:00; or next; or now.")],
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also in quiet hours, or near another post.")
    ] = False,
) -> None:
    """Give what is queued another time: one that you choose, the next free one, or now."""
    setup()
    from outreach.posts import moving
    from outreach.posts.models import Publication

    rows = Publication.objects.select_related("post__entry", "account").defer("account__credentials")
    publication = finding.one(rows, number, "publication")
    if to in {"next", "now"}:
        said = moving.post_now(publication) if to == "now" else moving.to_next_free(publication)
    else:
        said = moving.move(publication, finding.instant(to, "to"), anyway=anyway)
    output.done(str(said), id=publication.pk, due_at=publication.due_at)


@app.command()
def reshare(
    entry: Annotated[str, typer.Argument(help="The entry: its number, link or title.")],
    anyway: Annotated[bool, typer.Option("--anyway", help="Also when it was posted not long ago.")] = False,
) -> None:
    """Offer an article that was posted before once more. It waits for approval."""
    setup()
    from outreach.feeds.models import Entry
    from outreach.posts import resharing

    found = finding.one(Entry.objects.all(), entry, "entry", "link", "title")
    post = resharing.reshare(found, anyway=anyway)
    output.done(_("Post %(number)s is written.") % {"number": post.pk}, id=post.pk, state=post.state)


@app.command()
def cancel(number: Number, why: Annotated[str, typer.Option(help="The reason, for the log.")] = "") -> None:
    """Stop what has not gone out yet."""
    setup()
    from outreach.posts import approving

    post = _post(number)
    output.done(str(approving.cancel(post, why=why)), id=post.pk, state=post.state)


@app.command()
def resolve(
    number: Annotated[str, typer.Argument(help="The number of the publication (see: outreach post list).")],
    answer: Annotated[
        Literal["there", "again"],
        typer.Argument(help="“there” when it is on the network, “again” to send it again."),
    ],
    url: Annotated[str, typer.Option(help="Where it is.")] = "",
) -> None:
    """Say what became of a post that the network cannot be asked about."""
    setup()
    from outreach.posts.models import Publication
    from outreach.posts.sending.publishing import resolve as settle

    publication = finding.one(Publication.objects.all(), number, "publication")
    settle(publication, answer, url=url)
    publication.refresh_from_db()
    output.done(_("Noted."), id=publication.pk, state=publication.state)


@app.command()
def late(
    number: Annotated[str, typer.Argument(help="The number of the publication (see: outreach post list).")],
    answer: Annotated[
        Literal["send", "leave"], typer.Argument(help="“send” when it still goes out, “leave” when not.")
    ],
) -> None:
    """Say whether a post that comes too late still goes out."""
    setup()
    from outreach.posts import holding
    from outreach.posts.models import Publication

    publication = finding.one(Publication.objects.all(), number, "publication")
    (holding.send_anyway if answer == "send" else holding.leave)(publication)
    output.done(_("Noted."), id=publication.pk, state=publication.state)


@app.command()
def link(
    number: Number,
    answer: Annotated[Literal["yes", "no"], typer.Argument(help="Whether it carries its link.")],
) -> None:
    """Say whether a post carries its link where that costs more (X)."""
    setup()
    from outreach.posts import writing

    post = _post(number)
    writing.change(post, without_link=answer == "no")
    output.done(_("Noted."), id=post.pk, without_link=post.without_link)


def _shown(files: list[Path], alts: list[str]) -> list[tuple["Image", str]]:
    """Each picture with its words. Raises BadInput, with the name of the file, for what cannot be posted."""
    from outreach.core.errors import BadInput
    from outreach.core.sentences import N_, say
    from outreach.posts import images

    if len(alts) > len(files):
        raise BadInput(
            say(N_("There are more words (--alt) than pictures (--image): give one for each picture.")), "alt"
        )
    shown = []
    for file, alt in zip_longest(files, alts, fillvalue=""):
        try:
            shown.append((images.accept(Path(file).read_bytes()), alt))
        except BadInput as error:
            said = say(N_("%(file)s: %(why)s"), file=str(file), why=error.sentence)
            raise BadInput(said, "image") from None
    return shown


def _variants(given: list[str], used: set[str]) -> dict[str, str]:
    """`["x=Kort"]` as {"x": "Kort"}. Raises BadInput, also for a network that the post does not go to."""
    from outreach.core.errors import BadInput
    from outreach.core.sentences import N_, say

    parts = [one.partition("=") for one in given]
    found = {name.strip().lower(): words for name, _, words in parts}
    known = ", ".join(sorted(used))
    if len(found) < len(given):
        raise BadInput(say(N_("Give each network one variant at most.")), "variant")
    for name, words in found.items():
        if name not in used or not words.strip():
            sentence = N_(
                "“%(given)s” is not a variant; write a network of this post (%(known)s), = and the words."
            )
            raise BadInput(say(sentence, given=f"{name}={words}"[:80], known=known), "variant")
    return found


def _post(number: str) -> "Post":
    from outreach.posts.models import Post

    return finding.one(Post.objects.all(), number, "post")


def _state(text: str) -> str:
    from outreach.core.errors import BadInput
    from outreach.core.sentences import N_, say
    from outreach.posts.models import Post

    if text not in Post.State.values:
        known = ", ".join(Post.State.values)
        raise BadInput(
            say(N_("“%(state)s” is not a state; use one of %(known)s."), state=text, known=known), "state"
        )
    return text


def _row(post: "Post") -> dict[str, object]:
    from outreach.core import states

    publications = [
        {
            "id": row.pk,
            "account": row.account.name,
            "state": row.state,
            "due_at": row.due_at,
            "url": row.remote_url,
            "reason": str(row.reason),
            "held": row.held,
        }
        for row in post.publications.all()
    ]
    where = "\n".join(
        f"{row['id']} {row['account']}: {states.word(str(row['state']))}" for row in publications
    )
    return {
        "id": post.pk,
        "text": str(post),
        "state": post.state,
        "where": where,
        "publications": publications,
    }
