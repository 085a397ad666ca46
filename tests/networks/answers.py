"""What the networks really say when they do not take a post: one answer at least for each row of the tables.

Messages as they stand in the documentation and in reports of users; names, numbers and tokens are made up.
"""

import json
from dataclasses import dataclass, field

from outreach.networks.table import Known

JSON = {"Content-Type": "application/json; charset=UTF-8"}
PAGE = "<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Said:
    """One answer of a network, and the row (by its `when`) that it belongs to."""

    network: str
    when: str
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))

    @property
    def id(self) -> str:
        return f"{self.network}: {self.when}"


def fb(
    when: str, code: int, message: str, sub: int = 0, status: int = 400, user: str = "", **headers: str
) -> Said:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    error |= {"error_subcode": sub} if sub else {}
    error |= {"error_user_title": "Oeps", "error_user_msg": user} if user else {}
    return Said("facebook", when, status, json.dumps({"error": error}), JSON | headers)


def x(
    when: str, status: int, detail: str, kind: str = "about:blank", title: str = "", **more: object
) -> Said:
    kind = kind if ":" in kind else f"https://api.twitter.com/2/problems/{kind}"
    problem = {"title": title or "Forbidden", "detail": detail, "type": kind, "status": status, **more}
    return Said("x", when, status, json.dumps(problem))


def old_x(when: str, status: int, code: int, message: str) -> Said:
    """The shape of the older API, which some refusals still have."""
    return Said("x", when, status, json.dumps({"errors": [{"code": code, "message": message}]}))


_INVALID = "One or more parameters to your request was invalid."
_LATER = "An unexpected error has occurred. Please retry your request later."
_EXPIRED = "Error validating access token: "
_USAGE = '{"1000":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":55}]}'

