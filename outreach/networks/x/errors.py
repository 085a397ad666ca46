"""What X tells when it does not take a post, and what that means.

Statuses and problem types: https://docs.x.com/x-api/fundamentals/response-codes-and-errors and X's OpenAPI
description; the numbers are those of the older API, which still answer in some places
(https://developer.x.com/en/support/x-api/error-troubleshooting). X tells most things in words only. An answer
that is not here proves nothing: Ambiguous.
"""

from datetime import timedelta

from outreach.core.sentences import N_
from outreach.networks.errors import Ambiguous, Budget, Duplicate, Throttled
from outreach.networks.table import ASKED, Known
from outreach.networks.x.errors_account import ROWS as ACCOUNT
from outreach.networks.x.errors_post import ROWS as POST

_ROBOT_REST = timedelta(hours=6)
_CREDITS = N_("Buy credits on developer.x.com. It goes on by itself after that.")
_WAIT = N_("You need not do anything: it goes on by itself when the time is over.")

ROWS: tuple[Known, ...] = (
    # A failure of X's own, whatever it says.
    Known(
        Ambiguous,
        N_("X has too much to do at this moment (%(said)s)."),
        N_("X is overloaded. It may have taken the post all the same."),
        ASKED,
        statuses={503},
        when="HTTP 503",
    ),
    Known(
        Ambiguous,
        N_("X has a failure at this moment (%(said)s)."),
        N_("X broke down while it took the post. It may be there."),
        ASKED,
        statuses=range(500, 600),
        when="HTTP 5xx",
    ),
    Known(
        Ambiguous,
        N_("X says that it has a failure (%(said)s)."),
        N_("X broke down while it took the post. It may be there."),
        ASKED,
        problems={"internal-error", "field-hydration-failure", "resource-unavailable"},
        when="internal-error, resource-unavailable",
    ),
    Known(
        Ambiguous,
        N_("X took the call but says that something went wrong (%(said)s)."),
        N_("It does not say whether the post is there."),
        ASKED,
        statuses=range(200, 300),
        when="HTTP 2xx with errors",
    ),
    # The same post.
    Known(
        Duplicate,
        N_("X says that this post is there already."),
        N_("The account has posted the same words before, so most likely the post is ours."),
        N_("You need not do anything: X is asked for it. If it is not there, you are told."),
        codes={187},
        when="code 187, duplicate",
    ),
    Known(
        Duplicate,
        N_("X says that this post is there already."),
        N_("The account has posted the same words before, so most likely the post is ours."),
        N_("You need not do anything: X is asked for it. If it is not there, you are told."),
        statuses={403},
        words=("duplicate content", "status is a duplicate"),
        when="duplicate content",
    ),
    # Money.
    Known(
        Budget,
        N_("The X account has no credits left (%(said)s)."),
        N_("X is paid per post, thirteen times more for a post with a link, and what was bought is used up."),
        _CREDITS,
        statuses={402},
        when="HTTP 402, CreditsDepleted",
    ),
    Known(
        Budget,
        N_("The spending limit at X is reached (%(said)s)."),
        N_("On developer.x.com a limit is set for each month, and it is used up."),
        N_(
            "Raise the limit on developer.x.com, or wait for the next month. It goes on by itself after that."
        ),
        words=("spend cap", "spending limit", "spendcapreached"),
        when="spend cap reached",
    ),
    Known(
        Budget,
        N_("The X app has used up what it may do this month (%(said)s)."),
        N_("Each kind of access to X has a number of posts a month."),
        N_("Buy more on developer.x.com, or wait for the next month. It goes on by itself after that."),
        problems={"usage-capped"},
        when="usage-capped",
    ),
    # Too much.
    Known(
        Throttled,
        N_("X takes no more posts of this account today."),
        N_("X counts posts over 24 hours, and the number is reached."),
        _WAIT,
        problems={"day-limit"},
        when="HTTP 429, a limit of 24 hours",
    ),
    Known(
        Throttled,
        N_("X asks for a pause."),
        N_("X takes a number of posts in a quarter of an hour, and it is reached."),
        _WAIT,
        statuses={420, 429},
        when="HTTP 429",
    ),
    Known(
        Throttled,
        N_("X asks for a pause (%(said)s)."),
        N_("X takes a number of posts in a quarter of an hour, and it is reached."),
        _WAIT,
        problems={"rate-limit-exceeded"},
        when="rate-limit-exceeded",
    ),
    Known(
        Throttled,
        N_("X takes no more posts of this account today (%(said)s)."),
        N_("X counts posts over 24 hours, and the number is reached."),
        _WAIT,
        codes={185},
        when="code 185, daily limit",
        rest=timedelta(hours=3),
    ),
    Known(
        Throttled,
        N_("X takes this post for the work of a robot (%(said)s)."),
        N_("Many posts in a short time, or much the same posts, look like spam to X."),
        N_("It is tried again in some hours. If this comes back, let fewer posts go out on one day."),
        statuses={403},
        words=("automated",),
        when="code 226, automated",
        rest=_ROBOT_REST,
    ),
    *ACCOUNT,
    *POST,
    Known(
        Ambiguous,
        N_("X gave an answer that Outreach does not know. X said: %(said)s."),
        N_("It does not prove that the post is not there."),
        ASKED,
        when="anything else, 408 and 409 among them",
    ),
)
