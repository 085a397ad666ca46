"""What Facebook tells when it does not take a post, and what that means.

Codes: https://developers.facebook.com/docs/graph-api/guides/error-handling, …/overview/rate-limiting and
https://developers.facebook.com/docs/pages-api/error-codes; those of seven digits are subcodes that Facebook
documents in part, and that others have met. A code that is not here proves nothing: Ambiguous.
"""

from datetime import timedelta

from outreach.core.sentences import N_
from outreach.networks.errors import Ambiguous, AuthBroken, Duplicate, Rejected, Throttled
from outreach.networks.facebook.errors_account import ROWS as ACCOUNT
from outreach.networks.facebook.errors_post import ROWS as POST
from outreach.networks.table import ASKED, Known

_SPAM_REST = timedelta(hours=6)
_AT_FACEBOOK = N_("Log in at Facebook, do what it asks there, and resume the account here.")
_CHANGE = N_("Make a new post without what Facebook does not take. This one is not posted.")
_WAIT = N_("You need not do anything: it goes on by itself when the time is over.")
_WAIT_LESS = N_("It goes on by itself. If this comes back often, let fewer posts go out on one day.")
_LOOKED = N_("You need not do anything: Facebook is asked for it. If it is not there, you are told.")

ROWS: tuple[Known, ...] = (
    # A failure of Facebook's own, whatever it says: seven answers with code 2 once were seven posts.
    Known(
        Ambiguous,
        N_("Facebook has a failure at this moment (%(said)s)."),
        N_("Facebook broke down while it took the post. It may be there."),
        ASKED,
        statuses=range(500, 600),
        when="HTTP 5xx",
    ),
    Known(
        Ambiguous,
        N_("Facebook says that it could not do it now (%(said)s)."),
        N_("Facebook is out of order for a moment. It is known to say this of posts that are there."),
        ASKED,
        codes={1, 2},
        when="an API that is out of order",
    ),
    Known(
        Ambiguous,
        N_("Facebook says that its service is not available (%(said)s)."),
        N_("Facebook is out of order for a moment. It is known to say this of posts that are there."),
        ASKED,
        subcodes={1363047, 1609010},
        when="service not available",
    ),
    Known(
        Ambiguous,
        N_("Facebook says that posting on this Page went wrong (%(said)s)."),
        N_("It does not say why, nor whether the post is there."),
        ASKED,
        codes={1705},
        when="error posting to this wall",
    ),
    # The same post.
    Known(
        Duplicate,
        N_("Facebook says that this post is there already."),
        N_("It is the same as the last one on the Page, so most likely it is ours."),
        _LOOKED,
        codes={506},
        when="duplicate of the last post",
    ),
    Known(
        Duplicate,
        N_("Facebook says that this photo was posted already."),
        N_("The same photo is on the Page, so most likely the post is ours."),
        _LOOKED,
        subcodes={1366051},
        when="photos were posted already",
    ),
    Known(
        Duplicate,
        N_("Facebook says that this post is too much like one that is there (%(said)s)."),
        N_("The same words were posted shortly before, so most likely the post is ours."),
        _LOOKED,
        codes={100},
        words=("duplicate of", "too similar to"),
        when="duplicate of, or too similar to, another",
    ),
    # The person or the Page must do something at Facebook: subcodes come with several codes.
    Known(
        AuthBroken,
        N_("Facebook wants to know first who is behind this Page (%(said)s)."),
        N_("It asks whoever manages the Page to confirm their identity."),
        _AT_FACEBOOK,
        subcodes={4854002},
        when="confirm your identity",
    ),
    Known(
        AuthBroken,
        N_("Facebook lets this Page post only after an authorisation (%(said)s)."),
        N_("Pages with many followers need a “Page Publishing Authorization” of whoever manages them."),
        _AT_FACEBOOK,
        subcodes={1404078},
        when="Page publishing authorization required",
    ),
    Known(
        AuthBroken,
        N_("Facebook asks for a security check before it takes more posts (%(said)s)."),
        N_("Something about the account of whoever connected the Page looked unusual to Facebook."),
        _AT_FACEBOOK,
        subcodes={1404006, 459, 490},
        when="security check, checkpoint",
    ),
    Known(
        AuthBroken,
        N_("Facebook has limited this account for some days (%(said)s)."),
        N_("Facebook does this for safety, after something that looked unusual to it."),
        N_("Look at Facebook how long it lasts, and resume the account here after that."),
        subcodes={1404112},
        when="limited access for a few days",
    ),
    # Not this content.
    Known(
        Rejected,
        N_("Facebook does not take this post: others have reported what it shows as abusive (%(said)s)."),
        N_("Mostly it is the link: Facebook has the whole website on a list."),
        N_("Ask Facebook to take the website off its list (Sharing Debugger), then queue the post again."),
        subcodes={1346003},
        when="content reported as abusive",
    ),
    Known(
        Rejected,
        N_("Facebook does not take this post: others have reported what it shows as abusive (%(said)s)."),
        N_("Mostly it is the link: Facebook has the whole website on a list."),
        N_("Ask Facebook to take the website off its list (Sharing Debugger), then queue the post again."),
        codes={368},
        words=("reported as abusive", "reported it as abusive"),
        when="content reported as abusive, without a subcode",
    ),
    Known(
        Rejected,
        N_("Facebook says that this post breaks its rules (%(said)s)."),
        N_("Its Community Standards forbid something in the text, the link or the picture."),
        _CHANGE,
        subcodes={1404102},
        when="Community Standards",
    ),
    # Too much.
    Known(
        Throttled,
        N_("Facebook says that this Page posts too fast (%(said)s)."),
        N_("Many posts in a short time look like spam to Facebook."),
        _WAIT_LESS,
        subcodes={1390008},
        when="posting too fast",
        rest=_SPAM_REST,
    ),
    Known(
        Throttled,
        N_("Facebook has blocked posting for a while (%(said)s)."),
        N_("What this Page posts looked like spam to Facebook: too often, or too often the same."),
        _WAIT_LESS,
        codes={368},
        when="temporarily blocked for policy violations",
        rest=_SPAM_REST,
    ),
    Known(
        Throttled,
        N_("Facebook asks for a pause: the app has made too many calls."),
        N_("The limit holds for all Pages that are connected with this app together."),
        _WAIT,
        codes={4},
        when="application request limit",
    ),
    Known(
        Throttled,
        N_("Facebook asks for a pause: too many calls for one person."),
        N_("The limit holds for all that is done with the account of whoever connected the Page."),
        _WAIT,
        codes={17},
        when="user request limit",
    ),
    Known(
        Throttled,
        N_("Facebook asks for a pause: too many calls for this Page."),
        N_("The limit grows with the number of people who follow the Page."),
        _WAIT,
        codes={32, *range(80000, 80015)},
        when="Page request limit, business use case limit",
    ),
    Known(
        Throttled,
        N_("Facebook asks for a pause: too much was posted (%(said)s)."),
        N_("The number of posts that Facebook takes for now is reached."),
        _WAIT_LESS,
        codes={9, 341, 613},
        when="too many actions, limit of posts or of one kind of call",
    ),
    *ACCOUNT,
    *POST,
    # Without a code.
    Known(
        Throttled,
        N_("Facebook asks for a pause."),
        N_("More was asked of it than it takes at once."),
        _WAIT,
        statuses={429},
        when="HTTP 429 without a code",
    ),
    Known(
        Ambiguous,
        N_("Facebook gave an answer that Outreach does not know. Facebook said: %(said)s."),
        N_("It does not prove that the post is not there."),
        ASKED,
        when="anything else",
    ),
)