FACEBOOK = [
    fb("HTTP 5xx", 190, "Error validating access token: it went wrong", status=503),
    fb("HTTP 5xx", 2, _LATER, status=500),
    fb("an API that is out of order", 1, "An unknown error occurred"),
    fb("an API that is out of order", 1, "An unknown error occurred", 99),
    fb("an API that is out of order", 2, "Service temporarily unavailable"),
    fb("service not available", 6000, "There was a problem", 1363047),
    fb("error posting to this wall", 1705, "(#1705) There was an error posting to this wall"),
    fb("duplicate of the last post", 506, "(#506) Duplicate status message", 1455006),
    fb(
        "photos were posted already", 100, "Invalid parameter", 1366051, user="Deze foto's zijn al geplaatst."
    ),
    fb(
        "duplicate of, or too similar to, another",
        100,
        "(#100) The status you are trying to publish is a duplicate of, or too similar to, one that we "
        "recently posted",
    ),
    fb("confirm your identity", 368, "You need to confirm your identity", 4854002),
    fb("Page publishing authorization required", 200, "Page Publishing Authorization Required", 1404078, 403),
    fb("security check, checkpoint", 368, "A security check is required to proceed.", 1404006),
    fb("security check, checkpoint", 190, _EXPIRED + "You cannot access the app till you log in", 459, 401),
    fb("security check, checkpoint", 190, _EXPIRED + "The user is enrolled in a checkpoint.", 490, 401),
    fb(
        "limited access for a few days", 368, "For security reasons, your account has limited access", 1404112
    ),
    fb("content reported as abusive", 368, "The action attempted has been deemed abusive", 1346003),
    fb(
        "content reported as abusive, without a subcode",
        368,
        "Your message couldn't be sent because it includes content that others have reported as abusive.",
    ),
    fb("Community Standards", 100, "Your content goes against our Community Standards", 1404102),
    fb("posting too fast", 368, "We limit how often you can post", 1390008),
    fb(
        "temporarily blocked for policy violations",
        368,
        "(#368) The action attempted has been deemed abusive or is otherwise disallowed",
    ),
    fb("application request limit", 4, "(#4) Application request limit reached", status=403),
    fb("user request limit", 17, "(#17) User request limit reached"),
    fb("Page request limit, business use case limit", 32, "(#32) Page request limit reached", status=403),
    fb(
        "Page request limit, business use case limit",
        80001,
        "(#80001) There have been too many calls to this Page account.",
        **{"X-Business-Use-Case-Usage": _USAGE},
    ),
    fb("too many actions, limit of posts or of one kind of call", 9, "User is performing too many actions"),
    fb(
        "too many actions, limit of posts or of one kind of call",
        341,
        "(#341) Feed action request limit reached",
    ),
    fb("too many actions, limit of posts or of one kind of call", 613, "(#613) Calls exceed the rate limit."),
    fb("app not installed", 190, _EXPIRED + "The user has not authorized application 77.", 458, 401),
    fb("password changed", 190, _EXPIRED + "The session has been invalidated.", 460, 401),
    fb("token expired", 190, _EXPIRED + "Session has expired on Monday, 30-Nov-26.", 463, 401),
    fb("unconfirmed user", 190, _EXPIRED + "Sessions for the user are not allowed.", 464, 401),
    fb("role on the Page lost", 190, _EXPIRED + "The user must be an administrator of the page.", 492, 401),
    fb("a Page access token is required", 190, "A Page access token is required for this call", 2069032, 401),
    fb(
        "a Page access token is required, in words",
        210,
        "(#210) A page access token is required to request this",
    ),
    fb(
        "a Page access token is required, in words",
        200,
        "(#200) Unpublished posts must be posted to a page as the page itself.",
        user="Dat kan niet.",
    ),
    fb("error validating application", 190, "Error validating application. Application has been deleted."),
    fb(
        "token invalid, whatever the subcode",
        190,
        "Invalid OAuth access token - Cannot parse access token",
        0,
        401,
    ),
    fb(
        "token invalid, whatever the subcode",
        190,
        _EXPIRED + "The session was invalidated explicitly.",
        467,
        401,
    ),
    fb("token invalid, whatever the subcode", 102, "Session key invalid or no longer valid"),
    fb(
        "appsecret_proof required or invalid",
        100,
        "API calls from the server require an appsecret_proof argument",
    ),
    fb("incorrect signature, invalid app ID", 104, "Incorrect signature"),
    fb("incorrect signature, invalid app ID", 101, "Missing client_id parameter."),
    fb("capability", 3, "(#3) Application does not have the capability to make this API call.", status=403),
    fb("unauthorized source IP address", 5, "(#5) This IP can't make requests for that application."),
    fb(
        "permission denied",
        10,
        "(#10) This endpoint requires the 'pages_read_engagement' permission",
        status=403,
    ),
    fb("endpoint or field not supported", 200, "This endpoint is not supported.", 2069030),
    fb("permissions", 200, "(#200) Permissions error", status=403),
    fb("permissions", 283, "(#283) Requires extended permission: pages_manage_posts", status=403),
    fb("permissions", 299, "(#299) Some of the permissions are missing", status=403),
    fb("Page migrated to a new ID", 21, "(#21) Page ID 1000 was migrated to page ID 2000."),
    fb(
        "alias or ID does not exist",
        803,
        "(#803) Some of the aliases you requested do not exist: sintjozef",
        status=404,
    ),
    fb(
        "object does not exist or cannot be loaded",
        100,
        "Unsupported post request. Object with ID '1000' does not exist, cannot be loaded",
        33,
    ),
    fb("deprecated version, unknown path components", 2500, "Unknown path components: /1000/feed"),
    fb("deprecated version, unknown path components", 12, "(#12) deprecate_post is deprecated"),
    fb("deprecated version, unknown path components", 2635, "(#2635) You are calling a deprecated version."),
    fb("error posting link, as a code", 1609005, "(#1609005) There was a problem scraping the link"),
    fb("error posting link, as a subcode", 100, "Invalid parameter", 1609005),
    fb("a link to facebook.com", 100, "Invalid parameter", 1609008, user="Je kunt geen Facebook-link delen."),
    fb("invalid URL", 100, "(#100) The url you supplied is invalid", 1500),
    fb("invalid URL", 100, "Invalid parameter", 2061006),
    fb("photo over 4 MB, or another type", 324, "(#324) Missing or invalid image file", 1366046),
    fb("invalid file", 100, "Invalid parameter", 2069019),
    fb("missing or invalid image file", 324, "(#324) Missing or invalid image file"),
    fb("album is full", 321, "(#321) Album is full"),
    fb("too long", 100, "(#100) Name parameter too long"),
    fb("the post is empty", 100, "(#100) The post is empty. Please enter a message to share."),
    fb("invalid content format", 100, "Invalid parameter", 1349125),
    fb("invalid parameter, whatever the subcode", 100, "(#100) Param place must be a valid place tag ID"),
    Said("facebook", "HTTP 429 without a code", 429, PAGE, {"Content-Type": "text/html"}),
    fb("anything else", 9999, "(#9999) Something new"),
    fb("anything else", 368_000, "", status=418),
]

