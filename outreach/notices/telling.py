"""Writing down what staff are to be told. The mails follow by themselves (`sending`)."""

from django.db import models

from outreach.core import clock
from outreach.core.models import subject_of
from outreach.core.sentences import NOTHING, Sentence
from outreach.notices.models import Notice


def tell(row: models.Model, key: str, title: Sentence, text: Sentence, advice: Sentence = NOTHING) -> bool:
    """Tell staff of `row`, once for each `key`: False when they have been told. Safe within a transaction.

    `text` says why, `advice` what to do now.

    `row` has a page of its own, whose address is named like the row's kind: the mail points there.
    """
    about = subject_of(row)
    known = {"about": about, "name": str(row)[:200], "title": title, "text": text, "advice": advice}
    known["at"] = clock.now()
    return Notice.objects.get_or_create(key=f"{about}:{key}", defaults=known)[1]


def take_back(row: models.Model) -> None:
    """What is not mailed yet about `row` is not so any more."""
    Notice.objects.filter(about=subject_of(row), mailing__isnull=True).delete()
