"""Amounts of money and large numbers as people write them in the active language."""

from decimal import Decimal

from django.utils.formats import number_format


def written(amount: Decimal) -> str:
    """ "0,20" in Dutch, "0.20" in English; two decimals, or as many more as it has ("0,015")."""
    shortest = amount.normalize()
    exponent = shortest.as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return number_format(shortest, places)


def whole(number: int) -> str:
    """ "12.500" in Dutch, "12,500" in English."""
    return number_format(number, force_grouping=True)
