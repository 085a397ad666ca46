"""LinkLook: where the links of a draft lead."""

from django.db import models

from outreach.newsletters.models.issue import Issue


class LinkLook(models.Model):
    """What was found when the links of a draft were followed, and when that is done again."""

    issue = models.OneToOneField(Issue, on_delete=models.CASCADE, related_name="link_look")
    # Whoever moves this on has the look: it is a lease too.
    look_at = models.DateTimeField()
    # By address: `at`, when it was asked for, and `wrong`, a Sentence as it is kept; {} where all is well.
    found = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"links of {self.issue_id}"
