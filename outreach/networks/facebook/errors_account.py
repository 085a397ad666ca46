"""What Facebook tells of an account that may not post: its token, its rights, its Page, the version."""

from outreach.core.sentences import N_
from outreach.networks.errors import AuthBroken
from outreach.networks.table import Known

_CONNECT = N_("Connect the Page again on the page Accounts. What waits is posted after that.")
_CONNECT_ALL = N_(
    "Connect the Page again on the page Accounts, with somebody who may do everything on the Page, "
    "and allow all that Facebook asks."
)
_MAKER = N_(
    "Whoever made the app at Facebook looks at it on developers.facebook.com. Then connect the Page again."
)
_RUNNER = N_("Whoever runs the server installs a newer Outreach, or sets OUTREACH_FACEBOOK_API_VERSION.")

ROWS: tuple[Known, ...] = (
    # The access token.
    Known(
        AuthBroken,
        N_("Facebook no longer accepts the access token: the app was removed (%(said)s)."),
        N_("Whoever connected the Page has taken the app away in their settings at Facebook."),
        _CONNECT,
        codes={102, 190},
        subcodes={458},
        when="app not installed",
    ),
    Known(
        AuthBroken,
        N_("Facebook no longer accepts the access token: a password was changed (%(said)s)."),
        N_("A new password ends all access that was given before; so does Facebook itself, for safety."),
        _CONNECT,
        codes={102, 190},
        subcodes={460},
        when="password changed",
    ),
    Known(
        AuthBroken,
        N_("The access token has ended (%(said)s)."),
        N_("It was given for some time only, and that time is over."),
        _CONNECT,
        codes={102, 190},
        subcodes={463},
        when="token expired",
    ),
    Known(
        AuthBroken,
        N_("Facebook does not know for certain who connected the Page (%(said)s)."),
        N_("The account of whoever connected the Page was never confirmed."),
        N_("Let that person confirm their account at Facebook, then connect the Page again."),
        codes={102, 190},
        subcodes={464},
        when="unconfirmed user",
    ),
    Known(
        AuthBroken,
        N_("Whoever connected the Page has no role on it any more (%(said)s)."),
        N_("Somebody has taken away their role; the access token went with it."),
        N_("Let somebody with a role on the Page connect it again on the page Accounts."),
        codes={102, 190},
        subcodes={492},
        when="role on the Page lost",
    ),
    Known(
        AuthBroken,
        N_("This is not the access token of the Page (%(said)s)."),
        N_("It is that of a person or an app. Only the Page's own may post."),
        _CONNECT,
        codes={190, 200, 210},
        subcodes={2069032},
        when="a Page access token is required",
    ),
    Known(
        AuthBroken,
        N_("This is not the access token of the Page (%(said)s)."),
        N_("It is that of a person or an app. Only the Page's own may post."),
        _CONNECT,
        words=("page access token is required", "as the page itself", "must be granted before impersonating"),
        when="a Page access token is required, in words",
    ),
    Known(
        AuthBroken,
        N_("Facebook no longer accepts the app (%(said)s)."),
        N_("The app was deleted, blocked or is under review at Facebook."),
        _MAKER,
        codes={101, 190},
        words=("validating application", "application has been deleted", "app is disabled"),
        when="error validating application",
    ),
    Known(
        AuthBroken,
        N_("Facebook no longer accepts the access token (%(said)s)."),
        N_("It was taken back, has ended, or was copied wrongly."),
        _CONNECT,
        codes={102, 190},
        when="token invalid, whatever the subcode",
    ),
    Known(
        AuthBroken,
        N_("The app secret is missing or is not that of this access token (%(said)s)."),
        N_("The app wants proof with each call, and the proof is made with the app secret."),
        N_("Look up the app secret on developers.facebook.com and give it on the page of the account."),
        words=("appsecret_proof",),
        when="appsecret_proof required or invalid",
    ),
    Known(
        AuthBroken,
        N_("Facebook did not accept the signature of the app (%(said)s)."),
        N_("The app ID or the app secret is wrong."),
        N_("Look up the app secret on developers.facebook.com and give it on the page of the account."),
        codes={101, 104},
        when="incorrect signature, invalid app ID",
    ),
    # What the token may do.
    Known(
        AuthBroken,
        N_("Facebook does not let the app do this (%(said)s)."),
        N_("The app lacks a capability, or is not yet approved for it."),
        _MAKER,
        codes={3},
        when="capability",
    ),
    Known(
        AuthBroken,
        N_("Facebook accepts the app only from other addresses than that of this server (%(said)s)."),
        N_("The app has a list of servers that may use it, and this one is not on it."),
        N_("Whoever made the app at Facebook adds this server to its list. Then resume the account."),
        codes={5},
        when="unauthorized source IP address",
    ),
    Known(
        AuthBroken,
        N_("The access token lacks a right (%(said)s)."),
        N_("When the Page was connected, not everything was allowed, or it was taken back since."),
        _CONNECT_ALL,
        codes={10},
        when="permission denied",
    ),
    Known(
        AuthBroken,
        N_("Facebook does not offer this for this Page (%(said)s)."),
        N_("The Page is of a kind, or the app of an age, that does not have this way of posting."),
        _RUNNER,
        codes={200},
        subcodes={2069030, 2069031, 2069033},
        when="endpoint or field not supported",
    ),
    Known(
        AuthBroken,
        N_("The access token lacks a right to post on this Page (%(said)s)."),
        N_("Whoever connected the Page may not make posts on it, or did not allow Outreach to."),
        _CONNECT_ALL,
        codes=range(200, 300),
        when="permissions",
    ),
    # The Page.
    Known(
        AuthBroken,
        N_("This Page has another ID now (%(said)s)."),
        N_("Facebook has merged or moved the Page."),
        N_("Connect the Page again on the page Accounts: choose it from the list, or give its new ID."),
        codes={21},
        when="Page migrated to a new ID",
    ),
    Known(
        AuthBroken,
        N_("Facebook knows no Page with this ID (%(said)s)."),
        N_("The Page ID is wrong: it is a number, not the name in the address."),
        N_("Connect the Page again on the page Accounts: choose it from the list, or give its ID."),
        codes={803},
        when="alias or ID does not exist",
    ),
    Known(
        AuthBroken,
        N_("Facebook does not know this Page, or hides it from this token (%(said)s)."),
        N_("The Page was removed or is not published, or the token may not see it."),
        N_("Look whether the Page is there. Then connect it again on the page Accounts."),
        codes={100},
        subcodes={33},
        when="object does not exist or cannot be loaded",
    ),
    # The version.
    Known(
        AuthBroken,
        N_("Facebook has ended this version of its interface (%(said)s)."),
        N_("Each version lives about two years."),
        _RUNNER,
        codes={12, 2500, 2635},
        when="deprecated version, unknown path components",
    ),
)
