"""What an account does with the picture of an article, and whether it looks at the page first."""

from typing import Any

from django.db import transaction

from outreach.core.errors import BadInput
from outreach.core.models import record
from outreach.core.sentences import N_, say
from outreach.posts.models import Account

_FIELDS = ("pictures", "needs_words", "looks_first")


def change(
    account: Account,
    *,
    pictures: str | None = None,
    needs_words: bool | None = None,
    looks_first: bool | None = None,
    by: Any = None,
) -> bool:
    """Change what is given. True when something is different now. Raises BadInput.

    `pictures` is "card" (left to the card that the link shows; attached only where a post has no link) or
    "attach". `needs_words`: a post whose picture nobody described waits for a person; else it goes out
    without the picture. `looks_first`: the page that a post points to is looked at before it goes out.
    """
    if pictures is not None and pictures not in Account.Pictures.values:
        known = ", ".join(Account.Pictures.values)
        sentence = N_("“%(choice)s” is not possible for pictures; use one of %(known)s.")
        raise BadInput(say(sentence, choice=pictures, known=known), "pictures")
    given = dict(zip(_FIELDS, (pictures, needs_words, looks_first), strict=True))
    fresh = {name: value for name, value in given.items() if value is not None}
    with transaction.atomic():
        found = Account.objects.defer("credentials").select_for_update().get(pk=account.pk)
        if all(getattr(found, name) == value for name, value in fresh.items()):
            return False
        Account.objects.filter(pk=account.pk).update(**fresh)
        account.refresh_from_db(fields=list(_FIELDS))
        record(account, say(N_("What happens with pictures and pages was changed.")), actor=by)
    return True
