"""When the jobs of a category run: by the category's name, or as the file ``schedule`` beside them says it.

The file has a line of cron, five fields or one of its words (``@daily``), and may have ``CRON_TZ=ZONE`` above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

UTC = "Etc/UTC"
BY_NAME = {
    "minutely": "* * * * *",
    "hourly": "0 * * * *",
    "daily": "0 0 * * *",
    "weekly": "0 0 * * 0",
    "monthly": "0 0 1 * *",
}
WORDS = {f"@{name}": schedule for name, schedule in BY_NAME.items() if name != "minutely"}
WORDS |= {"@midnight": WORDS["@daily"], "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *"}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# What Kubernetes takes: the least and the most of each field, and its names, the first of which means the least.
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of the week", 0, 6, DAYS),
)
PART = re.compile(r"(?P<first>\*|\?|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?\Z", re.ASCII)
ZONE_LINE = re.compile(r"(?:CRON_)?TZ\s*=\s*(\S+)\Z")
ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*\Z")
OLDER_NAME = "US/Eastern"
MINUTE, DAY = 60, 86400  # seconds
YEARS = 9  # 29 February comes once in that time, also around 2100


class NotASchedule(ValueError):
    """A text is not a schedule.

    :param line: which of its lines says so, from 1.
    """

    def __init__(self, problem: str, line: int = 1) -> None:
        super().__init__(problem)
        self.line = line


class Schedule(NamedTuple):
    """When something is to run.

    :param cron: the five fields.
    :param zone: the time zone that they are meant in.
    """

    cron: str
    zone: str = UTC

    def period(self) -> int:
        """Return the shortest time from one run to the next, in seconds; that of a clock that is never changed."""
        return _Times(self.cron).period


def of_category(category: str, content: str | None) -> Schedule | None:
    """Return the schedule of a job category, or None where nothing says when.

    :param content: of its file, None where it has none.
    :raises NotASchedule: says why.
    """
    if content is not None:
        return parse(content)
    return Schedule(BY_NAME[category]) if category in BY_NAME else None


def parse(content: str) -> Schedule:
    """Read the content of a file.

    :raises NotASchedule: says why.
    """
    zone, found = UTC, None
    for number, line in enumerate(content.splitlines(), start=1):
        text = line.partition("#")[0].strip()
        named = ZONE_LINE.match(text)
        if not text:
            continue
        if named and _is_zone(named[1]):
            zone = named[1]
        elif named:
            raise NotASchedule(f"{named[1]!r} is not a time zone such as Europe/Berlin", number)
        elif found is not None:
            raise NotASchedule("a category has one schedule, and this is a second one", number)
        else:
            found = _fields(text, number)
    if found is None:
        raise NotASchedule("there is no schedule in it")
    return Schedule(found, zone)


def _is_zone(name: str) -> bool:
    """Whether a cluster knows a time zone, as far as this machine's database tells.

    A machine without one takes any name, and so does one whose database lacks the older names, which a cluster has:
    Debian puts these into a package of their own.
    """
    if not ZONE.match(name) or name == "Local":
        return False
    return _is_known(name) or not _is_known(OLDER_NAME)


def _is_known(name: str) -> bool:
    import zoneinfo  # noqa: PLC0415 - takes 20 ms, and few schedules name a zone

    try:
        zoneinfo.ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # Python 3.9 to 3.11 try to open a directory
        return False
    return True


def _fields(text: str, line: int) -> str:
    """Return the five fields that a line means.

    :raises NotASchedule: when it has none, or would never come.
    """
    if text.startswith("@"):
        if text not in WORDS:
            raise NotASchedule(f"{text!r} is not one of {', '.join(WORDS)}", line)
        return WORDS[text]
    fields = text.split()
    if len(fields) != len(FIELDS):
        raise NotASchedule(
            f"a schedule has five fields (minute hour day month weekday), and this has {len(fields)}", line
        )
    try:
        comes = bool(_Times(text).days)
    except NotASchedule as problem:
        raise NotASchedule(str(problem), line) from None
    if not comes:
        raise NotASchedule("no month that it names has that day", line)
    return " ".join(fields)


class _Times:
    """The times that five fields mean."""

    def __init__(self, cron: str) -> None:
        minutes, hours, self._days, self._months, self._weekdays = (
            _values(field, *kind) for field, kind in zip(cron.split(), FIELDS)
        )
        self.seconds = [hour * 3600 + minute * MINUTE for hour in sorted(hours) for minute in sorted(minutes)]
        _, _, day, _, weekday = cron.split()
        self._every = [field.startswith(("*", "?")) and "/" not in field for field in (day, weekday)]

    @cached_property
    def days(self) -> list[date]:
        """The days on which it comes, in the years that are looked at."""
        first = date(2096, 1, 1)
        every = (first + timedelta(days=number) for number in range(YEARS * 366))
        return [each for each in every if self._is_on(each)]

    def _is_on(self, day: date) -> bool:
        """Whether it comes on a day; where both kinds of days are named, either will do, as in every cron."""
        if day.month not in self._months:
            return False
        of_month, of_week = day.day in self._days, day.isoweekday() % 7 in self._weekdays
        return of_month and of_week if any(self._every) else of_month or of_week

    @property
    def period(self) -> int:
        within = [later - earlier for earlier, later in zip(self.seconds, self.seconds[1:])]
        nights = [(later - earlier).days for earlier, later in zip(self.days, self.days[1:])]
        between = min(nights, default=YEARS * 366) * DAY - self.seconds[-1] + self.seconds[0]
        return min([*within, between])


def _values(field: str, name: str, least: int, most: int, names: tuple[str, ...]) -> set[int]:
    """Return the numbers that a field means.

    :raises NotASchedule: when it is none.
    """
    return {number for part in field.split(",") for number in _of_part(part, name, least, most, names)}


def _of_part(part: str, name: str, least: int, most: int, names: tuple[str, ...]) -> Iterator[int]:
    found = PART.match(part)
    if found is None or (found["step"] or "1").strip("0") == "" or (found["first"] in "*?" and found["last"]):
        raise NotASchedule(f"{part!r} is not a {name}")
    first, last = least, most
    if found["first"] not in "*?":
        first = _number(found["first"], name, least, most, names)
        alone = most if found["step"] else first
        last = _number(found["last"], name, least, most, names) if found["last"] else alone
    if first > last:
        raise NotASchedule(f"{part!r} ends before it begins")
    yield from range(first, last + 1, int(found["step"] or "1"))


def _number(text: str, name: str, least: int, most: int, names: tuple[str, ...]) -> int:
    if text.lower() in names:
        return names.index(text.lower()) + least
    number = int(text) if text.isdigit() and len(text) < 4 else most + 1  # noqa: PLR2004 - none has more digits
    if not least <= number <= most:
        sunday = ", Sunday is 0" if names is DAYS else ""
        raise NotASchedule(f"{text!r} is not a {name}: it goes from {least} to {most}{sunday}")
    return number
