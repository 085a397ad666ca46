"""`outreach why`: what was decided about an article or a post, and what became of it, account by account."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.utils.translation import gettext as _

from outreach.cli import finding, output
from outreach.cli.running import setup

if TYPE_CHECKING:
    from outreach.core.models import Activity
    from outreach.posts.story import Story


def why(
    url: Annotated[str, typer.Argument(help="The address of the article.")] = "",
    post: Annotated[str, typer.Option(help="Or the number of a post (see: outreach post list).")] = "",
    publication: Annotated[str, typer.Option(help="Or the number of a post on one account.")] = "",
    raw: Annotated[bool, typer.Option("--raw", help="With the networks' own answers.")] = False,
) -> None:
    """What was decided about an article or a post: where it was posted, or why not, and what is next."""
    setup()
    if post or publication:
        _of_posts(post, publication, raw=raw)
    else:
        _of_entry(url, raw=raw)


def _of_entry(url: str, *, raw: bool) -> None:
    from outreach.core import clock
    from outreach.feeds.why import why as decisions
    from outreach.newsletters.content import reasons
    from outreach.posts import fates, story

    now = clock.now()
    entry, log = decisions(url)
    mailed = [str(one.sentence) for one in reasons.of(entry, now)]
    stories, state, waits = story.of_entry(entry, now), fates.state_of(entry), fates.what_next(entry, now)
    # What happened on an account stands in that account's own log.
    log = [line for line in log if not (stories and line.echo and _is_told(line, stories))]
    if output.wants_json():
        facts = {"title": entry.title, "link": entry.link, "state": state, "next": str(waits)}
        output.machine(
            facts | {"log": _told(log), "posts": [_data(one) for one in stories], "newsletters": mailed}
        )
        return
    output.heading(entry.title, entry.link)
    output.state(state, str(waits))
    for words in mailed:
        print(words)
    _table(log, raw=raw)
    for one in stories:
        _show(one, raw=raw)


def _of_posts(post: str, publication: str, *, raw: bool) -> None:
    from outreach.core import clock
    from outreach.posts import story
    from outreach.posts.models import Post, Publication

    if publication:
        row = finding.one(Publication.objects.all(), publication, "publication")
        stories = [one for one in story.of_post(row.post, clock.now()) if one.publication.pk == row.pk]
        found = row.post
    else:
        found = finding.one(Post.objects.all(), post, "post")
        stories = story.of_post(found, clock.now())
    log = [] if publication else story.log_of(found)
    if output.wants_json():
        facts = {"id": found.pk, "post": str(found), "state": found.state, "reason": str(found.reason)}
        output.machine(facts | {"log": _told(log), "posts": [_data(one) for one in stories]})
        return
    output.heading(str(found))
    output.state(found.state, str(found.reason))
    _table(log, raw=raw)
    for one in stories:
        _show(one, raw=raw)


def _is_told(line: "Activity", stories: list["Story"]) -> bool:
    return any(own.sentence == line.sentence for one in stories for own in one.lines)


def _show(one: "Story", *, raw: bool) -> None:
    row = one.publication
    output.heading(str(row.account), row.remote_url)
    output.state(row.state)
    output.facts(
        {
            _("What happened"): str(row.reason),
            _("Why"): str(row.cause),
            _("What to do"): str(row.advice),
            _("What is next"): str(one.next),
        }
    )
    if one.lines:  # none: what was decided stands with the post itself
        _table(one.lines, raw=raw)


def _table(lines: Iterable["Activity"], *, raw: bool) -> None:
    headings = {"at": _("When"), "sentence": _("What happened")}
    output.rows(_told(lines, raw=raw), headings, _("Nothing was decided about it yet."))


def _told(lines: Iterable["Activity"], *, raw: bool = True) -> list[dict[str, Any]]:
    return [_line(line, raw=raw) for line in lines]


def _line(line: "Activity", *, raw: bool) -> dict[str, Any]:
    """One line for people and for machines alike; the words hold what a table has no column for."""
    if output.wants_json():
        return {
            "at": line.at,
            "level": line.level,
            "sentence": str(line.sentence),
            "times": line.times,
            "last_at": line.last_at,
            "by": str(line.actor or ""),
            "raw": line.raw,
        }
    parts = [str(line.sentence), str(line.repeated), f"({line.actor})" if line.actor else ""]
    parts += [f"\n{line.raw}"] if raw and line.raw else []
    return {"at": line.at, "sentence": " ".join(filter(None, parts))}


def _data(one: "Story") -> dict[str, Any]:
    row = one.publication
    return {
        "id": row.pk,
        "post": row.post_id,
        "account": str(row.account),
        "state": row.state,
        "reason": str(row.reason),
        "cause": str(row.cause),
        "advice": str(row.advice),
        "raw": row.raw,
        "attempts": row.attempts,
        "due_at": row.due_at,
        "look_at": row.look_at,
        "url": row.remote_url,
        "next": str(one.next),
        "log": _told(one.lines),
    }
