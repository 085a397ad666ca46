from django.db import migrations, models

import outreach.core.clock
from outreach.subscribers.models.subscriber import sought


def write_domains_as_people_do(apps, schema_editor):
    """Who has an address in a domain with accents is found by it."""
    subscribers = apps.get_model("subscribers", "Subscriber").objects.filter(address_key__contains="xn--")
    last = 0
    while rows := list(subscribers.filter(pk__gt=last).order_by("pk").only("address_key", "name")[:1000]):
        for row in rows:
            row.sought = sought(row.address_key, row.name)
        subscribers.bulk_update(rows, ["sought"], batch_size=250)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0007_confirmation_unknown")]

    operations = [
        migrations.CreateModel(
            name="Tagging",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("claim", models.CharField(blank=True, default="", editable=False, max_length=16)),
                ("lease_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("word", models.CharField(max_length=60)),
                ("off", models.BooleanField(default=False)),
                ("wanted", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("working", "Working"), ("done", "Done")], default="working", max_length=7
                    ),
                ),
                ("created_at", models.DateTimeField(default=outreach.core.clock.now)),
                ("last", models.BigIntegerField(default=0)),
                ("until", models.BigIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["working"])),
                        fields=["created_at"],
                        name="tagging_open",
                    )
                ]
            },
        ),
        migrations.RunPython(write_domains_as_people_do, migrations.RunPython.noop),
    ]
