from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0009_left_by_topic")]

    operations = [
        migrations.AddField(
            model_name="import", name="tries", field=models.PositiveSmallIntegerField(default=0)
        )
    ]
