"""Makes the rows that a test of real processes starts from, through the rooms' own doors.

A program: reads what is wanted as JSON on standard input, writes what was made as JSON.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any


def furnish(
    facebook: dict[str, str],
    x: dict[str, str],
    feed: str,
    *,
    pages: int = 1,
    posts: int = 0,
    source: bool = True,
    mode: str = "automatic",
    subscribers: int = 0,
) -> dict[str, Any]:
    """`pages` accounts on each network; `posts` approved posts, spread over them, each on both networks.

    With `subscribers` there is a newsletter; its day is not today (see `slot_now`).
    """
    from outreach.feeds.sources import add_source

    made = [_accounts(network, keys, pages) for network, keys in (("facebook", facebook), ("x", x))]
    sources = [add_source(feed, name="Site", mode=mode, cooling_minutes=0)] if source else []
    for number in range(posts):
        _post(number, [accounts_of[number % pages] for accounts_of in made])
    if subscribers:
        _newsletter(sources, subscribers)
    return {"sources": [row.pk for row in sources]}


def _accounts(network: str, keys: dict[str, str], many: int) -> list[Any]:
    """The first is connected; the others are copies of its row.

    A Page is one account for whoever connects it; many that are one there let posts go out side by side, each
    at the spacing of its own account.
    """
    from outreach.posts.accounts import connecting
    from outreach.posts.models import Account

    first = connecting.connect(network, f"{network} 0", keys)
    copies = [{"network": network, "name": f"{network} {number}"} for number in range(1, many)]
    same = {"credentials": first.credentials, "remote_id": first.remote_id}
    return [first, *(Account.objects.create(**copy, **same) for copy in copies)]


def _post(number: int, chosen: list[Any]) -> None:
    from outreach.posts import approving, writing

    post = writing.write(
        text=f"Bericht nummer {number} van de reeks", link=f"https://example.org/{number}", accounts=chosen
    )
    writing.submit(post)
    approving.approve(post)


def slot_now() -> dict[str, Any]:
    """The newsletter's next issue is due at this moment."""
    from outreach.core import clock
    from outreach.newsletters.models import Newsletter

    started = clock.now() - timedelta(days=1)
    return {"newsletters": Newsletter.objects.update(next_slot=clock.now(), starts_at=started)}


def _newsletter(sources: list[Any], subscribers: int) -> None:
    from outreach.newsletters import making
    from outreach.subscribers import joining

    newsletter = making.create("Nieuws", sources=sources, mode="automatic", language="nl")
    for number in range(subscribers):
        address = f"lezer{number}@example.org"
        joining.add(newsletter.topic, address, name="", language="nl", how="test", wording="Ja.")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.db import transaction

    with transaction.atomic():
        wanted = json.load(sys.stdin)
        print(json.dumps(furnish(**wanted) if wanted else slot_now()))