X = [
    x("HTTP 503", 503, "Service Unavailable", title="Service Unavailable"),
    x("HTTP 5xx", 500, "Internal Server Error", "internal-error"),
    x("HTTP 5xx", 504, "Gateway Timeout"),
    x("internal-error, resource-unavailable", 400, "It could not be completed", "internal-error"),
    old_x("code 187, duplicate", 403, 187, "Status is a duplicate."),
    x("duplicate content", 403, "You are not allowed to create a Tweet with duplicate content."),
    x(
        "HTTP 402, CreditsDepleted",
        402,
        "Your enrolled account [1] does not have any credits to fulfill this request.",
        "credits",
        "CreditsDepleted",
    ),
    x(
        "spend cap reached",
        403,
        "Your account has reached its billing cycle spend cap.",
        "credits",
        "SpendCapReached",
    ),
    x("usage-capped", 429, "Usage cap exceeded: Monthly product cap", "usage-capped", "UsageCapExceeded"),
    x("usage-capped", 403, "Usage cap exceeded: Monthly product cap", "usage-capped", "UsageCapExceeded"),
    Said(
        "x",
        "HTTP 429, a limit of 24 hours",
        429,
        json.dumps({"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank"}),
        JSON | {"x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": "1773165600"},
    ),
    x("HTTP 429", 429, "Too Many Requests", title="Too Many Requests"),
    x("HTTP 429", 420, "Enhance your calm"),
    x("rate-limit-exceeded", 403, "Rate limit exceeded", "rate-limit-exceeded"),
    old_x("code 185, daily limit", 403, 185, "User is over daily status update limit."),
    old_x(
        "code 226, automated",
        403,
        226,
        "This request looks like it might be automated. To protect our users from spam and other malicious "
        "activity, we can't complete this action right now.",
    ),
    old_x("code 135, timestamp out of bounds", 401, 135, "Timestamp out of bounds."),
    old_x("code 89, invalid or expired token", 401, 89, "Invalid or expired token."),
    old_x("code 416, suspended application", 401, 416, "Invalid / suspended application"),
    x("HTTP 401", 401, "Unauthorized", title="Unauthorized"),
    old_x("HTTP 401", 401, 32, "Could not authenticate you."),
    old_x(
        "code 64, suspended",
        403,
        64,
        "Your account is suspended and is not permitted to access this feature.",
    ),
    x("suspended, in words", 403, "User has been suspended: [4242].", "user-suspended"),
    old_x(
        "code 326, locked", 403, 326, "To protect our users from spam, please log in to unlock your account."
    ),
    x("locked, in words", 403, "Your account is temporarily locked."),
    x(
        "oauth1-permissions",
        403,
        "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        "oauth1-permissions",
    ),
    old_x("code 261, no write actions", 403, 261, "Application cannot perform write actions."),
    x(
        "unsupported-authentication",
        403,
        "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.",
        "unsupported-authentication",
        "Unsupported Authentication",
    ),
    x(
        "client-forbidden",
        403,
        "When authenticating requests to the Twitter API v2 endpoints, you must use keys and tokens from a "
        "Twitter developer App that is attached to a Project.",
        "client-forbidden",
        "Client Forbidden",
        reason="client-not-enrolled",
    ),
    old_x("code 453, access level", 403, 453, "You currently have access to a subset of X API V2 endpoints."),
    x(
        "access level, in words",
        403,
        "If you need access to this endpoint, you may need a different access level.",
    ),
    x(
        "not-authorized-for-resource, -field",
        403,
        "Sorry, you are not authorized to see the user",
        "not-authorized-for-resource",
    ),
    x("HTTP 410", 410, "This endpoint is gone"),
    x("code 186, too long", 400, "Your Tweet text is too long.", "invalid-request"),
    old_x("code 186, too long", 403, 186, "Tweet needs to be a bit shorter."),
    x("more than one cashtag", 403, "Posts are limited to a maximum of one cashtag."),
    x("invalid or blocked URL", 400, "The Tweet contains an invalid URL.", "invalid-request"),
    x(
        "code 324, media IDs invalid",
        400,
        _INVALID,
        "invalid-request",
        "Invalid Request",
        errors=[{"parameters": {"media.media_ids": ["1"]}, "message": "Your media IDs are invalid."}],
    ),
    old_x("code 324, media IDs invalid", 400, 324, "The validation of media ids failed."),
    x("HTTP 413", 413, "Request Entity Too Large"),
    x("media type unrecognised", 400, "media type unrecognized.", "invalid-request"),
    old_x("code 170, nothing in it", 403, 170, "Missing required parameter: status."),
    x("replies and quotes", 403, "Reply to this conversation is not allowed."),
    x("feature not permitted", 403, "Your account is not permitted to access this feature."),
    x("not permitted to perform this action", 403, "You are not permitted to perform this action."),
    x("disallowed-resource", 400, "The resource is not available", "disallowed-resource"),
    x("HTTP 404, resource-not-found", 404, "Not Found", "resource-not-found"),
    x("HTTP 400, invalid-request", 400, _INVALID, "invalid-request", "Invalid Request"),
    x("HTTP 403, anything else", 403, "No."),
    Said("x", "HTTP 403, anything else", 403, ""),
    Said("x", "HTTP 2xx with errors", 200, '{"data": null, "errors": [{"detail": "It went wrong"}]}'),
    x("anything else, 408 and 409 among them", 409, "Conflict"),
    x("anything else, 408 and 409 among them", 408, "Request Timeout"),
]

ON_THE_WAY = [
    Said(network, when, status, body, {"Content-Type": "text/html"} | headers)
    for network in ("facebook", "x")
    for when, status, body, headers in (
        ("HTTP 3xx", 302, "", {"Location": "https://elsewhere.example/"}),
        ("a web page, HTTP 5xx", 502, PAGE, {}),
        ("a web page", 200, PAGE, {}),
        ("a web page", 403, PAGE, {}),
        ("an empty answer", 200, "", {}),
        ("anything else", 200, "nothing", {}),
    )
]

ALL = [*FACEBOOK, *X, *ON_THE_WAY]


def row_of(said: Said, *tables: tuple[Known, ...]) -> Known:
    """The row that an answer belongs to, by its name; the network's own table first."""
    return next(row for table in tables for row in table if row.when == said.when)
