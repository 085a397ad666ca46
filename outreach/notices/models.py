"""Notices to staff: what is told, the mails that tell it, and in which language."""

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.relays.models import SingleMail


class Mailing(models.Model):
    """What is mailed on one day of one thing. The constraint keeps a bad day from becoming a flood."""

    about = models.CharField(max_length=60)  # "account:12", see `outreach.core.models.subject_of`
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "day"], name="one_mailing_a_day")]

    def __str__(self) -> str:
        return f"{self.about} on {self.day}"


class Notice(models.Model):
    """One thing that staff are told. The same `key` is never told twice."""

    key = models.CharField(max_length=200, unique=True)
    about = models.CharField(max_length=60)
    name = models.CharField(max_length=200)  # what people call the thing
    title = SentenceField()
    text = SentenceField()
    advice = SentenceField()
    at = models.DateTimeField(default=clock.now)
    mailing = models.ForeignKey(
        Mailing, null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )

    class Meta:
        indexes = [
            models.Index(fields=["at"], condition=models.Q(mailing__isnull=True), name="notice_not_mailed")
        ]

    def __str__(self) -> str:
        return str(self.title)


class NoticeMail(SingleMail):
    """One mailing to one person."""

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="mails")
    address = models.EmailField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "address"], name="one_notice_mail_each")]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="notice_mail_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailing} to {self.address}"


class Speaks(models.Model):
    """The language in which somebody uses these pages."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.language}"
