from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsletters", "0015_words_without_readers")]

    operations = [
        migrations.AddField("issue", "letter", models.BooleanField(default=False)),
        migrations.AddField("issue", "audience", models.JSONField(blank=True, default=dict)),
        migrations.AddField("issue", "public", models.BooleanField(default=True)),
    ]
