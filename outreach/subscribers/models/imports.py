"""Import, ImportPiece, ImportLine, ImportFault: a list that is brought in, from its file to its report."""

from django.conf import settings
from django.db import models

from outreach.core import clock
from outreach.core.fields import SentenceField
from outreach.core.leases import Leased
from outreach.subscribers.models.consent import Basis
from outreach.subscribers.models.subscriber import SoughtField


class Import(Leased):
    """A list that staff bring in: looked at line by line first, then written, both in small transactions.

    `lines` and `written` say how far it is, and are committed together with what they count: a worker that is
    killed leaves a place to go on from, and no line is counted or written twice.
    """

    class State(models.TextChoices):
        COLUMNS = "columns"  # waits for a person who says which column is what
        LOOKING = "looking"
        LOOKED = "looked"  # waits for a person who has seen what would happen
        IMPORTING = "importing"
        IMPORTED = "imported"
        FAILED = "failed"

    topic = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)  # the newsletter, as staff know it
    file_name = models.CharField(max_length=200)
    layout = models.JSONField(default=dict)  # see outreach.subscribers.tables.Layout
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    tags = models.JSONField(default=list)  # words that everybody of this list gets
    basis = models.CharField(max_length=10, choices=Basis.choices)
    given_on = models.DateField(null=True, blank=True)
    wording = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.COLUMNS)
    reason = SentenceField()
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    file_lines = models.PositiveIntegerField(default=0)  # line ends in the file: what progress is measured by
    at_line = models.PositiveIntegerField(default=0)  # of the file: the last that was looked at
    lines = models.PositiveIntegerField(default=0)  # people that were looked at
    usable = models.PositiveIntegerField(default=0)  # who would be added
    refused = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)  # the ImportLine that was written last
    # Taken up since the last batch that was committed: what breaks off each time is given up.
    tries = models.PositiveSmallIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0)  # how many of them were

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["looking", "importing"]),
                name="import_open",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def known(self) -> int:
        """Lines whose address gets this newsletter already, or came before in the file."""
        return self.lines - self.refused - (self.added if self.state == self.State.IMPORTED else self.usable)


class ImportPiece(models.Model):
    """A part of the file, in the database: the worker may be on another machine than the page."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_piece_per_number")]

    def __str__(self) -> str:
        return f"{self.job}, part {self.number}"


class ImportLine(models.Model):
    """One person of the file who may come in. Gone when the import is over."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="people", db_index=False)
    line = models.PositiveIntegerField()
    address = models.EmailField(max_length=254)
    address_key = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=2)
    tags = models.JSONField(default=list)
    # Gets the newsletter already; only the tags are new.
    known = models.BooleanField(default=False)
    sought = SoughtField(blank=True, default="", editable=False)  # as it will be searched for

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address_key", "job"], name="one_line_per_address")]
        # In the order in which they are written: a list is not sorted anew for each batch.
        indexes = [models.Index(fields=["job", "id"], name="lines_in_order")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.address}"


class ImportFault(models.Model):
    """One line that was not taken, and why."""

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="faults")
    line = models.PositiveIntegerField()
    given = models.CharField(max_length=300, blank=True, default="")
    sentence = SentenceField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "line"], name="one_fault_per_line")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}"
