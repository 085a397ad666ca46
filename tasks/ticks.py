"""The ticks: each drives one room's step. A room is imported when its tick first runs.

`outreach serve` and a fresh worker so start with little in memory.
"""

from tasks.app import app
from tasks.ticking import tick


@app.task(name="tasks.poll")
def poll() -> None:
    """Fetch the sources that are due, and the pages of what is new there."""
    from outreach.feeds.asking import lapse_one
    from outreach.feeds.enriching import enrich_one
    from outreach.feeds.polling import poll_one

    tick("poll", poll_one, enrich_one, lapse_one)


@app.task(name="tasks.plan")
def plan() -> None:
    """Make posts of the entries whose cooling time is over, and of events that come near."""
    from outreach.posts.following import follow_one
    from outreach.posts.planning import plan_one
    from outreach.posts.reminding import remind_one

    tick("plan", follow_one, plan_one, remind_one)


@app.task(name="tasks.look")
def look() -> None:
    """Fetch the pictures that posts attach, and look at the pages that posts and drafts point to."""
    from outreach.newsletters.links import look_one as follow_one_link
    from outreach.posts.illustrating import illustrate_one
    from outreach.posts.preflight import look_one

    tick("look", illustrate_one, look_one, follow_one_link)


@app.task(name="tasks.publish")
def publish() -> None:
    """Post what is due, with access tokens that are renewed in time."""
    from outreach.posts.accounts.renewing import renew_one
    from outreach.posts.sending.publishing import publish_one

    tick("publish", renew_one, publish_one)


@app.task(name="tasks.settle")
def settle() -> None:
    """Ask the networks about the posts whose outcome is unknown; let go what there is money for again."""
    from outreach.posts.holding import release_one
    from outreach.posts.sending.publishing import settle_one

    tick("settle", settle_one, release_one)


@app.task(name="tasks.check")
def check() -> None:
    """Look daily at how each account is, and warn of what ends; read the mails that came back."""
    from outreach.newsletters.returning.mailbox import collect_some
    from outreach.posts.accounts.health import check_one
    from outreach.posts.accounts.warning import warn_one

    tick("check", check_one, warn_one, collect_some)


@app.task(name="tasks.issues")
def issues() -> None:
    """Open the issues of due slots, keep drafts up to date, and start those that are approved."""
    from outreach.newsletters.issues import open_one
    from outreach.newsletters.reminding import remind_one
    from outreach.newsletters.sending import start_one
    from outreach.newsletters.waiting import follow_one

    tick("issues", open_one, follow_one, remind_one, start_one)


@app.task(name="tasks.deliver")
def deliver() -> None:
    """Mail the issues that are going out."""
    from outreach.newsletters.sending import deliver_some

    tick("deliver", deliver_some)


@app.task(name="tasks.confirm")
def confirm() -> None:
    """Mail those who asked for a newsletter and must say so once more, and staff what they are to know."""
    from outreach.newsletters.crowding import tell_one
    from outreach.newsletters.welcoming import welcome_one
    from outreach.notices.sending import gather_one, mail_one
    from outreach.subscribers.confirming import confirm_mail_one
    from outreach.subscribers.taking_up import take_up_one

    tick("confirm", take_up_one, confirm_mail_one, welcome_one, tell_one, gather_one, mail_one)


@app.task(name="tasks.lists")
def lists() -> None:
    """Look at the lists of subscribers that staff bring in, and write them; tag many people."""
    from outreach.subscribers.importing import import_some
    from outreach.subscribers.marking import tag_some

    tick("lists", import_some, tag_some)


@app.task(name="tasks.prune")
def prune() -> None:
    """Throw away what nobody will read again."""
    from tasks.pruning import prune_one

    tick("prune", prune_one)
