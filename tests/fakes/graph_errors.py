"""The Graph API's errors as they come over the wire: body, status, headers.

Shapes: https://developers.facebook.com/docs/graph-api/guides/error-handling. What the messages say is told in
our words where Meta's are long; codes, types and subcodes are facts.
"""

from dataclasses import dataclass
from typing import Any

from tests.fakes.service import Answer, json_answer

OAUTH, METHOD = "OAuthException", "GraphMethodException"
TRACE = "AdG5xJ3kq0ZbWt1_example"


@dataclass(frozen=True)
class Kind:
    """What is known of a code: its message, type, and what it tells people."""

    message: str
    type: str = OAUTH
    transient: bool = False
    title: str = ""
    said: str = ""
    status: int = 400


_DUPLICATE = (
    "This status update is identical to the last one you posted. Try posting something different, "
    "or delete your previous update."
)
_EXPIRED = "Error validating access token: Session has expired."
_CHANGED = (
    "Error validating access token: The session has been invalidated because the user changed the password."
)
KINDS: dict[tuple[int, int], Kind] = {
    (1, 0): Kind("An unknown error occurred", transient=True, status=500),
    (2, 0): Kind(
        "An unexpected error has occurred. Please retry your request later.", transient=True, status=500
    ),
    (3, 0): Kind("(#3) Application does not have the capability to make this API call.", status=403),
    (4, 0): Kind("(#4) Application request limit reached", transient=True, status=403),
    (10, 0): Kind("(#10) This endpoint requires the 'pages_read_engagement' permission.", status=403),
    (17, 0): Kind("(#17) User request limit reached", transient=True),
    (32, 0): Kind("(#32) Page request limit reached", transient=True),
    (100, 0): Kind("(#100) Invalid parameter"),
    (100, 33): Kind("Unsupported get request. The object does not exist or cannot be loaded.", METHOD),
    (102, 0): Kind("(#102) Session key invalid or no longer valid"),
    (190, 0): Kind("Invalid OAuth access token."),
    (190, 458): Kind("Error validating access token: The user has not authorized the application."),
    (190, 459): Kind("Error validating access token: You cannot access the app till you log in to Facebook."),
    (190, 460): Kind(_CHANGED),
    (190, 463): Kind(_EXPIRED),
    (190, 464): Kind("Error validating access token: The user is not a confirmed user."),
    (190, 467): Kind("Error validating access token: The session is invalid because the user logged out."),
    (190, 492): Kind("Error validating access token: The user must be an administrator of the page."),
    (200, 0): Kind("(#200) The permission pages_manage_posts is not available.", status=403),
    (324, 1366046): Kind(
        "(#324) Missing or invalid image file",
        title="Can't Read Files",
        said="Your photos couldn't be uploaded. Photos should be smaller than 4 MB and saved as JPG or PNG.",
    ),
    (341, 0): Kind("(#341) Feed action request limit reached", transient=True),
    (368, 0): Kind("The action attempted has been deemed abusive or is otherwise disallowed", status=403),
    (368, 1390008): Kind(
        "The action attempted has been deemed abusive or is otherwise disallowed",
        title="You Can't Use This Feature Right Now",
        said="We limit how often you can post in a given amount of time. You can try again later.",
        status=403,
    ),
    (506, 1455006): Kind("(#506) Duplicate status message", title="Duplicate Status Update", said=_DUPLICATE),
    (613, 0): Kind("(#613) Calls to this api have exceeded the rate limit.", transient=True),
    (2500, 0): Kind("Unknown path components"),
    (2635, 0): Kind("(#2635) You are calling a deprecated version. Please update to the latest version."),
    (80001, 0): Kind("(#80001) There have been too many calls to this Page account.", transient=True),
    (1609005, 0): Kind("(#100) The page behind the link could not be read", title="Link could not be read"),
}
_AUTH_WORD = {102: "invalid_token", 190: "invalid_token", 10: "insufficient_scope", 200: "insufficient_scope"}


def error(
    code: int, message: str = "", subcode: int | None = None, status: int = 0, kind: str = ""
) -> Answer:
    """The answer for `code`; what is not given is what the Graph API says of it. `kind`: its type."""
    known = KINDS.get((code, subcode or 0)) or KINDS.get((code, 0)) or Kind(f"(#{code}) It went wrong")
    body: dict[str, Any] = {
        "message": message or known.message,
        "type": kind or known.type,
        "code": code,
        "fbtrace_id": TRACE,
    }
    if subcode:
        body["error_subcode"] = subcode
    if known.transient or known.title:
        body["is_transient"] = known.transient
    if known.title:
        body |= {"error_user_title": known.title, "error_user_msg": known.said or known.title}
    return json_answer(status or known.status, {"error": body}, _headers(code, body))


def _headers(code: int, body: dict[str, Any]) -> dict[str, str]:
    headers = {"x-fb-trace-id": TRACE, "Cache-Control": "no-store"}
    if body["type"] == OAUTH:
        word = _AUTH_WORD.get(code, "invalid_request")
        headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "{word}" "{body["message"]}"'
    return headers
