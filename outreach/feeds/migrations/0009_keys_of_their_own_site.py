"""An address belongs to the site that it names. The old keys stay: they go on being found by their feed.

Guids stay where they are: only their hashes were kept, and many name the machine where a site was made.
"""

from urllib.parse import urlsplit

from django.db import migrations

_MANY = 1000


def keep_with_their_own_site(apps, _editor):
    """The addresses of what one feed showed of another site, so that the other's own feed recognises it."""
    EntryKey = apps.get_model("feeds", "EntryKey")
    rows = EntryKey.objects.filter(kind="url").exclude(entry__link="")
    rows = rows.values_list("site", "kind", "value", "entry", "entry__link")
    elsewhere = [row for row in rows.iterator(_MANY) if _site_of(row[4]) not in {"", row[0]}]
    for start in range(0, len(elsewhere), _MANY):
        some = elsewhere[start : start + _MANY]
        EntryKey.objects.bulk_create(
            [
                EntryKey(site=_site_of(link), kind=kind, value=value, entry_id=entry)
                for _, kind, value, entry, link in some
            ],
            ignore_conflicts=True,
        )


def _site_of(link):
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.")[:253]


class Migration(migrations.Migration):
    dependencies = [("feeds", "0008_presence")]
    operations = [migrations.RunPython(keep_with_their_own_site, migrations.RunPython.noop)]
