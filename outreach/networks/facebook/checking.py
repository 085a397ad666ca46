"""A look at a Page's access: whose token it is, what it may do, until when, and in which version.

Source: https://developers.facebook.com/docs/graph-api/reference/debug_token.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from outreach.core import clock
from outreach.core.sentences import N_, say
from outreach.networks.base import Health, Problem, Severity
from outreach.networks.facebook import versions

if TYPE_CHECKING:
    from outreach.networks.facebook.graph import Graph

_POST = "pages_manage_posts"
_NEEDED = (_POST, "pages_read_engagement", "pages_read_user_content")


def look(graph: "Graph") -> Health:
    """Raises a NetworkError when Facebook does not say."""
    me = graph.get_object("me", fields="id,name")
    problems = [*_owner(graph, me), *_version(graph.version), *_pace(graph)]
    if graph.app_id and graph.app_secret:
        token = graph.debug_access_token(graph.access_token, graph.app_id, graph.app_secret)
        problems += _token(token.get("data") or {})
    return Health(str(me.get("name", "")), str(me.get("id", "")), tuple(problems))


def _owner(graph: "Graph", me: Mapping[str, Any]) -> Iterator[Problem]:
    if str(me.get("id")) == graph.page_id:
        return
    words = N_("The access token is that of %(name)s and not of the Page. Use the Page's own access token.")
    name = str(me.get("name") or me.get("id") or "?")
    yield Problem.of("owner", say(words, name=name), Severity.BROKEN)


def _version(version: str) -> Iterator[Problem]:
    ends = versions.end_of(version)
    if ends is None:
        return
    if ends <= clock.now():
        words = N_(
            "Facebook has ended version %(version)s of its interface and answers as another one. "
            "Whoever runs the server sets OUTREACH_FACEBOOK_API_VERSION."
        )
        yield Problem.of("version", say(words, version=version))
        return
    words = N_(
        "Facebook keeps version %(version)s of its interface until %(time)s. "
        "Whoever runs the server sets OUTREACH_FACEBOOK_API_VERSION before then."
    )
    yield Problem.of("version", say(words, version=version, time=ends), ends_at=ends)


def _pace(graph: "Graph") -> Iterator[Problem]:
    if graph.pause:
        words = N_("Nearly all that Facebook allows in an hour is used up. Posting rests until %(time)s.")
        yield Problem.of("pace", say(words, time=graph.pause))


def _token(token: Mapping[str, Any]) -> Iterator[Problem]:
    """What Facebook's own look at the token says."""
    if not token.get("is_valid"):
        words = N_("Facebook says that the access token is not valid. Connect the Page again.")
        yield Problem.of("token", say(words), Severity.BROKEN)
    if token.get("type") not in (None, "PAGE"):
        words = N_("The access token belongs to a person, not to the Page. Use the Page's own access token.")
        yield Problem.of("person", say(words), Severity.BROKEN)
    yield from _ends(token)
    if absent := [right for right in _NEEDED if "scopes" in token and right not in token["scopes"]]:
        words = N_("The access token lacks these rights: %(rights)s. Connect the Page again.")
        severity = Severity.BROKEN if _POST in absent else Severity.WARNING
        yield Problem.of("rights", say(words, rights=", ".join(absent)), severity)


def _ends(token: Mapping[str, Any]) -> Iterator[Problem]:
    """When the token or its access to data ends. 0 means never."""
    if at := _moment(token.get("expires_at")):
        words = N_("The access token is good until %(time)s. Connect the Page again before then.")
        yield Problem.of("token-ends", say(words, time=at), ends_at=at)
    if at := _moment(token.get("data_access_expires_at")):
        words = N_("Facebook lets Outreach read the Page until %(time)s. Connect the Page again before then.")
        yield Problem.of("data-ends", say(words, time=at), ends_at=at)


def _moment(seconds: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds or 0), UTC) if int(seconds or 0) > 0 else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None
