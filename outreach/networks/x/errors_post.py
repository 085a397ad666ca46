"""What X tells of a post that it does not take: its text, its link, its picture."""

from outreach.core.sentences import N_
from outreach.networks.errors import Rejected
from outreach.networks.table import Known

_CHANGE = N_("Make a new post without what X does not take. This one is not posted.")
_PICTURE = N_("Make a new post with another picture: JPG or PNG, smaller than 2 MB.")

ROWS: tuple[Known, ...] = (
    # This post.
    Known(
        Rejected,
        N_("X says that the post is too long (%(said)s)."),
        N_("X takes 280 characters; a link counts for 23, an emoji for 2."),
        N_("Make a shorter post. This one is not posted."),
        statuses={400, 403},
        words=("too long", "bit shorter"),
        when="code 186, too long",
    ),
    Known(
        Rejected,
        N_("X takes at most one cashtag in a post (%(said)s)."),
        N_("A cashtag is a dollar sign with letters, such as that of a share."),
        _CHANGE,
        statuses={400, 403},
        words=("cashtag",),
        when="more than one cashtag",
    ),
    Known(
        Rejected,
        N_("X does not take the link (%(said)s)."),
        N_("X has the address on a list, or cannot read it as an address."),
        N_("Make a new post with the right link. This one is not posted."),
        statuses={400, 403},
        words=("invalid url", "malicious", "harmful"),
        when="invalid or blocked URL",
    ),
    Known(
        Rejected,
        N_("X does not take the picture in a post (%(said)s)."),
        N_("X accepted the file, but cannot show it: mostly it is too large, or too many came along."),
        _PICTURE,
        statuses={400, 403},
        words=("media id", "media_id", "maximum of 4 items"),
        when="code 324, media IDs invalid",
    ),
    Known(
        Rejected,
        N_("X says that the picture is too large (%(said)s)."),
        N_("X takes 5 MB."),
        _PICTURE,
        statuses={413},
        when="HTTP 413",
    ),
    Known(
        Rejected,
        N_("X could not read the picture (%(said)s)."),
        N_("The file is damaged, or is not a JPG, PNG, GIF or WEBP."),
        _PICTURE,
        statuses={400, 422},
        words=("media",),
        when="media type unrecognised",
    ),
    Known(
        Rejected,
        N_("X says that there is nothing in the post (%(said)s)."),
        N_("The text is empty, or holds only what X leaves out."),
        N_("Make a new post with some text. This one is not posted."),
        statuses={400, 403},
        words=("missing required parameter: status", "text or media is required", "text is required"),
        when="code 170, nothing in it",
    ),
    Known(
        Rejected,
        N_("X does not let this account answer there (%(said)s)."),
        N_("Apps may answer or quote only where the author has named their account."),
        _CHANGE,
        statuses={403},
        words=("reply", "quote"),
        when="replies and quotes",
    ),
    Known(
        Rejected,
        N_("X does not let this account use that (%(said)s)."),
        N_("Only paying accounts may make long posts and some other things."),
        _CHANGE,
        statuses={403},
        words=("permitted to access this feature",),
        when="feature not permitted",
    ),
    Known(
        Rejected,
        N_("X does not take this post and says no more than: %(said)s."),
        N_("Mostly the text is too long for this account, or the plan of the app does not allow something."),
        N_("Try it by hand at X. If it is taken there, look at the plan of the app on developer.x.com."),
        statuses={403},
        words=("not permitted to perform this action",),
        when="not permitted to perform this action",
    ),
    Known(
        Rejected,
        N_("X keeps this post back by law or by its rules (%(said)s)."),
        N_("Something in it may not be shown."),
        _CHANGE,
        problems={"disallowed-resource"},
        when="disallowed-resource",
    ),
    Known(
        Rejected,
        N_("X does not find what this post refers to (%(said)s)."),
        N_("What it points to was removed, or X has moved its interface."),
        _CHANGE,
        statuses={404},
        when="HTTP 404, resource-not-found",
    ),
    Known(
        Rejected,
        N_("X does not take this post: %(said)s."),
        N_("X says that something in it is not in order."),
        _CHANGE,
        statuses={400, 422},
        when="HTTP 400, invalid-request",
    ),
    Known(
        Rejected,
        N_("X refuses this post: %(said)s."),
        N_("X understood it, and does not want it. It says no more."),
        _CHANGE,
        statuses={403},
        when="HTTP 403, anything else",
    ),
)
