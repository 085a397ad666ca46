"""Many rows looked up by their keys, however wrong the database is about how many there are."""

from django.db import connection
from django.db.models import Model

_BY_INDEX = "".join(f"SET LOCAL enable_{way} = off;" for way in ("seqscan", "bitmapscan"))


def by_keys() -> None:
    """Until this transaction ends, every row is found through an index; for statements that name them by key.

    While a list comes in, PostgreSQL has not counted its tables since they were small, or empty. It would go
    through all of them for each batch: a list twice as long would take four times as long. SQLite does not.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_BY_INDEX)


def count_anew(*models: type[Model]) -> None:
    """PostgreSQL counts these tables now, not some minutes later: their pages would be slow until then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                f"ANALYZE {', '.join(connection.ops.quote_name(one._meta.db_table) for one in models)}"
            )
