"""When an account may be posted on: one pure function over wall clocks and instants.

A slot that a clock change skips comes an hour later that day; one that comes twice counts the first time
(PEP 495, `fold=0`). Quiet hours are read from the clock on the wall, whatever it shows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.core.errors import BadInput, OutreachError
from outreach.core.sentences import N_, say

LONGEST_WAIT = timedelta(days=366)
"""No post waits longer for a free time than this: then the hours are too few for what is to be posted."""
LONGEST_DISTANCE = timedelta(days=7)
_DAY, _ONE_SLOT = timedelta(days=1), timedelta(minutes=1)
_NO_ROOM = N_("There is no free time on this account within a year. Give it more time slots.")


@dataclass(frozen=True)
class Hours:
    """The rules of one account. Weekdays are numbers, 0 is Monday; times are those of the wall clock."""

    slots: tuple[tuple[int, time], ...] = ()  # none: at any time that is not quiet
    quiet: tuple[time, time] | None = None  # from, until; over midnight when until is the earlier one
    quiet_days: frozenset[int] = frozenset()
    distance: timedelta = timedelta()

    def __bool__(self) -> bool:
        """Whether there is any rule."""
        return bool(self.slots or self.quiet or self.quiet_days or self.distance)


def next_free(hours: Hours, zone: ZoneInfo, after: datetime, taken: Iterable[datetime] = ()) -> datetime:
    """The first instant (UTC), not before `after`, at which one more post may go out.

    `taken` are the instants of the others on the account. Raises OutreachError when there is none within
    `LONGEST_WAIT`.
    """
    others = sorted(taken)
    found = _in_slots if hours.slots else _at_any_time
    for instant in found(hours, zone, after.astimezone(UTC), others):
        if instant > after + LONGEST_WAIT:
            break
        return instant
    raise OutreachError(say(_NO_ROOM))


def upcoming(
    hours: Hours, zone: ZoneInfo, after: datetime, taken: Iterable[datetime], n: int = 3
) -> list[datetime]:
    """The next `n` free ones, as if each were taken in its turn."""
    others = list(taken)
    free: list[datetime] = []
    for _number in range(n):
        free.append(next_free(hours, zone, after, [*others, *free]))
    return free


def is_quiet(hours: Hours, zone: ZoneInfo, instant: datetime) -> bool:
    """Whether nothing goes out by itself at `instant`."""
    wall = instant.astimezone(zone)
    return wall.weekday() in hours.quiet_days or _is_within(hours.quiet, wall.time())


def quiet_until(hours: Hours, zone: ZoneInfo, instant: datetime) -> datetime:
    """`instant` itself when it is not quiet then, else the first later one that is not.

    Raises OutreachError when it is always quiet.
    """
    if not is_quiet(hours, zone, instant):
        return instant.astimezone(UTC)
    first = instant.astimezone(zone).date()
    for number in range(LONGEST_WAIT.days):
        for edge in sorted(_edges(hours, zone, first + _DAY * number)):
            if edge > instant and not is_quiet(hours, zone, edge):
                return edge
    raise OutreachError(say(_NO_ROOM))


def is_near(hours: Hours, instant: datetime, taken: Iterable[datetime]) -> bool:
    """Whether a post at `instant` would come nearer to another one than the distance allows."""
    return any(abs(instant - other) < hours.distance for other in taken)


def check(hours: Hours) -> Hours:
    """`hours`, when posts can go out by them. Raises BadInput: the field, and what would be right."""
    if not timedelta() <= hours.distance <= LONGEST_DISTANCE:
        raise BadInput(say(N_("The distance is a number of minutes from 0 to 10080 (a week).")), "distance")
    if hours.quiet and hours.quiet[0] == hours.quiet[1]:
        raise BadInput(say(N_("The quiet hours end at another time than they begin.")), "quiet")
    if hours.quiet_days >= frozenset(range(7)):
        raise BadInput(
            say(N_("No post could ever go out: leave at least one day that is not quiet.")), "quiet"
        )
    for weekday, at in hours.slots:
        if weekday in hours.quiet_days or _is_within(hours.quiet, at):
            words = N_("The time slot %(time)s falls in the quiet hours. Change one of the two.")
            raise BadInput(say(words, time=f"{at:%H:%M}"), "slots")
    return hours


def _in_slots(hours: Hours, zone: ZoneInfo, after: datetime, others: list[datetime]) -> Iterator[datetime]:
    apart = max(hours.distance, _ONE_SLOT)  # one slot, one post
    for instant in _slots(hours, zone, after):
        if not is_quiet(hours, zone, instant) and all(abs(instant - other) >= apart for other in others):
            yield instant


def _slots(hours: Hours, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    # From the day before: where clocks change at midnight, a skipped time lands on the next day.
    first = after.astimezone(zone).date() - _DAY
    for number in range(LONGEST_WAIT.days + 3):
        day = first + _DAY * number
        todays = {_instant(day, at, zone) for weekday, at in hours.slots if weekday == day.weekday()}
        yield from (instant for instant in sorted(todays) if instant >= after)


def _at_any_time(hours: Hours, zone: ZoneInfo, after: datetime, others: list[datetime]) -> Iterator[datetime]:
    """From one obstacle to the next: each step goes forward, past a quiet time or past a post."""
    instant = after
    while True:
        instant = quiet_until(hours, zone, instant)
        near = [other for other in others if abs(instant - other) < hours.distance]
        if not near:
            yield instant
            return
        instant = max(near) + hours.distance


def _edges(hours: Hours, zone: ZoneInfo, day: date) -> set[datetime]:
    """Where a quiet time may end on `day`: at its end, at midnight, and where the clock jumps."""
    ends = {time(0)} | ({hours.quiet[1]} if hours.quiet else set())
    edges = {_instant(day, end.replace(fold=fold), zone) for end in ends for fold in (0, 1)}
    return edges | _jumps(zone, day)


def _jumps(zone: ZoneInfo, day: date) -> set[datetime]:
    """The instant of `day` at which the clock is moved, if it is, to the second."""
    low, high = _instant(day, time(0), zone), _instant(day + _DAY, time(0), zone)
    before = low.astimezone(zone).utcoffset()
    if before == high.astimezone(zone).utcoffset():
        return set()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return {high}


def _is_within(quiet: tuple[time, time] | None, at: time) -> bool:
    if quiet is None:
        return False
    begin, end = quiet
    return begin <= at < end if begin < end else at >= begin or at < end


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
