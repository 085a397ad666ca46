"""Design: a copy of a shipped design that staff change; DesignVersion: what of it may be sent."""

from django.conf import settings
from django.db import models

from outreach.core import clock


class Design(models.Model):
    """A design of staff. What stands here is being worked on and may be wrong: versions are sent."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=40, unique=True)  # what newsletters name; never changes
    based_on = models.CharField(max_length=40, blank=True, default="")
    mjml = models.TextField()
    text = models.TextField()
    # Counts the changes: who saves a page that somebody else has changed meanwhile is told.
    edits = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DesignVersion(models.Model):
    """A design as it was taken into use, found right. Never changed."""

    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    mjml = models.TextField()
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["design", "number"], name="one_design_version")]

    def __str__(self) -> str:
        return f"{self.design} {self.number}"
