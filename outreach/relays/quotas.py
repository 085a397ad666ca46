"""How much may go out now: strict windows, kept in the database, shared by all workers.

A window is cut in sixty slices, and one that it touches counts whole. So in no stretch of that length more
goes out than the limit says, whatever was restarted meanwhile; a burst of that many at once is allowed. A row
is changed by compare-and-swap.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from outreach.relays.limits import Limit
from outreach.relays.models import Usage

_SLICES = 60
_ATTEMPTS = 20
_AHEAD = timedelta(minutes=1)
_Slices = dict[int, int]


def take(server: str, limits: Sequence[Limit], wanted: int, now: datetime, domain: str = "") -> int:
    """How many of `wanted` mails may go out; they count from now on."""
    granted = wanted
    for number, limit in enumerate(limits):
        before, granted = granted, _take(server, domain, limit, granted, now)
        for passed in limits[:number]:
            _give_back(server, domain, passed, before - granted, now)
    return granted


def give_back(server: str, limits: Sequence[Limit], count: int, now: datetime, domain: str = "") -> None:
    """`count` of what was taken did not go out."""
    for limit in limits:
        _give_back(server, domain, limit, count, now)


def note(server: str, limits: Sequence[Limit], count: int, now: datetime) -> None:
    """`count` mails go out whatever the limit says: they do not wait, but count."""
    for limit in limits:
        _note(server, limit, count, now)


def free_at(server: str, limits: Sequence[Limit], now: datetime, domain: str = "") -> datetime:
    """When the next mail may go out."""
    return max([now, *(_free_at(server, domain, limit, now) for limit in limits)])


def room(server: str, limit: Limit, now: datetime) -> int:
    """How many mails may go out at once, by this limit alone."""
    return max(0, limit.most - sum(_used(_row(server, "", limit), limit, now).values()))


def appointments(
    server: str, domain: str, limit: Limit, count: int, now: datetime, most: timedelta
) -> list[datetime]:
    """When to come back with `count` mails that may not go out now, one after the other, within `most`."""
    row = _row(server, domain, limit)
    step = timedelta(seconds=limit.seconds / limit.most)
    begins = max(now, row.waits_until or now)
    found = [min(begins + step * (number + 1), now + most) for number in range(count)]
    Usage.objects.filter(pk=row.pk).update(waits_until=found[-1])
    return found


def _take(server: str, domain: str, limit: Limit, wanted: int, now: datetime) -> int:
    granted = 0

    def more(used: _Slices, newest: int) -> _Slices:
        nonlocal granted
        granted = max(0, min(wanted, limit.most - sum(used.values())))
        return _plus(used, newest, granted)

    return granted if _change(server, domain, limit, now, more) else 0


def _note(server: str, limit: Limit, count: int, now: datetime) -> None:
    _change(server, "", limit, now, lambda used, newest: _plus(used, newest, count))


def _give_back(server: str, domain: str, limit: Limit, count: int, now: datetime) -> None:
    def less(used: _Slices, newest: int) -> _Slices:
        left = count
        for at in sorted(used, reverse=True):
            used[at], left = max(0, used[at] - left), max(0, left - used[at])
        return used

    if count:
        _change(server, domain, limit, now, less)


def _change(
    server: str, domain: str, limit: Limit, now: datetime, change: Callable[[_Slices, int], _Slices]
) -> bool:
    for _ in range(_ATTEMPTS):
        row = _row(server, domain, limit)
        used = _used(row, limit, now)
        changed = change(dict(used), _newest(row, limit, now))
        if changed == used:
            return True
        mine = Usage.objects.filter(pk=row.pk, version=row.version)
        if mine.update(slices={str(at): count for at, count in changed.items()}, version=row.version + 1):
            return True
    return False


def _row(server: str, domain: str, limit: Limit) -> Usage:
    return Usage.objects.get_or_create(server=server, domain=domain, seconds=limit.seconds)[0]


def _used(row: Usage, limit: Limit, now: datetime) -> _Slices:
    """Of the window that ends now."""
    newest, slices = _newest(row, limit, now), _kept(row)
    return {at: count for at, count in slices.items() if newest - _SLICES <= at <= newest and count}


def _newest(row: Usage, limit: Limit, now: datetime) -> int:
    """The slice of this moment: by our own clock, or by that of a machine or worker a little ahead of us.

    Else who is behind would take what it counted for nothing. What lies further in the future was counted
    while a clock was wrong.
    """
    own, ahead = _slice(limit, now), _slice(limit, now + _AHEAD)
    return max([own, *(at for at in _kept(row) if at <= ahead)])


def _kept(row: Usage) -> _Slices:
    return {int(at): count for at, count in row.slices.items() if count}


def _slice(limit: Limit, now: datetime) -> int:
    return int(now.timestamp() * _SLICES / limit.seconds)


def _plus(used: _Slices, at: int, count: int) -> _Slices:
    return used | ({at: used.get(at, 0) + count} if count else {})


def _free_at(server: str, domain: str, limit: Limit, now: datetime) -> datetime:
    used = _used(_row(server, domain, limit), limit, now)
    over = sum(used.values()) - limit.most
    for at in sorted(used):
        if over < 0:
            break
        over -= used[at]
        now = datetime.fromtimestamp((at + _SLICES + 1) * limit.seconds / _SLICES, UTC)
    return now
