"""jobs: which scripts are jobs, what runs, and what a failure does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from application import Application

pytestmark = pytest.mark.every_form


def test_every_job_of_a_category_runs_in_name_order(application: Application) -> None:
    """Those of the older cron_jobs directory first, in the application environment and the source directory."""
    application.env_script("deploy_env", "GREETING=hello")
    application.job("hourly", "20-second", 'echo "$0 $GREETING $PWD"')
    application.job("hourly", "10-first", 'echo "$0 $GREETING $PWD"')
    application.job("hourly", "30-old", 'echo "$0 $GREETING $PWD"', directory="cron_jobs")
    application.job("daily", "other", "echo other")
    done = application.s2itasks("jobs", "hourly", cwd=Path("/")).succeeded()
    names = [".s2i/cron_jobs/hourly/30-old", ".s2i/jobs/hourly/10-first", ".s2i/jobs/hourly/20-second"]
    assert done.out.splitlines() == [f"{application.source}/{name} hello {application.source}" for name in names]
    said = [re.sub(r"[\d.]+ s$", "N s", line) for line in done.err.splitlines()]
    assert said == [
        line
        for name in names
        for line in (f"---> jobs: running {name}", f"---> jobs: {name} ended with status 0 after N s")
    ]


def test_a_failing_job_does_not_keep_the_others_from_running(application: Application) -> None:
    """Nor one that cannot be started; the command then fails with a summary."""
    application.job("hourly", "1", "exit 3")
    application.job("hourly", "2", "echo two", mode=0o644)
    application.job("hourly", "3", "kill -9 $$")
    application.job("hourly", "4", "echo four")
    done = application.s2itasks("jobs", "hourly")
    assert (done.status, done.out) == (1, "four\n")
    assert "s2itasks: error: 3 of 4 jobs of 'hourly' failed: 1, 2, 3" in done.err
    assert ".s2i/jobs/hourly/1 ended with status 3" in done.err
    assert ".s2i/jobs/hourly/2 is not executable" in done.err
    assert ".s2i/jobs/hourly/3 was ended by SIGKILL (status 137)" in done.err


def test_fail_fast_stops_at_the_first(application: Application) -> None:
    """The flag may stand before or behind the category."""
    application.job("hourly", "1", "echo one; false")
    application.job("hourly", "2", "echo two")
    for words in (["--fail-fast", "hourly"], ["hourly", "--fail-fast"]):
        done = application.s2itasks("jobs", *words)
        assert (done.status, done.out) == (1, "one\n")


def test_leftovers_are_no_jobs(application: Application) -> None:
    """What OpenShift V2's cron passed over, and what editors and package managers leave behind."""
    application.job("hourly", "job", "echo job")
    for name in (".hidden", "job~", "job,", "#job#", "job.bak", "job.swp", "job.rpmsave", "job.rpmorig", "job.rpmnew",
                 "job.dpkg-old", "job.cfsaved", "README", "README.md", "jobs.allow", "jobs.deny"):  # fmt: skip
        application.job("hourly", name, f"echo {name}")
    (application.source / ".s2i" / "jobs" / "hourly" / "directory").mkdir()
    assert application.s2itasks("jobs", "hourly").succeeded().out == "job\n"


def test_jobs_alone_lists_them(application: Application) -> None:
    """Category by category, with what would keep one from running."""
    application.job("hourly", "b", "")
    application.job("hourly", "a", "", mode=0o644)
    application.job("daily", "c", "", directory="cron_jobs")
    assert application.s2itasks("jobs").succeeded().out == (
        "daily\n  .s2i/cron_jobs/daily/c\nhourly\n  .s2i/jobs/hourly/a  (not executable)\n  .s2i/jobs/hourly/b\n"
    )


@pytest.mark.many_cases
@pytest.mark.parametrize("category", ["weekly", "..", ".", "../jobs/hourly", "hourly/", "/etc", ".hidden", "é"])
def test_what_is_no_category_is_refused(application: Application, category: str) -> None:
    """With those that are."""
    application.job("hourly", "1", "echo ran")
    application.job("daily", "1", "echo ran")
    application.job(".hidden", "1", "echo ran")
    done = application.s2itasks("jobs", category)
    assert (done.status, done.out) == (2, "")
    cure = "did you mean 'hourly'?" if "hourly" in category else "choose one of: daily, hourly"
    assert done.error == f"there is no job category {category!r}; {cure}"


def test_without_any_category_it_says_where_they_belong(application: Application) -> None:
    """A path, not an empty list."""
    assert application.s2itasks("jobs", "hourly").error == (
        f"there is no job category 'hourly'; put a directory of scripts into {application.source}/.s2i/jobs"
    )


@pytest.mark.many_cases
@pytest.mark.parametrize("words", [[""], ["--category="], ["--fail-fast"], ["--timeout", "5"]])
def test_an_empty_category_is_no_success(application: Application, words: list[str]) -> None:
    """A CronJob with an empty variable has to fail."""
    application.job("hourly", "1", "echo ran")
    done = application.s2itasks("jobs", *words)
    assert (done.status, done.out) == (2, "")


def test_jobs_that_cannot_be_started_are_named(application: Application) -> None:
    """A link to nothing, a missing interpreter: our message, not that of a tool in between."""
    application.job("hourly", "1", "")
    (application.source / ".s2i/jobs/hourly/2").symlink_to("nowhere")
    application.write(application.source / ".s2i/jobs/hourly/3", "#!/no/such/interpreter\n", 0o755)
    done = application.s2itasks("jobs", "hourly")
    assert done.status == 1
    assert ".s2i/jobs/hourly/2 is a link to nothing" in done.err
    assert ".s2i/jobs/hourly/3 asks for the interpreter '/no/such/interpreter'" in done.err


def test_one_category_at_a_time(application: Application) -> None:
    """A second one is not silently a phase or nothing."""
    application.job("hourly", "1", "echo ran")
    assert (
        application.s2itasks("jobs", "hourly", "build").error
        == "jobs takes one category, and 'build' is one too many; see s2itasks --help jobs"
    )


def test_output_is_line_buffered_where_the_image_can_do_that(application: Application) -> None:
    """What a program has in its buffer is lost when it crashes, so stdbuf tells it to keep none."""
    application.job("hourly", "1", "printenv _STDBUF_O")
    assert application.s2itasks("jobs", "hourly").succeeded().out == "L\n"


def test_no_job_categories(application: Application) -> None:
    """Where to put scripts, and no failure."""
    done = application.s2itasks("jobs").succeeded()
    place = application.source / ".s2i/jobs/CATEGORY"
    assert (done.out, done.err) == ("", f"s2itasks: warning: there are no job categories; put scripts into {place}\n")
