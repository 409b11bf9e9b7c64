"""Faults in how hooks, jobs and the log of a probe are done."""

from __future__ import annotations

from .mutant import Mutant

HOOKS = "s2itasks/hooks/hook.py"
SCRIPT = "s2itasks/process/verdict.py"
JOBS = "s2itasks/hooks/jobs.py"
PROBE_LOG = "s2itasks/process/probe_log.py"
TASK_INVOKE = "s2itasks/hooks/task_invoke.py"

MUTANTS = (
    Mutant(
        "a hook that is both script and task is refused",
        HOOKS,
        "            raise HookTwice(",
        "            HookTwice(",
        ("test_tasks.py::test_a_hook_is_a_script_or_a_task",),
    ),
    Mutant(
        "status 1 is a failure",
        HOOKS,
        "if status:\n",
        "if status > 1:\n",
        ("test_hooks.py::test_the_status_is_the_hooks",),
    ),
    Mutant(
        "stderr of a hook is not its stdout",
        HOOKS,
        "stderr=streams.stderr if",
        "stderr=streams.stdout if",
        ("test_probe_log.py::test_each_line_goes_to_the_containers_log",),
    ),
    Mutant(
        "a hook runs in the source directory",
        HOOKS,
        "execution.become(hook.command(layout, env), env=env, cwd=layout.require_source())",
        "execution.become(hook.command(layout, env), env=env)",
        ("test_hooks.py::test_a_hook_knows_where_it_is",),
    ),
    Mutant(
        "a hook needs a run bit",
        SCRIPT,
        "return State.PRESENT if sourced or os.access(path, os.X_OK)",
        "return State.PRESENT if sourced or os.access(path, os.F_OK)",
        ("test_hooks.py::test_a_hook_without_run_bit_stops_the_phase",),
    ),
    Mutant(
        "a link to nothing is not missing",
        SCRIPT,
        "os.lstat(path)",
        "os.stat(path)",
        ("test_hooks.py::test_a_directory_in_place_of_a_hook_is_refused",),
    ),
    Mutant(
        "a directory that may not be entered is not empty",
        SCRIPT,
        "        return State.UNREACHABLE",
        "        return State.MISSING",
        ("test_hooks.py::test_a_hooks_directory_that_may_not_be_entered",),
    ),
    Mutant(
        "a shebang that ends in CR is said",
        SCRIPT,
        'shebang.endswith(b"\\r")',
        'shebang.endswith(b"\\r\\r")',
        ("test_verdict.py::test_a_hook_that_cannot_be_used",),
    ),
    Mutant(
        "a program that nobody may read can be a hook",
        SCRIPT,
        "if not os.access(path, os.R_OK):",
        "if not os.access(path, os.F_OK):",
        ("test_hooks.py::test_a_program_that_nobody_may_read",),
    ),
    Mutant(
        "jobs run in the order of their names",
        JOBS,
        "key=lambda entry: entry.name)",
        "key=lambda entry: entry.name, reverse=True)",
        ("test_jobs.py::test_every_job_of_a_category_runs_in_name_order",),
    ),
    Mutant(
        "--fail-fast stops at the first that fails",
        JOBS,
        "if fail_fast:",
        "if not fail_fast:",
        ("test_jobs.py::test_fail_fast_stops_at_the_first",),
    ),
    Mutant(
        "a signal ends all jobs",
        JOBS,
        "    except Stopped:\n        raise\n",
        "",
        ("test_signals.py::test_jobs_stop_at_a_signal",),
    ),
    Mutant(
        "a failing job fails the command",
        JOBS,
        "return status == 0",
        "return True",
        ("test_jobs.py::test_a_failing_job_does_not_keep_the_others_from_running",),
    ),
    Mutant(
        "a probe does not wait for who reads the log",
        PROBE_LOG,
        "os.O_NONBLOCK",
        "0",
        ("test_probe_log.py::test_a_pipe_that_is_full",),
    ),
    Mutant(
        "a log is not overwritten",
        PROBE_LOG,
        "os.O_APPEND",
        "0",
        ("test_probe_log.py::test_each_line_goes_to_the_containers_log",),
    ),
    Mutant(
        "a long line is written in one piece",
        PROBE_LOG,
        "if len(line) > ATOMIC",
        "if len(line) > 2 * ATOMIC",
        ("test_probe_log.py::test_a_pipe_that_somebody_reads",),
    ),
    Mutant(
        "the other stream stands in for one that cannot be opened",
        PROBE_LOG,
        "        except OSError:\n            continue",
        "        except OSError:\n            return",
        ("test_probe_log.py::test_one_stream_stands_in_for_the_other",),
    ),
    Mutant(
        "a reader that is gone does not change a probe's status",
        PROBE_LOG,
        "def _write_own(descriptor: int, content: bytes) -> None:\n"
        '    """Write it all to our own stream, as the hook would have done; nobody may be reading any more."""\n'
        "    with contextlib.suppress(OSError):",
        "def _write_own(descriptor: int, content: bytes) -> None:\n    if True:",
        ("test_probe_log.py::test_its_own_reader_may_be_gone",),
    ),
    Mutant(
        "an older invoke of the application does not count",
        TASK_INVOKE,
        "if _release(version) < _release(ours):",
        "if not version:",
        ("test_task_invoke.py::test_one_that_would_not_do",),
    ),
    Mutant(
        "a module of the source directory is not in invoke's way",
        TASK_INVOKE,
        "each for each in before if each and each not in given",
        "each for each in before",
        ("test_task_invoke.py::test_what_pythonpath_has_is_not_in_its_way",),
    ),
    Mutant(
        "of two at once, one waits",
        "s2itasks/hooks/marker.py",
        "        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "        pass\n",
        ("test_once.py",),
    ),
    Mutant(
        "who has waited looks again",
        "s2itasks/hooks/marker.py",
        "        if path.exists():\n            yield False\n            return\n        opened.truncate(0)\n",
        "        opened.truncate(0)\n",
        ("test_once.py",),
    ),
    Mutant(
        "the whole command's limit ends the waiting for ready",
        "s2itasks/deployment/commands.py",
        "limits.tighter(wait, session.limit) or wait",
        "wait",
        ("test_post_deploy.py",),
    ),
)
