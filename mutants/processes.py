"""Faults in running a child, in becoming one, and in what signals, limits and the terminal have to do with it."""

from __future__ import annotations

from .mutant import Mutant

PROCESS = "s2itasks/process/child.py"
EXECUTION = "s2itasks/process/execution.py"
LIMITS = "s2itasks/process/limits.py"
SIGNALS = "s2itasks/process/signals.py"
EARLY_EXIT = "s2itasks/process/early_exit.py"
TERMINAL = "s2itasks/process/terminal.py"

MUTANTS = (
    Mutant(
        "the third signal kills",
        SIGNALS,
        "ENOUGH = 3",
        "ENOUGH = 30",
        ("test_signals.py::test_the_third_signal_kills",),
    ),
    Mutant(
        "SIGKILL for what ignores SIGTERM at its limit",
        PROCESS,
        "signal.SIGKILL if self.expired else signal.SIGTERM",
        "signal.SIGTERM",
        ("test_compiled.py::test_what_ignores_sigterm_is_killed",),
    ),
    Mutant(
        "what is left of a group ends at the limit",
        PROCESS,
        "if self.received or self.expired:",
        "if self.received:",
        ("test_compiled.py::test_what_is_left_of_a_group_ends_at_the_limit",),
    ),
    Mutant(
        "SIGTERM goes with SIGQUIT, which bash ignores",
        SIGNALS,
        "if number == signal.SIGQUIT:",
        "if number == signal.SIGABRT:",
        ("test_signals.py::test_a_signal_ends_the_phase",),
    ),
    Mutant(
        "a signal that came before there was a child reaches it",
        PROCESS,
        "        self._pass_on(self._process.pid)\n",
        "",
        ("test_process.py::test_a_signal_before_there_is_a_child",),
    ),
    Mutant(
        "a suspended process is woken up to hear of it",
        SIGNALS,
        "        os.killpg(group, signal.SIGCONT)\n",
        "",
        ("test_compiled.py::test_a_suspended_process_hears_of_it",),
    ),
    Mutant(
        "128+n for a child that a signal ended",
        PROCESS,
        "SIGNALLED + os.WTERMSIG(status)",
        "os.WTERMSIG(status)",
        ("test_jobs.py::test_a_failing_job_does_not_keep_the_others_from_running",),
    ),
    Mutant(
        "signals that the caller ignores stay ignored while a child runs",
        SIGNALS,
        "if disposition is not signal.SIG_IGN:\n            signal.signal(number, handler)",
        "if True:\n            signal.signal(number, handler)",
        ("test_signals.py::test_a_signal_that_the_caller_ignores_stays_ignored",),
    ),
    Mutant(
        "a child has the caller's other descriptors",
        PROCESS,
        'options["close_fds"] = False',
        'options["close_fds"] = True',
        ("test_hooks.py::test_a_hook_has_our_other_descriptors",),
    ),
    Mutant(
        "bash takes what the kernel does not",
        PROCESS,
        "problem.errno != errno.ENOEXEC",
        "problem.errno == errno.ENOEXEC",
        ("test_hooks.py::test_a_hook_that_only_says_it_is_a_script",),
    ),
    Mutant(
        "a signal ends the phase, whatever the child makes of it",
        PROCESS,
        "if child.received:",
        "if child.received and status:",
        ("test_signals.py::test_a_hook_may_clean_up",),
    ),
    Mutant(
        "a limit may be longer than timers go",
        PROCESS,
        "min(limit.remaining(), LONGEST)",
        "limit.remaining()",
        ("test_timeout.py::test_a_limit_that_nobody_lives_to_see",),
    ),
    Mutant(
        "the timer ends with the child",
        PROCESS,
        "finally:\n            signal.setitimer(signal.ITIMER_REAL, 0)",
        "finally:\n            pass",
        ("test_timeout.py::test_a_limit_does_not_reach_beyond_its_command",),
    ),
    Mutant(
        "what a stopped child has started may clean up, too",
        SIGNALS,
        "until = time.monotonic() + patience",
        "until = time.monotonic()",
        ("test_signals.py::test_a_nested_s2itasks_stops_its_own_hook",),
    ),
    Mutant(
        "Ctrl-C means us, too",
        PROCESS,
        "if child.had_terminal and status",
        "if not child.had_terminal and status",
        ("test_terminal.py::test_ctrl_c_ends_jobs",),
    ),
    Mutant(
        "what we become gets SIGPIPE back",
        EXECUTION,
        "(signal.SIGPIPE, signal.SIGXFSZ)",
        "(signal.SIGXFSZ,)",
        ("test_exec.py::test_exec_gives_default_signal_dispositions",),
    ),
    Mutant(
        "what we have printed comes before what we become",
        EXECUTION,
        "stream.flush()",
        "stream.fileno()",
        ("test_process.py::test_what_was_printed_comes_first",),
    ),
    Mutant(
        "a missing interpreter is named",
        EXECUTION,
        "return _interpreter_missing(command)",
        "return CommandNotFound(command)",
        ("test_exec.py::test_the_interpreter_that_is_missing_is_named",),
    ),
    Mutant(
        "PWD names the directory that a child is in",
        EXECUTION,
        '{**env, "PWD": str(cwd)} if "PWD" in env else dict(env)',
        "dict(env)",
        ("test_hooks.py::test_pwd_is_where_a_hook_is",),
    ),
    Mutant(
        "a file that cannot be executed is no missing one",
        EXECUTION,
        "problem.errno in (errno.ENOENT, errno.ENOTDIR)",
        "problem.errno in (errno.ENOENT, errno.ENOTDIR, errno.EACCES)",
        ("test_exec.py::test_what_cannot_be_executed_has_a_shells_status",),
    ),
    Mutant(
        "a limit covers what runs first",
        LIMITS,
        "return self.seconds if self.until is None else max(self.until - time.monotonic(), 0.001)",
        "return self.seconds",
        ("test_process.py::test_a_limit_runs_from_when_it_was_given",),
    ),
    Mutant(
        "the tighter of two limits counts",
        LIMITS,
        "return min((limit",
        "return max((limit",
        ("test_timeout.py::test_the_tighter_limit_counts",),
    ),
    Mutant(
        "1_0 is no number of seconds",
        LIMITS,
        "if NUMBER.fullmatch(text) else math.nan",
        "if True else math.nan",
        ("test_timeout.py::test_garbage_is_a_usage_error",),
    ),
    Mutant(
        "each job has the limit to itself",
        LIMITS,
        "None if each else time.monotonic() + seconds",
        "time.monotonic() + seconds",
        ("test_process.py::test_a_limit_runs_from_when_it_was_given",),
    ),
    Mutant(
        "a parent that ignores SIGCHLD changes no status",
        EARLY_EXIT,
        "signal.signal(signal.SIGCHLD, signal.SIG_DFL)",
        "signal.getsignal(signal.SIGCHLD)",
        ("test_signals.py::test_what_it_becomes_hears_of_the_end_of_its_children",),
    ),
    Mutant(
        "signals that the caller ignores stay ignored from the start",
        EARLY_EXIT,
        "is not signal.SIG_IGN",
        "is not None",
        ("test_signals.py::test_a_signal_that_the_caller_ignores_stays_ignored",),
    ),
    Mutant(
        "an early signal has its status",
        EARLY_EXIT,
        "os._exit(128 + number)",
        "os._exit(number)",
        ("test_signals.py::test_a_signal_while_it_starts",),
    ),
    Mutant(
        "the terminal is taken back",
        TERMINAL,
        "if self._foreground() == group:",
        "if self._foreground() is None:",
        ("test_terminal.py::test_the_terminal_is_given_back",),
    ),
    Mutant(
        "the other members of a pipeline keep the terminal",
        TERMINAL,
        "os.isatty(0) and os.isatty(1)",
        "True",
        ("test_terminal.py::test_another_member_may_read_the_terminal_while_a_hook_runs",),
    ),
    Mutant(
        "a background process touches the terminal and is not stopped",
        TERMINAL,
        "signal.SIG_BLOCK",
        "signal.SIG_UNBLOCK",
        ("test_terminal.py::test_the_terminal_is_given_back",),
    ),
    Mutant(
        "Ctrl-Z stops a hook that is not in the foreground",
        TERMINAL,
        "os.killpg(group, signal.SIGSTOP)",
        "os.killpg(group, 0)",
        ("test_terminal.py::test_ctrl_z_in_a_pipeline",),
    ),
)
