"""What X tells of an account that may not post: its keys, the account itself, the app and its plan."""

from outreach.core.sentences import N_
from outreach.networks.errors import AuthBroken
from outreach.networks.table import Known

_CONNECT = N_("Connect the account again on the page Accounts. What waits is posted after that.")
_AT_X = N_("Log in at X, do what it asks there, and resume the account here.")
_PORTAL = N_(
    "Whoever made the app at X looks at it on developer.x.com. Then make new access tokens and connect the "
    "account again."
)
_RUNNER = N_("Whoever runs the server installs a newer Outreach. The account goes on when it is resumed.")

ROWS: tuple[Known, ...] = (
    # The keys.
    Known(
        AuthBroken,
        N_("X does not accept the time of this server (%(said)s)."),
        N_("Each call is signed with the time, and the clock of the server is wrong."),
        N_("Whoever runs the server sets its clock right. Then resume the account here."),
        words=("timestamp out of bounds",),
        when="code 135, timestamp out of bounds",
    ),
    Known(
        AuthBroken,
        N_("X no longer accepts the access token of this account (%(said)s)."),
        N_("It was taken back at X, or has ended."),
        _CONNECT,
        codes={89},
        when="code 89, invalid or expired token",
    ),
    Known(
        AuthBroken,
        N_("X has closed the app (%(said)s)."),
        N_("The app itself, not the account, is suspended or invalid at X."),
        _PORTAL,
        words=("invalid / suspended application", "application is suspended", "app is suspended"),
        when="code 416, suspended application",
    ),
    Known(
        AuthBroken,
        N_("X no longer accepts the keys of this account (%(said)s)."),
        N_("A key was replaced or taken back at X, was copied wrongly, or the clock of the server is wrong."),
        _CONNECT,
        statuses={401},
        when="HTTP 401",
    ),
    # The account.
    Known(
        AuthBroken,
        N_("X has suspended this account (%(said)s)."),
        N_("X says that the account broke its rules."),
        N_("Log in at X and ask for the account back. After that, resume it here."),
        codes={63, 64},
        when="code 64, suspended",
    ),
    Known(
        AuthBroken,
        N_("X has suspended this account (%(said)s)."),
        N_("X says that the account broke its rules."),
        N_("Log in at X and ask for the account back. After that, resume it here."),
        statuses={403},
        words=("suspended",),
        when="suspended, in words",
    ),
    Known(
        AuthBroken,
        N_("X has locked this account for now (%(said)s)."),
        N_("Something looked unusual to X; it wants to see a person first."),
        _AT_X,
        codes={326},
        when="code 326, locked",
    ),
    Known(
        AuthBroken,
        N_("X has locked this account for now (%(said)s)."),
        N_("Something looked unusual to X; it wants to see a person first."),
        _AT_X,
        statuses={403},
        words=(
            "is locked",
            "been locked",
            "temporarily locked",
            "temporarily restricted",
            "verify your account",
        ),
        when="locked, in words",
    ),
    # The app and its rights.
    Known(
        AuthBroken,
        N_("These keys may read but not post (%(said)s)."),
        N_("The app at X was allowed only to read when the access tokens were made."),
        N_("At X, let the app read and write, then make new access tokens and connect the account again."),
        problems={"oauth1-permissions"},
        when="oauth1-permissions",
    ),
    Known(
        AuthBroken,
        N_("These keys may read but not post (%(said)s)."),
        N_("The app at X was allowed only to read when the access tokens were made."),
        N_("At X, let the app read and write, then make new access tokens and connect the account again."),
        words=("oauth1 app permissions", "cannot perform write actions", "read-only application"),
        when="code 261, no write actions",
    ),
    Known(
        AuthBroken,
        N_("X wants the keys of the account, not only those of the app (%(said)s)."),
        N_("With the keys of an app alone one may read, but not post."),
        _CONNECT,
        problems={"unsupported-authentication"},
        when="unsupported-authentication",
    ),
    Known(
        AuthBroken,
        N_("The app at X is not enrolled for this interface (%(said)s)."),
        N_("X wants each app to be part of a project with a plan."),
        _PORTAL,
        problems={"client-forbidden"},
        when="client-forbidden",
    ),
    Known(
        AuthBroken,
        N_("The plan of the app at X does not include posting (%(said)s)."),
        N_("X gives each plan a part of its interface only."),
        _PORTAL,
        codes={453},
        when="code 453, access level",
    ),
    Known(
        AuthBroken,
        N_("The plan of the app at X does not include posting (%(said)s)."),
        N_("X gives each plan a part of its interface only."),
        _PORTAL,
        statuses={403},
        words=("different access level", "subset of"),
        when="access level, in words",
    ),
    Known(
        AuthBroken,
        N_("X does not let this account do that (%(said)s)."),
        N_("The access tokens do not cover it, or are those of another account."),
        _CONNECT,
        problems={"not-authorized-for-resource", "not-authorized-for-field", "field-unauthorized"},
        when="not-authorized-for-resource, -field",
    ),
    Known(
        AuthBroken,
        N_("X has ended this part of its interface (%(said)s)."),
        N_("What Outreach calls is not there any more."),
        _RUNNER,
        statuses={410},
        when="HTTP 410",
    ),
)
