from django.db import migrations


class Migration(migrations.Migration):
    # A transaction of its own: PostgreSQL alters no table for which rows were just written.

    dependencies = [
        ('posts', '0008_several_images'),
    ]

    operations = [
        migrations.RemoveField(model_name='post', name='image_alt'),
        migrations.RemoveField(model_name='post', name='image'),
    ]
