"""Connecting an account with a browser: the organisation's own apps, and what is under way."""

from django.db import models

from outreach.core import clock
from outreach.core.fields import EncryptedJSONField
from outreach.posts.models.account import Account


class App(models.Model):
    """The keys of the organisation's own app at a network. Entered once, never shown again."""

    network = models.CharField(max_length=20, primary_key=True)
    keys = EncryptedJSONField()
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.network


class Handshake(models.Model):
    """A login at a network that a person began: for one browser, to be answered once, for some minutes.

    Neither `key` nor `session` is stored as it is: who reads the database cannot answer in somebody's name.
    `secret` holds what is needed to read the answer and, after it, what the answer opened.
    """

    class State(models.TextChoices):
        BEGUN = "begun"
        ANSWERED = "answered"  # somebody is reading the answer, or has read it: nobody may a second time
        OPEN = "open"  # there is a Page to choose, or a question to answer
        DONE = "done"

    key = models.CharField(max_length=64, unique=True)
    session = models.CharField(max_length=64)
    network = models.CharField(max_length=20)
    login = models.CharField(max_length=20)
    # To be connected again; a new one otherwise.
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE)
    automatic = models.BooleanField(default=True)
    address = models.CharField(max_length=500, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.BEGUN)
    begun_at = models.DateTimeField(default=clock.now, db_index=True)
    secret = EncryptedJSONField()

    def __str__(self) -> str:
        return f"{self.network} since {self.begun_at:%Y-%m-%d %H:%M}"
