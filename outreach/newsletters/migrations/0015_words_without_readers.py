"""What mail servers said of readers stays with the reader: told to staff, it names nobody."""

from typing import Any

from django.db import migrations

from outreach.core.veils import without_mailboxes
from outreach.core.sentences import Sentence


def clean(apps: Any, schema_editor: Any) -> None:
    """Rows of before; what names nobody is left as it is."""
    said = (
        (apps.get_model("core", "Activity").objects.filter(subject__startswith="issue:"), ("sentence", "raw")),
        (apps.get_model("notices", "Notice").objects.filter(about__startswith="issue:"), ("text",)),
        (apps.get_model("newsletters", "Issue").objects.exclude(reason={}), ("reason",)),
    )
    for rows, names in said:
        for row in rows.only("pk", *names).iterator(chunk_size=500):
            changes = {name: _without(getattr(row, name)) for name in names}
            if any(value != getattr(row, name) for name, value in changes.items()):
                rows.model.objects.filter(pk=row.pk).update(**changes)
    deliveries = apps.get_model("newsletters", "Delivery").objects.filter(subscriber=None)
    deliveries.exclude(reply="").update(reply="")
    reasons = apps.get_model("subscribers", "LeaveReason").objects.filter(subscriber=None)
    reasons.exclude(words="").update(words="")


def _without(value: Any) -> Any:
    if isinstance(value, Sentence):
        values = {name: _without(one) for name, one in value.values.items()}
        return Sentence(value.text, values, value.plural)
    return without_mailboxes(value) if isinstance(value, str) else value


class Migration(migrations.Migration):

    dependencies = [
        ("newsletters", "0014_welcome_repeated"),
        ("core", "0004_privacy_text"),
        ("notices", "0002_advice"),
        ("subscribers", "0003_choices"),
    ]

    operations = [
        migrations.RunPython(clean, migrations.RunPython.noop),
    ]
