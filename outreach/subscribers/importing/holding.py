"""Saying how far a long job is, in the transaction of what was done; only while the job is ours."""

from typing import Any

from django.db.models import F

from outreach.core.leases import Leased


class LostClaim(Exception):
    """Another worker has this job now, or a person began it anew: what is not committed is undone."""


def advance(job: Leased, claim: str, counts: dict[str, int] | None = None, **changes: Any) -> None:
    """Write `changes`, and add `counts` to what stands there. Raises LostClaim."""
    sums: dict[str, Any] = {name: F(name) + number for name, number in (counts or {}).items()}
    if not type(job)._default_manager.filter(pk=job.pk, claim=claim).update(**sums, **changes):
        raise LostClaim
    for name, number in (counts or {}).items():
        setattr(job, name, getattr(job, name) + number)
    for name, value in changes.items():
        setattr(job, name, value)
