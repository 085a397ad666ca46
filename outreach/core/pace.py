"""How fast waiting times pass."""

from datetime import timedelta

from django.conf import settings


def paced(wait: timedelta) -> timedelta:
    """`wait`, divided by OUTREACH_PACE.

    Leases, spacings and the waits between look-ups all go through here, so that a test of real processes
    keeps their proportions and takes seconds instead of minutes. Outside tests the pace is 1.
    """
    return wait / int(settings.PACE)
