from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('posts', '0016_variants'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='unwanted',
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
