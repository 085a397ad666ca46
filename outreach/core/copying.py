"""New rows that are made from rows of another table within the database: none travels to us and back."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Model, QuerySet


def copy(source: QuerySet[Any, Any], blank: Model, **columns: str) -> int:
    """A row like `blank` for each row of `source`, in one statement; rows that are there already stay.

    `columns` says which columns come from `source` instead: `subscriber_id="pk"`. How many rows are new.
    """
    fields = [one for one in blank._meta.concrete_fields if not one.primary_key]
    given = [one for one in fields if one.attname not in columns]
    values = [one.get_db_prep_save(one.pre_save(blank, add=True), connection) for one in given]
    # Under names of their own: Django lets no value be called like a column of its table.
    taken = {f"its_{name}": F(column) for name, column in columns.items()}
    try:
        chosen, words = source.order_by().values(**taken).query.sql_with_params()
    except EmptyResultSet:  # Django sees without asking that nobody is meant
        return 0
    quote = connection.ops.quote_name
    order = [*(one for one in fields if one.attname in columns), *given]
    names = ", ".join(quote(str(one.column)) for one in order)
    places = [*(f"source.its_{one.attname}" for one in order[: len(columns)]), *["%s"] * len(given)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(blank._meta.db_table)} ({names})"  # noqa: S608
            f" SELECT {', '.join(places)} FROM ({chosen}) AS source WHERE true ON CONFLICT DO NOTHING",
            [*values, *words],
        )
        return int(cursor.rowcount)
