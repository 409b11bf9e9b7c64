"""Fixtures that every test can use."""

from __future__ import annotations

import compileall
import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest
from application import Application
from hypothesis import settings

import s2itasks


def _as_from_a_login_shell() -> None:
    """Undo what our parent chose to ignore and to block; every process under test would inherit it.

    ``nohup`` ignores SIGHUP, a shell without job control SIGINT and SIGQUIT of what it starts in the background, and
    container runtimes and CI machines do as they like. SIGPIPE and SIGXFSZ are ignored by Python itself, which gives
    them back to its children.
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


sys.dont_write_bytecode = False  # invoke sets it, and then pytest prepares all tests anew in each process
_as_from_a_login_shell()  # before anything starts a process, the fixtures of a session included


def pytest_configure(config: pytest.Config) -> None:
    """Compile s2itasks once: invoke keeps what imports it from writing byte code, and each build from copying it."""
    if not hasattr(config, "workerinput"):  # the workers of xdist begin after this
        compileall.compile_dir(str(Path(s2itasks.__file__).parent), quiet=2)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the machine or a surrounding s2itasks set from the processes under test."""
    for name in os.environ:
        if name.startswith(("S2I", "APP_", "STI_", "PIP_NO_", "PYTHON")) or name in ("BASH_ENV", "ENV", "PORT"):
            monkeypatch.delenv(name)


@pytest.fixture
def application(tmp_path: Path, request: pytest.FixtureRequest) -> Application:
    """Return an application with empty directories and a builder without scripts."""
    return Application(tmp_path, form=_form(request.node))


def _form(item: pytest.Item) -> str:
    """Choose the form of s2itasks that a test calls: the everyday run one, `./inv conformance` the other two."""
    if item.get_closest_marker("every_form") is None:
        return "console"
    everyday = "console" if item.get_closest_marker("before_pinning") else "runtime"  # which starts the fastest
    return os.environ.get("S2ITASKS_TEST_FORM", everyday)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out by name what is different on purpose in the form that a test is to call, and most of many cases.

    All cases are run where a form is asked for, and by `./inv slow`.
    """
    seen: Counter[str] = Counter()
    for item in items:
        if item.get_closest_marker("many_cases") is not None and "S2ITASKS_TEST_FORM" not in os.environ:
            test = item.nodeid.partition("[")[0]
            if (seen[test] + seen[test] // 5) % 5:  # another of each five, so that of some forms all have their turn
                item.add_marker("slow")
            seen[test] += 1
    different = {"console": (), "runtime": ("before_pinning",), "launcher": ("before_pinning", "before_launcher")}
    for item in items:
        for mark in filter(None, map(item.get_closest_marker, different[_form(item)])):
            item.add_marker(pytest.mark.skip(reason=f"after pinning: {mark.args[0]}"))


settings.register_profile("examples", max_examples=int(os.environ.get("S2ITASKS_TEST_EXAMPLES", "30")), deadline=None)
settings.load_profile("examples")
