from django.db import migrations, models
import django.db.models.deletion


def keep_the_image(apps, schema_editor):
    """The one image of a post is the first of several."""
    Post, PostImage = apps.get_model('posts', 'Post'), apps.get_model('posts', 'PostImage')
    with_image = Post.objects.exclude(image=None).values_list('pk', 'image_id', 'image_alt')
    rows = (
        PostImage(post_id=post, image_id=image, alt=alt, position=0)
        for post, image, alt in with_image.iterator()
    )
    PostImage.objects.bulk_create(rows, batch_size=500)


def only_the_first(apps, schema_editor):
    """Back: a post keeps its first image."""
    Post, PostImage = apps.get_model('posts', 'Post'), apps.get_model('posts', 'PostImage')
    for row in PostImage.objects.filter(position=0).iterator():
        Post.objects.filter(pk=row.post_id).update(image_id=row.image_id, image_alt=row.alt)


class Migration(migrations.Migration):

    dependencies = [
        ('posts', '0007_health_and_cost'),
    ]

    operations = [
        migrations.CreateModel(
            name='PostImage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('alt', models.CharField(blank=True, default='', max_length=1000)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='posts.image')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='images', to='posts.post')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('post', 'position'), name='one_image_per_position')],
            },
        ),
        migrations.RunPython(keep_the_image, only_the_first),
    ]
