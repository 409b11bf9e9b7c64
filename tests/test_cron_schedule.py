"""When the jobs of a category run: what Kubernetes takes for a schedule, and the time from one run to the next."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from s2itasks.check.cron_schedule import BY_NAME, NotASchedule, Schedule, of_category, parse

MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.mark.parametrize(
    ("cron", "period"),
    [
        ("* * * * *", MINUTE), ("*/5 * * * *", 5 * MINUTE), ("*/7 * * * *", 4 * MINUTE), ("0 * * * *", HOUR),
        ("0 9-17 * * mon-fri", HOUR), ("30 3 * * *", DAY), ("0,30 23 * * *", 30 * MINUTE), ("59 23,0 * * *", HOUR),
        ("0 0 * * SUN", 7 * DAY), ("0 0 * * 1,3", 2 * DAY), ("0 0 1 * *", 28 * DAY), ("0 0 1 jan ?", 365 * DAY),
        ("0 0 13 * 5", DAY), ("0 0 */2 * *", DAY), ("10/20 * * * *", 20 * MINUTE), ("0 0 29 feb *", 2921 * DAY),
    ],
)  # fmt: skip
def test_the_time_between_two_runs(cron: str, period: int) -> None:
    """The shortest there is."""
    assert parse(cron).period() == period


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("", "there is no schedule in it", 1),
        ("# nothing\n", "there is no schedule in it", 1),
        ("\n0 0 * *", "a schedule has five fields (minute hour day month weekday), and this has 4", 2),
        ("60 * * * *", "'60' is not a minute: it goes from 0 to 59", 1),
        ("0 24 * * *", "'24' is not a hour: it goes from 0 to 23", 1),
        ("0 0 0 * *", "'0' is not a day of the month: it goes from 1 to 31", 1),
        ("0 0 * * 7", "'7' is not a day of the week: it goes from 0 to 6, Sunday is 0", 1),
        ("0 0 * * monday", "'monday' is not a day of the week: it goes from 0 to 6, Sunday is 0", 1),
        ("0 17-9 * * *", "'17-9' ends before it begins", 1),
        ("*/0 * * * *", "'*/0' is not a minute", 1),
        ("*-5 * * * *", "'*-5' is not a minute", 1),
        (", * * * *", "'' is not a minute", 1),
        ("0 0 31 feb *", "no month that it names has that day", 1),
        ("@every 1h", "'@every 1h' is not one of @hourly, @daily, @weekly, @monthly, @midnight, @yearly, @annually", 1),
        ("0 0 * * *\n0 1 * * *", "a category has one schedule, and this is a second one", 2),
        ("TZ=Local\n0 0 * * *", "'Local' is not a time zone such as Europe/Berlin", 1),
        ("CRON_TZ=Mars/Phobos\n0 0 * * *", "'Mars/Phobos' is not a time zone such as Europe/Berlin", 1),
        ("0 0 * * *\nTZ=Europe", "'Europe' is not a time zone such as Europe/Berlin", 2),
        ("CRON_TZ=../x\n0 0 * * *", "'../x' is not a time zone such as Europe/Berlin", 1),
    ],
)
def test_what_is_no_schedule(text: str, problem: str, line: int) -> None:
    """Said as somebody who writes cron understands it, with its line."""
    with pytest.raises(NotASchedule) as refused:
        parse(text)
    assert (str(refused.value), refused.value.line) == (problem, line)


def test_a_file() -> None:
    """Comments, Windows line endings, a time zone, words of cron."""
    assert parse("# at night\r\nCRON_TZ=Europe/Berlin\r\n30  3 * * *\t# early\r\n") == ("30 3 * * *", "Europe/Berlin")
    assert parse("@weekly") == ("0 0 * * 0", "Etc/UTC")


def test_categories() -> None:
    """Those of OpenShift V2 have a schedule by their names, unless a file says another."""
    assert [of_category(name, None) for name in BY_NAME] == [Schedule(cron) for cron in BY_NAME.values()]
    assert of_category("nightly", None) is None
    assert of_category("hourly", "7 * * * *") == ("7 * * * *", "Etc/UTC")


@pytest.mark.slow
def test_time_zones_where_nobody_knows_them() -> None:
    """A Python without a database takes what looks like one; the cluster has a database of its own."""
    program = "from s2itasks.check.cron_schedule import parse; print(parse('TZ=Mars/Phobos\\n@daily').zone)"
    environ = {**os.environ, "PYTHONTZPATH": "", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "Mars/Phobos\n"
